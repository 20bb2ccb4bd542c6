"""Scores the candidates of held-apart sets once, and tells from the scores which reranker to use where.

    python choose.py score --out SETS --work WORK --embedder E5 --reranker NAME=FOLDER [--reranker ...] [--only en,zh] [--questions 40] [--pool 10]
    python choose.py report --out SETS --work WORK

`score` retrieves with BM25 and the bi-encoder (RRF, k = 60), keeps the first POOL candidates of each question and writes their cosine and
each model's logits to WORK, a file for each set and model; a file that is there is not computed again. `report` compares, for each set,
language pair and model, the order of retrieval, the model's own order and the blends of both by rank, and finds each model's threshold: the sigmoid at
which right pairs and wrong ones are told apart with the best balanced accuracy, and what a threshold keeps and cuts.
"""

import argparse
import json
import random
from pathlib import Path

import numpy as np
import torch
from opencc import OpenCC

from common import BM25
from cross_encoder_network import Frames, Network

WEIGHTS = (0.25, 0.5, 1.0, 2.0, 4.0)


def read(folder):
    """Passage ids, passage texts, questions and the right passages of each question."""
    lines = lambda name: [json.loads(line) for line in open(folder / f"{name}.jsonl", encoding="utf-8")]
    gold = {}
    for line in list(open(folder / "qrels.tsv", encoding="utf-8"))[1:]:
        question, passage, _ = line.rstrip("\n").split("\t")
        gold.setdefault(question, set()).add(passage)
    corpus = lines("corpus")
    return [p["_id"] for p in corpus], [p["text"] for p in corpus], lines("queries"), gold


def pools(folder, network, frames, cache, asked, pool):
    """The first candidates of each question, each with its cosine and whether it is right."""
    ids, texts, questions, gold = read(folder)
    if len(questions) > asked:
        questions = random.Random(7).sample(questions, asked)
    new = [t for t in dict.fromkeys(["passage: " + t for t in texts] + ["query: " + q["text"] for q in questions]) if t not in cache]
    if new:
        with torch.no_grad():
            vectors = network.vectors([frames.single(i, 512) for i in frames.ids(new)]).numpy()
        cache.update(zip(new, vectors))
    passages, bm25, out = np.array([cache["passage: " + t] for t in texts]), BM25(texts), []
    for question in questions:
        cosine, words = passages @ cache["query: " + question["text"]], bm25.scores(question["text"])
        runs = [np.argsort(-cosine)[:100], [i for i in np.argsort(-words)[:100] if words[i] > 0]]
        fused = {}
        for run in runs:
            for rank, i in enumerate(run, 1):
                fused[int(i)] = fused.get(int(i), 0.0) + 1 / (60 + rank)
        best = sorted(fused, key=lambda i: (-fused[i], i))[:pool]
        out.append({"question": question["text"], "candidates": [
            {"id": ids[i], "text": texts[i], "cosine": round(float(cosine[i]), 4), "right": ids[i] in gold[question["_id"]]} for i in best]})
    return out


def score(args):
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    simpler = OpenCC("t2s").convert
    args.work.mkdir(parents=True, exist_ok=True)
    chosen = [f for f in sorted(args.out.iterdir()) if f.is_dir() and (not args.only or f.name in args.only or f.name.split(".")[1] in args.only)]
    embedder, cache = None, {}
    for folder in chosen:
        file = args.work / f"{folder.name}.pool.json"
        if not file.exists():
            embedder = embedder or (Network(args.embedder), Frames(args.embedder / "tokenizer.json"))
            file.write_text(json.dumps(pools(folder, *embedder, cache, args.questions, args.pool), ensure_ascii=False), encoding="utf-8")
            print(folder.name, "pool", flush=True)
    for name, path in args.reranker:
        network, frames = Network(path), Frames(path / "tokenizer.json")
        for folder in chosen:
            file = args.work / f"{folder.name}.{name}.json"
            if file.exists():
                continue
            logits = []
            for each in json.loads((args.work / f"{folder.name}.pool.json").read_text(encoding="utf-8")):
                # The program asks in simplified Chinese.
                (question,), passages = frames.ids([simpler(each["question"])]), frames.ids([simpler(c["text"]) for c in each["candidates"]])
                with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=args.half):
                    found = network.logits([frames.pair(question, p, 512) for p in passages])
                logits.append([round(float(x), 4) for x in found])
            file.write_text(json.dumps(logits))
            print(folder.name, name, flush=True)


def interval(values):
    values = np.array(values)
    means = values[np.random.default_rng(7).integers(0, len(values), (2000, len(values)))].mean(1)
    return f"{values.mean():.3f} ({np.percentile(means, 2.5):.3f}-{np.percentile(means, 97.5):.3f})"


def reciprocal(right, order):
    return next((1 / rank for rank, i in enumerate(order[:10], 1) if right[i]), 0.0)


def blend(logits, weight):
    """Ranks of retrieval and, with a weight, those of the model."""
    ranks = {i: rank for rank, i in enumerate(np.argsort(-logits, kind="stable"), 1)}
    return sorted(range(len(logits)), key=lambda i: -(1 / (61 + i) + weight / (60 + ranks[i])))


