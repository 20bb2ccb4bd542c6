"""Measures the cross-encoder against the first stage on articles kept out of training.

    python evaluate.py pools --data DATA --base MINILM --work WORK [--questions 200]
    python evaluate.py rank --work WORK --weights MODEL.safetensors [--ranks 2]
    python evaluate.py calibrate --work WORK --weights MODEL.safetensors
    python evaluate.py sample --work WORK --sample FILE.jsonl --questions 70 --pool 30

`pools` retrieves once: held-apart paragraphs and a few thousand others are cut into chunks of at most 200 word pieces;
vectors of the bi-encoder (top 100) and BM25 (top 100) are fused by reciprocal rank (k = 60), and the first 50 are kept
in `pools.json`. `rank` scores them and writes `figures.json` and `figures.md`: nDCG@10 and MRR@10 with 95 % bootstrap
intervals over questions. `calibrate` fits one scale and one bias on the held-apart lists, so that a sigmoid of the logit
reads as a probability at even odds; `export.py` folds them into the classifier.
"""

import argparse
import json
import math
import random
from pathlib import Path

import numpy as np
import torch
import torch.multiprocessing as mp

from common import BM25, encode, load, sentences, size, top
from mine import holds
from model import Pairs, read_model, score

KEPT = 50


def chunks(text, budget):
    """Runs of whole sentences up to the budget, as (start, end)."""
    out, start, used = [], 0, 0
    for a, b in sentences(text):
        piece = size(text[a:b])
        if used and used + piece > budget:
            out.append((start, a))
            start, used = a, 0
        used += piece
    return out + [(start, len(text))]


def collect(data, names, inside, asked, distractors, rng):
    """Chunks and questions of one language; a chunk is relevant if it holds the answer within the gold paragraph."""
    texts, where, questions, others = [], {}, [], []
    for name in names:
        paragraphs, q = load(data, name)
        held = {i for i, p in paragraphs.items() if inside(p["title"])}
        others += [p["text"] for i, p in paragraphs.items() if i not in held]
        for i in sorted(held):
            text = paragraphs[i]["text"]
            for a, b in chunks(text, 200):
                where.setdefault((name, i), []).append((len(texts), a, b))
                texts.append(text[a:b].strip())
        questions += [{**x, "key": (name, x["paragraph"])} for x in q if x["paragraph"] in held]
    for text in rng.sample(others, min(distractors, len(others))):
        texts += [text[a:b].strip() for a, b in chunks(text, 200)]
    picked = []
    for q in rng.sample(questions, min(asked, len(questions))):
        offset = q.get("starts", [None])[0]
        parts = where[q["key"]]
        if offset is not None:
            gold = [k for k, a, b in parts if a <= offset < b]
        else:
            gold = [k for k, _, _ in parts if holds(texts[k], q["answers"])]
        if gold:
            picked.append({"qid": q["id"], "query": q["question"], "gold": gold})
    return texts, picked


def fuse(runs, k=60):
    scores = {}
    for run in runs:
        for rank, doc in enumerate(run, 1):
            scores[doc] = scores.get(doc, 0.0) + 1 / (k + rank)
    return sorted(scores, key=lambda d: (-scores[d], d))


def pools(args):
    torch.set_num_threads(1)
    rng = random.Random(args.seed)
    split = json.loads((args.work / "split.json").read_text(encoding="utf-8"))
    english, chinese = set(split["english"]), set(split["chinese"])
    out = {}
    for lang, names, held in (("en", ["squad-train"], english), ("zh", ["cmrc-train", "drcd"], chinese)):
        texts, questions = collect(args.data, names, held.__contains__, args.questions, args.distractors, rng)
        matrix = encode(args.base, texts, 256)
        asked = encode(args.base, [q["query"] for q in questions], 64)
        lexical = BM25(texts)
        kept = set()
        for q, vector in zip(questions, asked):
            dense = [int(i) for i in top(matrix @ vector, 100)]
            scores = lexical.scores(q["query"])
            words = [int(i) for i in top(scores, 100) if scores[i] > 0]
            hybrid = fuse([dense, words])
            q.update(dense=dense[:KEPT], bm25=words[:KEPT], hybrid=hybrid[:KEPT])
            kept.update(hybrid[:KEPT])
        out[lang] = {"chunks": len(texts), "texts": {i: texts[i] for i in sorted(kept)}, "questions": questions}
        print(lang, len(texts), "chunks", len(questions), "questions", flush=True)
    (args.work / "pools.json").write_text(json.dumps(out, ensure_ascii=False), encoding="utf-8")


