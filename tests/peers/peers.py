"""Compares the speed of Assay's reranker and embedder with other engines in alternating rounds, on the same pairs and weights.

    python tests/peers/peers.py --assay PROGRAM [--candle PROGRAM] [--folder FOLDER] [--set m12:L:5 r-base:L:3 …]

Installs what is missing into FOLDER, makes missing models, pairs and exports, searches each rival's best batch size once,
then runs one pass of each engine per round. Prints the tables and writes `peers.md` and
`peers.json` to --out. README.md in this folder describes what is compared and how.
"""

import argparse
import json
import os
import platform
import signal
import statistics
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import report
from environments import install, python
from rivals import EMBEDDERS, RERANKERS, Missing, open_rival

HERE = Path(__file__).resolve().parent
SHIPPED = HERE.parents[1] / "models" / "ms-marco-MiniLM-L-12-v2"
MAIN = ["sentence-transformers", "flagreranker", "torch-bf16", "onnxruntime-f32", "onnxruntime-int8", "openvino-f32", "openvino-int8", "candle"]


def say(text):
    print(text, file=sys.stderr, flush=True)


def usual_folder():
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "assay-peers"


def processor():
    name = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").exists():
        lines = dict(x.split(":", 1) for x in Path("/proc/cpuinfo").read_text().splitlines() if ":" in x)
        fields = {k.strip(): v.strip() for k, v in lines.items()}
        known = [f for f in ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "avx_vnni", "amx_bf16", "amx_int8") if f in fields.get("flags", "").split()]
        name = f"{fields.get('model name', name)} ({' '.join(known)})"
    return f"{name}, {os.cpu_count()} processors"


def prepare(args, wanted):
    """Creates environments, models and exports; failures are printed and reported."""
    problems = {}
    for name in ("current", "older"):
        reason = install(args.folder, name, args.torch, say)
        if reason:
            problems[name] = reason
            say(f"the environment {name} is not complete: {reason}")
    interpreter = str(python(args.folder / "env" / "current"))
    models = args.folder / "models"
    for name in wanted:
        made = args.fresh or not (models / name / "L.reference.json").exists()
        if made:
            say(f"making the model {name}")
            subprocess.run([interpreter, "-W", "ignore", str(HERE / "models.py"), "--shipped", str(args.shipped), "--out", str(models), "--only", name], check=True)
        if made or not (models / name / "openvino" / "int8.xml").exists():
            say(f"exporting {name}")
            done = subprocess.run([interpreter, "-W", "ignore", str(HERE / "exports.py"), "--model", str(models / name)] + ["--embedding"] * (name == "embed"),
                                  capture_output=True, text=True)
            if done.returncode != 0:
                problems[f"exports of {name}"] = done.stderr.strip().splitlines()[-1]
                say(f"exports of {name} failed: {problems[f'exports of {name}']}")
    return problems


def engines(args, model):
    args.embed = model == "embed"
    names = EMBEDDERS if args.embed else MAIN if model != "m12" and not args.all else RERANKERS
    names = [f"assay-{p}" for p in args.precisions] + names
    return [n for n in names if not args.only or any(n == o or n.startswith(o + "-") and o == "assay" for o in args.only)]


