"""How often the right passage comes first in a library of both languages, before and after reranking.

    python mixed.py --out SETS --embedder E5 --new MODEL --english L12 [--questions 10] [--pool 20]

Questions of the sets across languages (`held_apart.py`) are asked of one library: their right passages, near misses in the passages'
language, and passages of both languages about other things. Near misses in the language of the question are there too,
never a translation of the right passage. The new model judges all pairs but English ones on English, which the English model judges; each
model's candidates change places among themselves, as in the program, by the model's own order or by a blend by rank.
"""

import argparse
import json
import random
from pathlib import Path

import numpy as np
import torch
from opencc import OpenCC

from choose import read
from common import BM25, is_chinese
from cross_encoder_network import Frames, Network

KINDS = ("encyclopaedia", "applications", "rules", "tables", "mail")


def library(out, asked, told, count, rng):
    """Questions `(kind, text, right passage's key)` and passages by key."""
    questions, passages, taken = [], {}, set()
    for kind in KINDS:
        ids, texts, queries, gold = read(out / f"{kind}.{asked}-{told}")
        text_of = dict(zip(ids, texts))
        for q in rng.sample(queries, min(count, len(queries))):
            right = sorted(gold[q["_id"]])[0]
            passages[told, right] = text_of[right]
            taken.add(right)
            questions.append((kind, q["text"], (told, right)))
        rest = [i for i in ids if i not in taken]
        passages.update({(told, i): text_of[i] for i in rng.sample(rest, min(60, len(rest)))})
    for kind in KINDS:
        ids, texts, _, _ = read(out / f"{kind}.{asked}")
        rest = [(i, t) for i, t in zip(ids, texts) if i not in taken]
        passages.update({(asked, i): t for i, t in rng.sample(rest, min(60, len(rest)))})
    return questions, passages


def places(order, scores, groups, weight):
    """The order after reranking: `order` holds candidates by retrieval, `groups` the model of each, `scores` its logits."""
    out = list(order)
    for group in set(groups.values()):
        own = [i for i in order if groups[i] == group]
        ranks = {i: rank for rank, i in enumerate(sorted(own, key=lambda i: -scores[i]), 1)}
        key = lambda i: -ranks[i] if weight is None else 1 / (61 + order.index(i)) + weight / (60 + ranks[i])
        for place, i in zip([order.index(i) for i in own], sorted(own, key=key, reverse=True)):
            out[place] = i
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--embedder", type=Path, required=True)
    parser.add_argument("--new", type=Path, required=True)
    parser.add_argument("--english", type=Path, required=True)
    parser.add_argument("--questions", type=int, default=10, help="of each kind")
    parser.add_argument("--pool", type=int, default=20)
    parser.add_argument("--cache", type=Path, help="a file that keeps the vectors between runs")
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    simpler = OpenCC("t2s").convert
    known = torch.load(args.cache, weights_only=False) if args.cache and args.cache.exists() else {}
    judges = {name: (Network(path), Frames(path / "tokenizer.json")) for name, path in (("new", args.new), ("english", args.english)) if path.exists()}
    for asked, told in (("en", "zh"), ("zh", "en")):
        questions, passages = library(args.out, asked, told, args.questions, random.Random(5))
        keys, texts = list(passages), list(passages.values())
        wanted = [t for t in ["passage: " + t for t in texts] + ["query: " + q for _, q, _ in questions] if t not in known]
        if wanted:
            network, frames = Network(args.embedder), Frames(args.embedder / "tokenizer.json")
            with torch.no_grad():
                known.update(zip(wanted, network.vectors([frames.single(i, 512) for i in frames.ids(wanted)]).numpy()))
            if args.cache:
                torch.save(known, args.cache)
        vectors, bm25, counts, inside = np.stack([known["passage: " + t] for t in texts]), BM25(texts), {}, 0
        for kind, question, right in questions:
            cosine, words, fused = vectors @ known["query: " + question], bm25.scores(question), {}
            for run in (np.argsort(-cosine)[:100], [i for i in np.argsort(-words)[:100] if words[i] > 0]):
                for rank, i in enumerate(run, 1):
                    fused[int(i)] = fused.get(int(i), 0.0) + 1 / (60 + rank)
            order = sorted(fused, key=lambda i: (-fused[i], i))[: args.pool]
            inside += right in [keys[i] for i in order]
            groups = {i: "english" if not is_chinese(question) and keys[i][0] == "en" else "new" for i in order}
            scores, alone = {}, {}
            for name, (network, frames) in judges.items():
                own = [i for i in order if groups[i] == name or name == "new"]
                with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
                    query = frames.ids([simpler(question)])[0]
                    found = network.logits([frames.pair(query, p, 512) for p in frames.ids([simpler(texts[i]) for i in own])]) if own else []
                for i, z in zip(own, found):
                    if groups[i] == name:
                        scores[i] = float(z)
                    if name == "new":
                        alone[i] = float(z)
            orders = {"retrieval": order, "new, all pairs alone": sorted(order, key=lambda i: -alone[i])}
            for weight in (None, 0.25, 0.5, 1.0, 2.0):
                orders["by model, own order" if weight is None else f"by model, blended x{weight}"] = places(order, scores, groups, weight)
            for name, found in orders.items():
                rank = next((r for r, i in enumerate(found, 1) if keys[i] == right), 0)
                row = counts.setdefault(name, [0, 0, 0.0])
                row[0], row[1], row[2] = row[0] + (rank == 1), row[1] + (0 < rank <= 3), row[2] + (1 / rank if rank else 0)
        print(f"\n{asked} questions, answers in {told}: {len(questions)} questions, {len(texts)} passages of both languages, right one among the first {args.pool}: {inside}\n")
        print("| order | first | among three | MRR |\n|---|---|---|---|")
        for name, (first, three, total) in counts.items():
            print(f"| {name} | {first} | {three} | {total / len(questions):.3f} |")


if __name__ == "__main__":
    main()