def sample(args):
    """Some of the pools as plain candidates with their judgements, for other programs to rank."""
    data = json.loads((args.work / "pools.json").read_text(encoding="utf-8"))
    with open(args.sample, "w", encoding="utf-8") as file:
        for lang, block in data.items():
            for q in block["questions"][: args.questions]:
                row = {"qid": q["qid"], "query": q["query"], "language": lang,
                       "candidates": [{"docid": f"{lang}-{i}", "text": block["texts"][str(i)]} for i in q["hybrid"][: args.pool]],
                       "qrels": {f"{lang}-{i}": 1 for i in q["gold"]}}
                file.write(json.dumps(row, ensure_ascii=False) + "\n")


def ndcg(order, gold):
    got = sum(1 / math.log2(r + 2) for r, d in enumerate(order[:10]) if d in gold)
    return got / sum(1 / math.log2(r + 2) for r in range(min(10, len(gold))))


def mrr(order, gold):
    return next((1 / (r + 1) for r, d in enumerate(order[:10]) if d in gold), 0.0)


def interval(values, rng, rounds=2000):
    values = np.asarray(values)
    means = values[rng.integers(0, len(values), (rounds, len(values)))].mean(1)
    return [round(float(x), 4) for x in (values.mean(), *np.percentile(means, [2.5, 97.5]))]


def score_part(rank, args, path):
    torch.set_num_threads(1)
    pairs, model = Pairs(args.work / "tokenizer.json"), read_model(args.weights)
    data = json.loads((args.work / "pools.json").read_text(encoding="utf-8"))
    out = {}
    for lang, block in data.items():
        tokens = {i: t for i, t in zip(block["texts"], pairs.ids(block["texts"].values()))}
        for q in block["questions"][: args.questions][rank :: args.ranks]:
            query = pairs.ids([q["query"]])[0]
            logits = score(model, [pairs.join(query, tokens[str(i)]) for i in q["hybrid"][: args.pool]])
            out[lang + q["qid"]] = [round(x, 5) for x in logits.tolist()]
    Path(f"{path}.{rank}").write_text(json.dumps(out))


def rank(args):
    path = args.work / "scores"
    mp.spawn(score_part, (args, path), nprocs=args.ranks)
    scores = {}
    for r in range(args.ranks):
        scores.update(json.loads(Path(f"{path}.{r}").read_text()))
    path.with_suffix(".json").write_text(json.dumps(scores))
    data = json.loads((args.work / "pools.json").read_text(encoding="utf-8"))
    rng = np.random.default_rng(args.seed)
    figures, lines = {}, ["| language | order | nDCG@10 (95 % interval) | MRR@10 |", "|---|---|---|---|"]
    for lang, block in data.items():
        runs = {n: [] for n in ("dense", "bm25", "hybrid", "hybrid + rerank", "hybrid and rerank fused", "bm25 and rerank fused")}
        recall = []
        questions = block["questions"][: args.questions]
        for q in questions:
            gold, logits = set(q["gold"]), scores[lang + q["qid"]]
            pool = q["hybrid"][: args.pool]
            reranked = [d for _, d in sorted(zip(logits, pool), key=lambda x: -x[0])]
            orders = (q["dense"], q["bm25"], q["hybrid"], reranked, fuse([pool, reranked]), fuse([q["bm25"], reranked]))
            recall.append(bool(gold & set(pool)))
            for name, order in zip(runs, orders):
                runs[name].append((ndcg(order, gold), mrr(order, gold)))
        values = {n: np.array(v) for n, v in runs.items()}
        block_figures = {"questions": len(questions), "chunks": block["chunks"], "pool": args.pool, "recall_in_pool": round(float(np.mean(recall)), 4)}
        for name, v in values.items():
            block_figures[name] = {"ndcg10": interval(v[:, 0], rng), "mrr10": interval(v[:, 1], rng)}
            n, m = block_figures[name]["ndcg10"], block_figures[name]["mrr10"]
            lines.append(f"| {lang} | {name} | {n[0]:.3f} ({n[1]:.3f} to {n[2]:.3f}) | {m[0]:.3f} |")
        for other in ("hybrid", "bm25"):
            d = values["hybrid + rerank"][:, 0] - values[other][:, 0]
            block_figures[f"rerank minus {other}, nDCG@10"] = interval(d, rng)
        figures[lang] = block_figures
    (args.work / "figures.json").write_text(json.dumps(figures, indent=1))
    (args.work / "figures.md").write_text("\n".join(lines) + "\n")
    print("\n".join(lines))
    for lang, f in figures.items():
        print(lang, {k: v for k, v in f.items() if not isinstance(v, dict)})