def report(args):
    sets = {}
    for file in sorted(args.work.glob("*.pool.json")):
        sets[file.name.removesuffix(".pool.json")] = json.loads(file.read_text(encoding="utf-8"))
    names = sorted({f.name.rsplit(".", 2)[1] for f in args.work.glob("*.json")} - {"pool"})
    scored, rows = {}, {}
    for name, pool in sets.items():
        for model in names:
            file = args.work / f"{name}.{model}.json"
            if not file.exists():
                continue
            languages = name.split(".")[1].removesuffix("-low")
            for each, logits in zip(pool, json.loads(file.read_text())):
                right, logits = [c["right"] for c in each["candidates"]], np.array(logits)
                scored.setdefault((model, languages), []).append((name, right, logits))
                orders = [list(range(len(right))), list(np.argsort(-logits, kind="stable")), *(blend(logits, w) for w in WEIGHTS)]
                row = [any(right), *(reciprocal(right, order) for order in orders)]
                rows.setdefault((name, model), []).append(row)
                rows.setdefault((f"all {languages}", model), []).append(row)
    head = ["set", "model", "questions", "right one in the pool", "MRR@10 of retrieval", "of the model", *(f"blended x{w}" for w in WEIGHTS), "model - retrieval", "best blend - retrieval"]
    print("| " + " | ".join(head) + " |\n|" + "---|" * len(head))
    for (name, model), found in sorted(rows.items()):
        columns = np.array(found, float).T
        best = 3 + int(np.argmax(columns[3:].mean(1)))
        cells = [name, model, str(len(found)), f"{columns[0].mean():.2f}", *(f"{c.mean():.3f}" for c in columns[1:]), interval(columns[2] - columns[1]),
                 f"x{WEIGHTS[best - 3]} {interval(columns[best] - columns[1])}"]
        print("| " + " | ".join(cells) + " |")
    print("\n| model | languages | threshold | balanced accuracy | right pairs kept | wrong pairs cut | questions of which nothing is kept once the right one is taken away |")
    print("|---|---|---|---|---|---|---|")
    for (model, languages), found in sorted(scored.items()):
        sigmoid = lambda x: 1 / (1 + np.exp(-np.asarray(x, float)))
        right = sigmoid([l for _, r, x in found for l, yes in zip(x, r) if yes])
        wrong = sigmoid([l for _, r, x in found for l, yes in zip(x, r) if not yes])
        without = [sigmoid([l for l, yes in zip(x, r) if not yes]).max() for _, r, x in found]
        kept = lambda t: ((right >= t).mean(), (wrong < t).mean(), (np.array(without) < t).mean())
        grid = [*(10.0 ** -np.arange(6, 1, -0.5)), *np.arange(0.02, 1, 0.02)]
        best = max(grid, key=lambda t: sum(kept(t)[:2]))
        for t in sorted({best, 0.5, *(float(np.quantile(right, q)) for q in (0.05, 0.1, 0.2))}):
            a, b, c = kept(t)
            print(f"| {model} | {languages} | {t:.5f}{' (best)' if t == best else ''} | {(a + b) / 2:.3f} | {a:.3f} | {b:.3f} | {c:.3f} |")
    print("\n| languages | cosine: threshold | right pairs kept | wrong pairs cut | questions of which nothing is kept without the right one |\n|---|---|---|---|---|")
    by_languages = {}
    for name, pool in sets.items():
        by_languages.setdefault(name.split(".")[1].removesuffix("-low"), []).extend(pool)
    for languages, pool in sorted(by_languages.items()):
        right = np.array([c["cosine"] for each in pool for c in each["candidates"] if c["right"]])
        wrong = np.array([c["cosine"] for each in pool for c in each["candidates"] if not c["right"]])
        without = np.array([max(c["cosine"] for c in each["candidates"] if not c["right"]) for each in pool])
        grid = np.arange(0.7, 0.95, 0.005)
        best = max(grid, key=lambda t: (right >= t).mean() + (wrong < t).mean())
        for t in sorted({float(best), *(float(np.quantile(right, q)) for q in (0.05, 0.1, 0.2))}):
            print(f"| {languages} | {t:.3f} | {(right >= t).mean():.3f} | {(wrong < t).mean():.3f} | {(without < t).mean():.3f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["score", "report"])
    parser.add_argument("--out", type=Path, required=True, help="the folder of held_apart.py's sets")
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--embedder", type=Path)
    parser.add_argument("--reranker", action="append", default=[], type=lambda text: (text.split("=", 1)[0], Path(text.split("=", 1)[1])))
    parser.add_argument("--only", type=lambda text: text.split(","), default=[])
    parser.add_argument("--questions", type=int, default=40)
    parser.add_argument("--pool", type=int, default=10)
    parser.add_argument("--half", action="store_true", help="the reranker's products in bfloat16, for a first look in a third of the time")
    args = parser.parse_args()
    {"score": score, "report": report}[args.what](args)


if __name__ == "__main__":
    main()
