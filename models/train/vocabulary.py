"""Appends common Chinese characters to MiniLM's WordPiece vocabulary and prepares their first embeddings.

    python vocabulary.py --data DATA --base MINILM --out WORK [--size 5000]

Writes `tokenizer.json` (the base tokenizer with the new rows appended, no padding or truncation inside) and
`new_rows.npy`. A new row starts at the scale of the old table: half a random direction, so that any two characters
differ, and half a direction from which characters it stands beside (PPMI of neighbours within three characters,
projected by SVD). A traditional character shares most of its start with its simplified form.
"""

import argparse
import json
import random
from collections import Counter
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from safetensors.numpy import load_file
from scipy.sparse.linalg import svds

from common import load, rows

PUNCTUATION = "，。、；：？！…—·《》〈〉「」『』【】〔〕（）“”‘’％～￥＋－＝／　"


def corpus(data, news, seed):
    texts = []
    for name in ("cmrc-train", "drcd"):
        paragraphs, questions = load(data, name)
        texts += [p["text"] for p in paragraphs.values()] + [q["question"] for q in questions]
    articles = rows(Path(data) / "crud-news.jsonl")
    random.Random(seed).shuffle(articles)
    return texts, [a["text"] for a in articles[:news]]


def neighbours(texts, index, window=3):
    """Counts of kept characters standing within `window` places of each other."""
    n = len(index)
    total = sp.csr_matrix((n, n), dtype=np.float32)
    table = np.full(0x11000, -1, np.int64)
    for char, i in index.items():
        table[ord(char)] = i
    for start in range(0, len(texts), 2000):
        points = np.frombuffer("\n".join(texts[start : start + 2000]).encode("utf-32-le"), np.uint32)
        ids = table[np.minimum(points, 0x10FFF)]
        for gap in range(1, window + 1):
            a, b = ids[:-gap], ids[gap:]
            keep = (a >= 0) & (b >= 0)
            total = total + sp.coo_matrix((np.ones(keep.sum(), np.float32), (a[keep], b[keep])), shape=(n, n)).tocsr()
    return total + total.T


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--size", type=int, default=5000)
    parser.add_argument("--news", type=int, default=12000)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)

    tokenizer = json.loads((args.base / "tokenizer.json").read_text(encoding="utf-8"))
    vocabulary = tokenizer["model"]["vocab"]
    base_size = len(vocabulary)
    wiki, news = corpus(args.data, args.news, args.seed)
    # Encyclopaedia text counts tenfold: it is the smaller set and the only one with traditional characters.
    counts = Counter()
    for text in wiki:
        for char, n in Counter(text).items():
            counts[char] += 10 * n
    for text in news:
        counts.update(text)
    han = [c for c, _ in counts.most_common() if "\u4e00" <= c <= "\u9fff"]
    added = [c for c in PUNCTUATION if c not in vocabulary and not c.isspace()]
    added += [c for c in han if c not in vocabulary][: args.size - len(added)]
    for char in added:
        vocabulary[char] = len(vocabulary)
    tokenizer["truncation"] = tokenizer["padding"] = None
    (args.out / "tokenizer.json").write_text(json.dumps(tokenizer, ensure_ascii=False), encoding="utf-8")

    table = load_file(args.base / "model.safetensors")
    table = next(v for k, v in table.items() if k.endswith("word_embeddings.weight")).astype(np.float32)
    words = table[1996:base_size]
    rng = np.random.default_rng(args.seed)
    index = {c: i for i, c in enumerate(added)}
    count = neighbours(wiki * 3 + news, index).tocoo()
    marginal = np.bincount(count.row, weights=count.data, minlength=len(added)) ** 0.75 + 1
    pmi = np.log(np.maximum(count.data * marginal.sum() / (marginal[count.row] * marginal[count.col]), 1))
    u, s, _ = svds(sp.csr_matrix((pmi.astype(np.float32), (count.row, count.col)), shape=count.shape), k=128, v0=np.ones(len(added)))
    context = u * np.sqrt(s)
    context /= np.linalg.norm(context, axis=1, keepdims=True) + 1e-9
    context = context @ np.linalg.qr(rng.standard_normal((table.shape[1], 128)))[0].T
    noise = rng.standard_normal((len(added), table.shape[1]))
    noise /= np.linalg.norm(noise, axis=1, keepdims=True)
    start = np.sqrt(0.5) * context + np.sqrt(0.5) * noise

    from opencc import OpenCC
    simplified = OpenCC("t2s")
    shared = 0
    for char, i in index.items():
        j = index.get(simplified.convert(char), i)
        if j != i:
            start[i], shared = 0.85 * start[j] + 0.5 * noise[i], shared + 1
    centred = words - words.mean(0)
    start = start / np.linalg.norm(start, axis=1, keepdims=True) * np.linalg.norm(centred, axis=1).mean() + words.mean(0)
    np.save(args.out / "new_rows.npy", start.astype(np.float32))
    kept = sum(counts[c] for c in han if c in vocabulary) / sum(counts[c] for c in han)
    print(f"{base_size} + {len(added)} rows, {shared} traditional forms paired; {kept:.4%} of Chinese characters covered")
    print("old row norm", np.linalg.norm(words, axis=1).mean(), "new", np.linalg.norm(start, axis=1).mean())


if __name__ == "__main__":
    main()
