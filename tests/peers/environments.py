"""The rivals' Python environments: one with current versions, one with older ones."""

import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).parent
# Packages that come with PyTorch; taken from an existing folder if --torch names one.
TORCH = ("torch", "torchgen", "functorch", "triton", "nvidia", "cuda")
TORCH_RECORDS = ("torch-*.dist-info", "triton-*.dist-info", "nvidia_*.dist-info", "cuda_*.dist-info")


def python(folder):
    return folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def borrow(environment, packages):
    """Makes only PyTorch of another environment visible in this one."""
    borrowed = environment / "borrowed"
    borrowed.mkdir(exist_ok=True)
    for source in [packages / n for n in TORCH] + [p for pattern in TORCH_RECORDS for p in packages.glob(pattern)]:
        target = borrowed / source.name
        if source.exists() and not target.exists():
            target.symlink_to(source.resolve())
    site = next((environment / "lib").glob("python*/site-packages"))
    (site / "borrowed.pth").write_text(f"{borrowed}\n", encoding="utf-8")


def install(folder, name, torch, say):
    """Creates an environment if it is not complete; returns the reason if that fails, else None."""
    environment, wanted = folder / "env" / name, HERE / "requirements" / f"{name}.txt"
    mark = environment / "installed.txt"
    if mark.exists() and mark.read_text(encoding="utf-8") == wanted.read_text(encoding="utf-8"):
        return None
    say(f"installing the environment {name}")
    if not python(environment).exists():
        venv.create(environment, with_pip=True)
    if torch:
        borrow(environment, torch)
    # One package at a time when the whole list fails, so that one missing rival does not block the others.
    pip = [str(python(environment)), "-m", "pip", "install", "-q", "--cache-dir", str(folder / "pip")]
    whole = subprocess.run([*pip, "-r", str(wanted)], capture_output=True, text=True)
    failed = []
    if whole.returncode != 0:
        for line in wanted.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                one = subprocess.run([*pip, line], capture_output=True, text=True)
                if one.returncode != 0:
                    failed.append(f"{line}: {(one.stderr.strip().splitlines() or ['no reason given'])[-1]}")
    if not failed:
        mark.write_text(wanted.read_text(encoding="utf-8"), encoding="utf-8")
    return "; ".join(failed) or None
