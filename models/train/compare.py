"""Compares two sets of weights on the same held-apart questions, and the ways to blend a logit with the first stage.

    python compare.py build --data DATA --base MINILM --work WORK
    python compare.py score --work WORK --weights MODEL.safetensors --name OLD
    python compare.py report --work WORK --names OLD NEW

`build` writes `compare.jsonl`: questions with their candidates (best of a first stage), the first stage's scores, and which
candidates are right. Sets: the questions of the evaluation pools; their keywords; sentences taken out of held-apart English
paragraphs; headlines of held-apart Chinese news; and, unlike any training text, the summary lines of Python functions
against the rest of their documentation (numpy, scipy and scikit-learn as installed). `report` prints nDCG@10 of each
order with paired bootstrap intervals, and how well relevant pairs stand above unanswerable ones.
"""

import argparse
import ast
import importlib.util
import json
import random
import re
from pathlib import Path

import numpy as np
import torch

from common import BM25, encode, load, rows, size, top
from evaluate import chunks, interval, ndcg
from mine import first
from model import Pairs, read_model, score
from widen import keywords, taken_out


def pool_rows(work, count, rng):
    """Questions of the pools, and the keywords of some of them, with the hybrid order's best."""
    data = json.loads((work / "pools.json").read_text(encoding="utf-8"))
    for lang, block in data.items():
        for q in block["questions"][:count]:
            ids = q["hybrid"][:20]
            row = {"texts": [block["texts"][str(i)] for i in ids], "gold": [n for n, i in enumerate(ids) if i in q["gold"]], "lang": lang,
                   "bm25": [-q["bm25"].index(i) if i in q["bm25"] else -50 for i in ids], "all_gold": len(q["gold"])}
            yield {**row, "set": f"{lang} questions", "query": q["query"]}
            if rng.random() < 0.5:
                yield {**row, "set": f"{lang} keywords", "query": keywords(q["query"], rng)}


def lexical_rows(name, lang, queries, texts, count):
    """`queries` are (query, right texts by number)."""
    index = BM25(texts)
    for query, gold in queries:
        scores = index.scores(query)
        ids = [int(i) for i in top(scores, count)]
        yield {"set": name, "lang": lang, "query": query, "texts": [texts[i] for i in ids], "gold": [n for n, i in enumerate(ids) if i in gold],
               "bm25": [round(float(scores[i]), 3) for i in ids], "all_gold": len(gold)}


def sentences_of(data, held, count, rng):
    paragraphs = [p for p in load(data, "squad-train")[0].values() if p["title"] in held and size(p["text"]) > 60]
    queries, texts = [], [first(p["text"], 200) for p in paragraphs]
    for i in rng.sample(range(len(paragraphs)), count):
        drawn = taken_out(texts[i], rng)
        if drawn:
            texts[i] = drawn[1]
            queries.append((drawn[0], {i}))
    return queries, texts


def headlines_of(data, held, count, rng):
    articles = [a for a in rows(data / "crud-news.jsonl") if a["id"] in held]
    queries, texts = [], []
    for article in articles:
        body = article["text"].replace("原标题：", "").replace(article["title"], "").strip()
        parts = [body[a:b].strip() for a, b in chunks(body, 200)][:3]
        queries.append((article["title"], set(range(len(texts), len(texts) + len(parts)))))
        texts += parts
    return rng.sample(queries, count), texts


def docstrings(count, rng):
    """(summary, {number}) and the rest of each documentation, without the function's own name."""
    queries, texts, seen = [], [], set()
    for package in ("numpy", "scipy", "sklearn"):
        root = Path(importlib.util.find_spec(package).origin).parent
        for path in sorted(root.rglob("*.py")):
            if "test" in str(path.relative_to(root)):
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                text = ast.get_docstring(node) if isinstance(node, (ast.FunctionDef, ast.ClassDef)) else None
                summary, _, rest = (text or "").partition("\n\n")
                rest = re.sub(r"\s+", " ", rest)
                if 25 < len(summary) < 140 and size(rest) > 40 and summary not in seen:
                    seen.add(summary)
                    queries.append((re.sub(r"\s+", " ", summary), {len(texts)}))
                    texts.append(first(rest, 150)[:900])
    return rng.sample(queries, count), texts


def build(args):
    rng = random.Random(args.seed)
    split = json.loads((args.work / "split.json").read_text(encoding="utf-8"))
    out = list(pool_rows(args.work, 80, rng))
    out += lexical_rows("en sentences", "en", *sentences_of(args.data, set(split["english"]), 70, rng), 15)
    out += lexical_rows("zh news headlines", "zh", *headlines_of(args.data, set(json.loads((args.work / "news_held.json").read_text())), 90, rng), 20)
    out += lexical_rows("en documentation", "en", *docstrings(70, rng), 15)
    english = [r for r in out if r["lang"] == "en"]
    texts = sorted({t for r in english for t in r["texts"]})
    vectors = dict(zip(texts, encode(args.base, texts, 200)))
    asked = encode(args.base, [r["query"] for r in english], 64)
    for r, vector in zip(english, asked):
        r["cosine"] = [round(float(vectors[t] @ vector), 4) for t in r["texts"]]
    # Unanswerable questions with their paragraphs, beside answerable ones with theirs.
    valid = [json.loads(x) for x in open(args.work / "valid.jsonl", encoding="utf-8")]
    for kind, chosen in (("unanswerable", [x for x in valid if x["kind"] == "unanswerable"][:150]), ("answerable", [x for x in valid if x["lang"] == "en" and x["kind"] in ("mixed", "near")][:150])):
        out += [{"set": kind, "lang": "en", "query": x["query"], "texts": x["passages"][:1], "gold": [], "bm25": [0], "all_gold": 1} for x in chosen]
    with open(args.work / "compare.jsonl", "w", encoding="utf-8") as file:
        file.writelines(json.dumps(r, ensure_ascii=False) + "\n" for r in out)
    names = [r["set"] for r in out]
    print({n: names.count(n) for n in sorted(set(names))}, flush=True)


