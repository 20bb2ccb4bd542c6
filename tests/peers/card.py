"""Compares the reranker on an Nvidia card with sentence-transformers on the same card and with the processor of the same machine.

    python tests/peers/card.py --card target/debug/examples/card --accelerator target/accelerator/debug/assay-accelerator

Needs PyTorch with CUDA, transformers and sentence-transformers in the Python that runs it, and no network. Makes the models of
`models.py` in --folder. Every pass ranks the passages of one question. The measured time includes tokenising.
Prints a table in Markdown and writes the figures to --out.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

import models

HERE = Path(__file__).resolve().parent
SHIPPED = HERE.parents[1] / "models" / "ms-marco-MiniLM-L-12-v2"
BATCHES = (16, 32, 64, 128)


def made(name, folder, count):
    """Makes the model's folder with its pairs."""
    models.COUNT[name] = (count, count)
    out = folder / name
    if not (out / "L.jsonl").exists():
        models.shipped(SHIPPED, out) if name == "m12" else models.xlm_roberta(name, out)
    return out


def rival(folder, pairs, dtype, rounds):
    """Runs sentence-transformers with its best batch size; returns logits and the seconds of each round."""
    import torch
    from sentence_transformers import CrossEncoder

    model = CrossEncoder(str(folder), device="cuda", max_length=512, model_kwargs={"dtype": dtype})
    identity = torch.nn.Identity()

    def run(batch):
        begun = time.perf_counter()
        scores = model.predict(pairs, batch_size=batch, activation_fn=identity, show_progress_bar=False)
        torch.cuda.synchronize()
        return time.perf_counter() - begun, [float(score) for score in scores]

    def median(batch):
        run(batch)
        return statistics.median(run(batch)[0] for _ in range(3))

    best = min(BATCHES, key=median)
    passes = [run(best) for _ in range(rounds)]
    return best, [seconds for seconds, _ in passes], passes[-1][1]


def difference(one, other):
    """The largest difference, and Kendall's tau."""
    pairs = [(i, j) for i in range(len(one)) for j in range(i)]
    agreed = sum(1 if (one[i] - one[j]) * (other[i] - other[j]) > 0 else -1 for i, j in pairs)
    return max(abs(a - b) for a, b in zip(one, other)), agreed / len(pairs)


def measured(name, args):
    import torch

    folder = made(name, args.folder, args.pairs)
    lines = [json.loads(x) for x in (folder / "L.jsonl").read_text(encoding="utf-8").splitlines()]
    pairs = [(x["query"], x["passage"]) for x in lines]
    done = subprocess.run([str(args.card), str(args.accelerator), str(folder), str(folder / "L.jsonl"), str(args.rounds)], capture_output=True, text=True)
    if done.returncode != 0:
        return {"model": name, "failed": done.stderr.strip()[-600:]}
    ours = json.loads(done.stdout)
    _, exact_seconds, exact = rival(folder, pairs, torch.float32, args.rounds)
    batch, half_seconds, half = rival(folder, pairs, torch.float16, args.rounds)
    rows = [
        (f"assay, {ours['card']['device']}, {ours['card']['precision']}", ours["card"]["seconds"], ours["card"]["logits"]),
        (f"sentence-transformers, float16, batches of {batch}", half_seconds, half),
        ("sentence-transformers, float32", exact_seconds, exact),
        (f"assay, {ours['processor']['device']}", ours["processor"]["seconds"], ours["processor"]["logits"]),
    ]
    table = [{"engine": engine, "ms": [1000 * s for s in seconds], "difference": difference(logits, exact)} for engine, seconds, logits in rows]
    return {"model": name, "pairs": len(pairs), **{key: ours[key] for key in ("opened", "checked", "refused")}, "rows": table}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--card", type=Path, required=True)
    parser.add_argument("--accelerator", type=Path, required=True)
    parser.add_argument("--folder", type=Path, default=Path.home() / ".cache" / "assay-peers" / "card")
    parser.add_argument("--set", nargs="+", default=["m12", "r-base", "r-large"])
    parser.add_argument("--pairs", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    reports = []
    for name in args.set:
        report = measured(name, args)
        reports.append(report)
        if "failed" in report:
            print(f"\n### {name}: did not run\n\n{report['failed']}", flush=True)
            continue
        result = report["refused"] or "passed"
        print(f"\n### {name}, {report['pairs']} pairs: on the card after {report['opened']:.1f} s, self-test {report['checked']:.1f} s: {result}\n")
        print("| engine | ms min, median, max | pairs/s | largest difference to float32, Kendall tau |\n|---|---|---|---|")
        for row in report["rows"]:
            low, middle, high = min(row["ms"]), statistics.median(row["ms"]), max(row["ms"])
            largest, tau = row["difference"]
            print(f"| {row['engine']} | {low:.1f}, {middle:.1f}, {high:.1f} | {1000 * report['pairs'] / middle:.0f} | {largest:.1e}, {tau:.3f} |", flush=True)
    if args.out:
        args.out.write_text(json.dumps(reports, indent=1), encoding="utf-8")
    sys.exit(any("failed" in report or report["refused"] for report in reports))


if __name__ == "__main__":
    main()