def measure(args, model, kind, times, sizes):
    folder = args.folder / "models" / model
    pairs = folder / f"{kind}.jsonl"
    known = json.loads((folder / f"{kind}.reference.json").read_text(encoding="utf-8"))
    count = len(pairs.read_text(encoding="utf-8").splitlines())
    scratch = args.folder / "scratch"
    scratch.mkdir(exist_ok=True)
    if args.pairs and args.pairs < count:
        count, known = args.pairs, {"tokens": None, "scores": known["scores"] and known["scores"][: args.pairs]}
        lines = pairs.read_text(encoding="utf-8").splitlines(keepends=True)[:count]
        pairs = scratch / f"{model}.{kind}.jsonl"
        pairs.write_text("".join(lines), encoding="utf-8")
    # Both sets of a model use the same batch size.
    key = f"{model}:{args.threads}"
    args.batches = {} if args.retune else dict.fromkeys(RERANKERS, 8) if args.pairs else sizes.get(key, {})
    running, missing, notes, rounds = [], [], [], {}
    try:
        for name in engines(args, model):
            say(f"{model} {kind}: starting {name}")
            try:
                running.append(open_rival(name, args.folder, folder, pairs, args, scratch))
            except (Missing, OSError, json.JSONDecodeError) as error:
                missing.append({"engine": name, "reason": str(error)})
                say(f"  not measured: {error}")
        sizes[key] = {**sizes.get(key, {}), **{r.name: r.batch for r in running if r.batch}}
        for number in range(times):
            # The starting engine rotates.
            order = running[number % max(1, len(running)) :] + running[: number % max(1, len(running))]
            for rival in order:
                time.sleep(args.pause)
                rounds.setdefault(rival.name, []).append(rival.round())
            fastest = sorted((r[-1]["seconds"], n) for n, r in rounds.items())
            say(f"  round {number + 1}: " + ", ".join(f"{n} {count / s:.1f}/s" for s, n in fastest))
        scores = {r.name: r.scores() for r in running}
    finally:
        for rival in running:
            rival.close()
    reference = known["scores"] or scores.get("sentence-transformers")
    parity = report.embed_parity if args.embed else report.rerank_parity
    rows = [report.row(r.name, rounds[r.name], count, known["tokens"], parity(reference, scores[r.name]) if reference else None,
                       {"batch": r.batch, "versions": r.versions}) for r in running]
    for name, done in rounds.items():
        read = done[-1].get("tokens")
        if read is not None and known["tokens"] and read != known["tokens"]:
            notes.append(f"{name} reports {read} tokens where the others report {known['tokens']}")
    measured = [r["engine"] for r in rows]
    default = next((p for p in (args.default, "int8", "f32") if p and f"assay-{p}" in measured), "f32")
    return {"model": model, "set": kind, "pairs": count, "tokens": known["tokens"], "threads": args.threads, "rounds": times, "default": f"assay-{default}",
            "rows": rows, "missing": missing, "notes": notes, "bars": [] if args.pairs else report.bars(model, kind, rows, default)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assay", help="the assay program")
    parser.add_argument("--candle", help="the stock_candle program")
    parser.add_argument("--folder", type=Path, default=usual_folder(), help="folder of environments, models and exports")
    parser.add_argument("--torch", type=Path, help="a site-packages folder whose PyTorch is used instead of a new download")
    parser.add_argument("--shipped", type=Path, default=SHIPPED, help="the embedded default's folder")
    parser.add_argument("--set", nargs="+", default=["m12:L", "m12:U:3", "r-base:L:3", "embed:L:3"],
                        help="model:set[:rounds], of m12, r-base, r-large, embed and U, L")
    parser.add_argument("--only", nargs="+", help="engines by name; `assay` selects all precisions of Assay")
    parser.add_argument("--all", action="store_true", help="every rival on the large shapes too")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of a set without its own number")
    parser.add_argument("--pairs", type=int, help="only the first pairs, in batches of 8, to check that everything runs")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--precisions", nargs="+", default=["f32", "int8"], help="precisions of Assay")
    parser.add_argument("--default", help="the precision that Assay picks automatically; int8 where it runs")
    parser.add_argument("--pause", type=float, default=0.2, help="seconds of pause before each pass")
    parser.add_argument("--prepare", action="store_true", help="install, make models and export, without measuring")
    parser.add_argument("--retune", action="store_true", help="search the batch sizes again")
    parser.add_argument("--fresh", action="store_true", help="make models and exports again")
    parser.add_argument("--out", type=Path, default=Path.cwd())
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # the rivals end with this process
    args.folder = args.folder.resolve()
    args.folder.mkdir(parents=True, exist_ok=True)
    pieces = [(s.split(":") + [args.rounds])[:3] for s in args.set]
    problems = prepare(args, list(dict.fromkeys(m for m, _, _ in pieces)))
    saved = args.folder / "batches.json"
    sizes = json.loads(saved.read_text()) if saved.exists() else {}
    blocks, begun = [], time.time()
    for model, kind, rounds in [] if args.prepare else pieces:
        blocks.append(measure(args, model, kind, int(rounds), sizes))
        print(report.markdown(blocks[-1]), flush=True)
        if not args.pairs:
            saved.write_text(json.dumps(sizes, indent=1))
    if args.prepare:
        return
    versions = {k: v for b in blocks for r in b["rows"] for k, v in r["versions"].items() if r["engine"] not in ("sentence-transformers-5.3", "flagreranker")}
    older = {k: v for b in blocks for r in b["rows"] for k, v in r["versions"].items() if r["engine"] in ("sentence-transformers-5.3", "flagreranker")}
    busy = statistics.fmean(os.getloadavg()) if hasattr(os, "getloadavg") else None
    whole = {"processor": processor(), "system": platform.platform(), "python": platform.python_version(), "date": date.today().isoformat(),
             "minutes": round((time.time() - begun) / 60, 1), "load": busy, "versions": versions, "older": older, "problems": problems, "blocks": blocks}
    name = lambda v: ", ".join(f"{k} {x}" for k, x in sorted(v.items()))
    head = [f"Processor: {whole['processor']}. System: {whole['system']}. {whole['date']}.", f"Versions: {name(versions)}. Older environment: {name(older)}."]
    head += [f"Not complete: {k}: {v}" for k, v in problems.items()]
    text = "\n".join(head) + "\n\n" + "\n".join(report.markdown(b) for b in blocks)
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "peers.md").write_text(text, encoding="utf-8")
    (args.out / "peers.json").write_text(json.dumps(whole, indent=1), encoding="utf-8")
    print("\n".join(head))


if __name__ == "__main__":
    main()