def read(work, share=1.0):
    """The rows, or the first part of each set."""
    everything = [json.loads(x) for x in open(work / "compare.jsonl", encoding="utf-8")]
    out = []
    for name in dict.fromkeys(r["set"] for r in everything):
        part = [r for r in everything if r["set"] == name]
        out += part[: round(share * len(part))]
    return out


def scoring(args):
    torch.set_num_threads(args.threads)
    torch.set_flush_denormal(True)
    pairs, model = Pairs(args.work / "tokenizer.json"), read_model(args.weights)
    flat = []
    lists = read(args.work, args.share)
    for r in lists:
        query = pairs.ids([r["query"]])[0]
        flat += [pairs.join(query, p) for p in pairs.ids(r["texts"])]
    logits = score(model, flat).tolist()
    out = []
    for r in lists:
        out.append([round(x, 5) for x in logits[: len(r["texts"])]])
        logits = logits[len(r["texts"]) :]
    (args.work / f"compare.{args.name}.json").write_text(json.dumps(out))


def gain(row, scores):
    order = sorted(range(len(scores)), key=lambda i: -scores[i])
    found = set(row["gold"]) | {f"not in the pool {n}" for n in range(row["all_gold"] - len(row["gold"]))}
    return ndcg(order, found)


def ranks(values):
    """1 for the best, as negative reciprocal-rank scores for fusing."""
    order = sorted(range(len(values)), key=lambda i: -values[i])
    out = [0.0] * len(values)
    for place, i in enumerate(order):
        out[i] = 1 / (60 + place + 1)
    return out


def blend(row, logits, weight, on):
    if on == "rank":
        return [a + weight * b for a, b in zip(ranks(logits), ranks(row["first"]))]
    return [a + weight * b for a, b in zip(logits, row[on])]


def report(args):
    lists, rng = read(args.work, args.share), np.random.default_rng(7)
    runs = {n: json.loads((args.work / f"compare.{n}.json").read_text()) for n in args.names}
    for r in lists:
        # The pools come in the hybrid's order; elsewhere the first stage is BM25.
        r["first"] = [-n for n in range(len(r["texts"]))] if "questions" in r["set"] or "keywords" in r["set"] else r["bm25"]
    out = {}
    weights = {"rank": [0.1, 0.25, 0.5, 1.0, 2.0], "cosine": [1, 2, 4, 8, 16]}
    for name in sorted({r["set"] for r in lists} - {"unanswerable", "answerable"}):
        here = [i for i, r in enumerate(lists) if r["set"] == name]
        block = {"questions": len(here), "first stage": interval([gain(lists[i], lists[i]["first"]) for i in here], rng)}
        block["BM25"] = interval([gain(lists[i], lists[i]["bm25"]) for i in here], rng)
        gains = {n: np.array([gain(lists[i], run[i]) for i in here]) for n, run in runs.items()}
        for n, values in gains.items():
            block[n] = interval(values, rng)
            for on in ("rank", "cosine"):
                if on == "cosine" and "cosine" not in lists[here[0]]:
                    continue
                # Fitted on every other question, tested on the rest.
                fit, test = here[::2], here[1::2]
                value = lambda part, w: float(np.mean([gain(lists[i], blend(lists[i], runs[n][i], w, on)) for i in part]))
                best = max(weights[on], key=lambda w: value(fit, w))
                mixed = np.array([gain(lists[i], blend(lists[i], runs[n][i], best, on)) for i in test])
                block[f"{n} with {on} x {best}, minus alone (tested on half)"] = interval(mixed - values[1::2], rng)
        if len(args.names) == 2:
            block["second minus first"] = interval(gains[args.names[1]] - gains[args.names[0]], rng)
        out[name] = block
    right = [i for i, r in enumerate(lists) if r["set"] == "answerable"]
    wrong = [i for i, r in enumerate(lists) if r["set"] == "unanswerable"]
    for n, run in runs.items():
        a, b = np.array([run[i][0] for i in right]), np.array([run[i][0] for i in wrong])
        draws = rng.integers(0, len(a), (1000, len(a))), rng.integers(0, len(b), (1000, len(b)))
        area = lambda x, y: float((x[:, None] > y[None, :]).mean())
        spread = [area(a[i], b[j]) for i, j in zip(*draws)]
        cut = np.percentile(a, 20)
        out[f"answerable over unanswerable, {n}"] = {"area": [round(area(a, b), 4), *(round(float(x), 4) for x in np.percentile(spread, [2.5, 97.5]))],
                                                     "unanswerable below the logit that 80 % of answerable pass": round(float((b < cut).mean()), 3)}
    (args.work / "compare.json").write_text(json.dumps(out, indent=1, ensure_ascii=False))
    for name, block in out.items():
        print(name)
        for k, v in block.items():
            print("   ", k, v)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=["build", "score", "report"])
    parser.add_argument("--data", type=Path)
    parser.add_argument("--base", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--name")
    parser.add_argument("--names", nargs="+")
    parser.add_argument("--share", type=float, default=1.0, help="only the first part of each set; the same for every action")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=9)
    args = parser.parse_args()
    {"build": build, "score": scoring, "report": report}[args.action](args)


if __name__ == "__main__":
    main()