def calibrate(args):
    torch.set_num_threads(2)
    pairs, model = Pairs(args.work / "tokenizer.json"), read_model(args.weights)
    lists = [json.loads(line) for line in open(args.work / "valid.jsonl", encoding="utf-8")]
    extra = [x for x in lists if x["kind"] == "unanswerable"][:200]
    lists = [x for lang in ("en", "zh") for x in [y for y in lists if y["kind"] != "unanswerable" and y["lang"] == lang][: args.lists]] + extra
    flat, labels, langs = [], [], []
    for x in lists:
        query = pairs.ids([x["query"]])[0]
        for n, p in enumerate(pairs.ids(x["passages"])):
            flat.append(pairs.join(query, p))
            labels.append(float(n == 0 and x["kind"] != "unanswerable"))
            langs.append(x["lang"] if x["kind"] != "unanswerable" else "unanswerable")
    z, y = score(model, flat).double(), torch.tensor(labels, dtype=torch.float64)
    weight = torch.where(y > 0, 0.5 / y.sum(), 0.5 / (1 - y).sum())
    free = torch.tensor([0.0, 0.0], dtype=torch.float64, requires_grad=True)  # log scale, bias
    solver = torch.optim.LBFGS([free], max_iter=200, line_search_fn="strong_wolfe")

    def closure():
        solver.zero_grad()
        loss = (weight * torch.nn.functional.binary_cross_entropy_with_logits(z * free[0].exp() + free[1], y, reduction="none")).sum()
        loss.backward()
        return loss

    solver.step(closure)
    scale, bias = free[0].exp().item(), free[1].item()
    if args.above:  # zero where this share of the relevant pairs passes
        bias = -float(np.quantile(z.numpy()[y.numpy() > 0] * scale, 1 - args.above))
    out = {"scale": scale, "bias": bias}
    langs = np.array(langs)
    fitted = (z * scale + bias).numpy()
    for lang in ("en", "zh"):
        here, yy = fitted[langs == lang], y.numpy()[langs == lang]
        first = [here[i : i + 5].argmax() == 0 for i in range(0, len(here), 5)]
        out[lang] = {"first_of_five": round(float(np.mean(first)), 3), "lists": len(first), "relevant_above_0": round(float((here[yy > 0] > 0).mean()), 3),
                     "irrelevant_below_0": round(float((here[yy == 0] < 0).mean()), 3), "median_relevant": round(float(np.median(here[yy > 0])), 2),
                     "median_irrelevant": round(float(np.median(here[yy == 0])), 2)}
    here = fitted[langs == "unanswerable"]
    out["unanswerable"] = {"pairs": len(here), "below_0": round(float((here < 0).mean()), 3), "median": round(float(np.median(here)), 2)}
    (args.work / "calibration.json").write_text(json.dumps(out, indent=1))
    print(json.dumps(out))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=["pools", "rank", "calibrate", "sample"])
    parser.add_argument("--data", type=Path)
    parser.add_argument("--base", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--sample", type=Path, help="file that `sample` writes")
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--distractors", type=int, default=1500, help="paragraphs from training articles added to the collection")
    parser.add_argument("--pool", type=int, default=KEPT)
    parser.add_argument("--lists", type=int, default=300, help="held-apart lists of each language for `calibrate`")
    parser.add_argument("--above", type=float, help="share of relevant pairs that `calibrate` puts above zero; even odds if absent")
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    {"pools": pools, "rank": rank, "calibrate": calibrate, "sample": sample}[args.action](args)


if __name__ == "__main__":
    main()
