"""Shared pieces: reading the data, cutting text, BM25, bi-encoder vectors, and the held-apart split."""

import hashlib
import json
import lzma
import random
import re
from functools import lru_cache
from pathlib import Path

import numpy as np
import scipy.sparse as sp
import torch

CJK = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
WORD = re.compile(r"[a-z0-9]+|[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
STOP = set("a an the of in on at to for and or is are was were be been by with as that this it its from did do does "
           "what which who when where how why many much".split())


def rows(path):
    """JSON Lines, plain or packed with xz."""
    path = Path(path)
    if not path.exists():
        path = path.with_name(path.name + ".xz")
    opener = lzma.open if path.suffix == ".xz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def load(data, name):
    """Paragraphs by id and the questions of one question set."""
    paragraphs = {p["id"]: p for p in rows(Path(data) / f"{name}.paragraphs.jsonl")}
    return paragraphs, rows(Path(data) / f"{name}.questions.jsonl")


def held_titles(titles, seed, share):
    """The titles kept out of training: a seeded sample of the sorted distinct titles."""
    titles = sorted(set(titles))
    random.Random(seed).shuffle(titles)
    return set(titles[: max(1, round(share * len(titles)))])


def measured(title):
    """A fortieth of the articles and pages: training measures itself on their lists."""
    return hashlib.sha256(title.encode()).digest()[1] < 6


def is_chinese(text):
    return bool(CJK.search(text))


@lru_cache(maxsize=20000)
def sentences(text):
    """(start, end) of each sentence; a sentence keeps its closing mark and the space after it."""
    if is_chinese(text):
        cuts = [m.end() for m in re.finditer(r"[。！？；]+[”」』）]*|\n+", text)]
    else:
        cuts = [m.end() for m in re.finditer(r"(?<=[a-z0-9\)\]\"'][.!?])[\"')\]]*\s+(?=[A-Z0-9\"'(])|\n+", text)]
    edges = [0] + [c for c in cuts if c < len(text)] + [len(text)]
    return [(a, b) for a, b in zip(edges, edges[1:]) if b > a]


def size(text):
    """A cheap estimate of the number of word pieces."""
    return len(CJK.findall(text)) + int(1.35 * len(re.findall(r"[A-Za-z0-9]+|[^\sA-Za-z0-9\u3400-\u9fff]", text)))


def terms(text):
    """Index terms: lower-case words with a light suffix cut, and character bigrams for Chinese."""
    out = []
    for run in WORD.findall(text.lower()):
        if CJK.match(run):
            out.extend(run[i : i + 2] for i in range(len(run) - 1)) if len(run) > 1 else out.append(run)
        elif run not in STOP:
            out.append(re.sub(r"(ing|ed|es|s)$", "", run) if len(run) > 4 else run)
    return out


class BM25:
    """BM25 (k1 = 1.2, b = 0.75) over a fixed list of texts, as one sparse matrix."""

    def __init__(self, texts, k1=1.2, b=0.75):
        self.vocabulary = {}
        counts, indices, indptr = [], [], [0]
        for text in texts:
            bag = {}
            for term in terms(text):
                key = self.vocabulary.setdefault(term, len(self.vocabulary))
                bag[key] = bag.get(key, 0) + 1
            indices.extend(bag)
            counts.extend(bag.values())
            indptr.append(len(indices))
        matrix = sp.csr_matrix((np.array(counts, np.float32), indices, indptr), shape=(len(texts), len(self.vocabulary)))
        lengths = np.asarray(matrix.sum(1)).ravel()
        norm = np.repeat(k1 * (1 - b + b * lengths / lengths.mean()), np.diff(matrix.indptr))
        df = np.bincount(matrix.indices, minlength=matrix.shape[1])
        idf = np.log(1 + (len(texts) - df + 0.5) / (df + 0.5))
        matrix.data = (idf[matrix.indices] * matrix.data * (k1 + 1) / (matrix.data + norm)).astype(np.float32)
        self.matrix = matrix.tocsc()

    def scores(self, query):
        keys = [self.vocabulary[t] for t in terms(query) if t in self.vocabulary]
        if not keys:
            return np.zeros(self.matrix.shape[0], np.float32)
        return np.asarray(self.matrix[:, keys].sum(1)).ravel()

    def top(self, query, count):
        return top(self.scores(query), count)


def top(scores, count):
    """Indices of the best scores, best first; ties by index so that runs repeat."""
    count = min(count, len(scores))
    picked = np.argpartition(-scores, count - 1)[:count]
    return picked[np.lexsort((picked, -scores[picked]))]


def encode(folder, texts, limit, batch=32):
    """Mean-pooled, normalised sentence vectors, sorted by length to save padding."""
    from tokenizers import Tokenizer
    from transformers import BertModel

    tokenizer = Tokenizer.from_file(str(Path(folder) / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(limit)
    ids = [e.ids for e in tokenizer.encode_batch(list(texts))]
    model = BertModel.from_pretrained(folder, dtype=torch.float32).eval()
    order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
    out = np.zeros((len(ids), model.config.hidden_size), np.float32)
    with torch.no_grad():
        for start in range(0, len(order), batch):
            part = order[start : start + batch]
            width = max(len(ids[i]) for i in part)
            tokens = torch.zeros(len(part), width, dtype=torch.long)
            mask = torch.zeros(len(part), width, dtype=torch.long)
            for row, i in enumerate(part):
                tokens[row, : len(ids[i])] = torch.tensor(ids[i])
                mask[row, : len(ids[i])] = 1
            hidden = model(input_ids=tokens, attention_mask=mask).last_hidden_state
            pooled = (hidden * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)
            out[part] = torch.nn.functional.normalize(pooled, dim=1).numpy()
    return out
