"""Trains one cross-encoder for Chinese and English, and across them, from the body of multilingual-e5-small-zh-en.

    python train_cross_encoder.py lists --data DATA --work WORK [--messages /usr/share/locale]
    python train_cross_encoder.py teach --work WORK --judge FOLDER/ms-marco-MiniLM-L-12-v2 --base FOLDER/multilingual-e5-small-zh-en
    python train_cross_encoder.py train --work WORK --base FOLDER/multilingual-e5-small-zh-en --out RUN --steps 6000
    python train_cross_encoder.py export --base FOLDER/multilingual-e5-small-zh-en --out RUN --folder MODEL

`lists` writes lists.jsonl: one question, one right passage (none where nothing answers it) and wrong ones up to eight passages.
English and Chinese questions with their paragraphs, keywords, headlines; neighbours by BM25 that do not hold the answer, windows
of the same paragraph without it, the right passage with a number or name exchanged; unanswerable questions; made passages full
of near misses (`generated.py`, part `train`), in either language and across; and message catalogues (.mo) whose sentences stand
in both languages. Articles held apart by `mine.py` are left out. Half of the passages carry their title, as the program asks.

`teach` caches the teachers' scores in WORK/teacher, a file for each hundred lists, and goes on where it stopped: the logits of
ms-marco-MiniLM-L-12-v2 for English lists, the cosines of multilingual-e5-small for the others.

`train` also goes on where it stopped: RUN/checkpoint.pt is replaced every ten minutes; RUN/curve.jsonl gets a line every 50 steps
and the share of held lists with the right passage first every 200. Embeddings and the two lowest layers stay as they are; the
pooler and the classifier are new, and the passage has token type 1. Lists whose teacher is not cached yet train on their labels.
`--steps` sets the length of the schedule; a run may be stopped at any time, and `export` writes the averaged weights so far.
"""

import argparse
import gettext
import json
import math
import os
import random
import re
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.numpy import load_file as load_numpy
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch import nn

import generated
from common import BM25, CJK, STOP, load, rows, sentences, size
from convert_e5 import tokenizer as tokenizer_json
from held_apart import is_held
from int8 import widened
from mine import exchange, grow, hold_apart, holds, positive, sibling

EIGHT = 8
LENGTHS = [60, 90, 120, 160]


# Lists.


def keywords(question):
    words = [w for w in re.findall(r"[\w'-]+", question) if w.lower() not in STOP]
    return " ".join(words).lower()


def encyclopaedia(data, names, held, lang, count, rng):
    """Questions to windows of paragraphs; wrong windows by BM25, from the same paragraph, by exchange, and at random."""
    paragraphs, questions = {}, []
    for name in names:
        part, asked = load(data, name)
        inside = {i: p for i, p in part.items() if p["title"] not in held}
        paragraphs.update({(name, i): p for i, p in inside.items()})
        questions += [{**q, "at": (name, q["paragraph"])} for q in asked if q["paragraph"] in inside]
    keys = sorted(paragraphs)
    if len(keys) > 6000:
        keys = rng.sample(keys, 6000)
        questions = [q for q in questions if q["at"] in set(keys)]
    texts = [paragraphs[k]["text"] for k in keys]
    index = BM25(texts)
    names_seen = list({m for t in rng.sample(texts, min(2000, len(texts))) for m in re.findall(r"\b[A-Z][a-z]{2,}(?: [A-Z][a-z]+)*\b", t)}) if lang == "en" else []
    for q in rng.sample(questions, min(count, len(questions))):
        budget = rng.choice(LENGTHS)
        source = paragraphs[q["at"]]
        right = positive(source["text"], q["question"], q["answers"], q.get("starts", [None])[0], budget, rng)
        if not right:
            continue
        near = [i for i in index.top(q["question"], 40) if keys[i] != q["at"] and not holds(texts[i], q["answers"])]
        picked = near[:2] + rng.sample(near[2:12], min(2, len(near[2:12]))) + rng.sample(near[12:], min(1, len(near[12:]))) + [rng.randrange(len(texts))]
        wrong = []
        for extra in (sibling(source["text"], q["answers"], q["question"], budget, rng), exchange(right, q["question"], names_seen, rng)):
            if extra and not holds(extra, q["answers"]) or extra and extra != right and re.search(r"\d", q["question"]):
                wrong.append((source["title"], extra))
        for i in picked:
            spans = sentences(texts[i])
            wrong.append((paragraphs[keys[i]]["title"], grow(texts[i], spans, rng.randrange(len(spans)), budget, rng)))
        query = q["question"]
        draw = rng.random()
        if lang == "en" and draw < 0.2:
            query = keywords(query) or query
        elif draw < 0.5:
            query = query.rstrip("?？")
        titled = rng.random() < 0.5
        whole = [(source["title"], right)] + wrong[: EIGHT - 1]
        yield {"lang": lang, "kind": "question", "query": query, "right": True,
               "passages": [f"{t.replace('_', ' ')}\n{p}" if titled else p for t, p in whole]}


def unanswerable(data, held, count, rng):
    """A question that its own paragraph does not answer, with paragraphs of other articles: nothing is right."""
    paragraphs, questions = load(data, "squad-unanswerable")
    usable = [q for q in questions if paragraphs[q["paragraph"]]["title"] not in held]
    for q in rng.sample(usable, min(count, len(usable))):
        own = paragraphs[q["paragraph"]]
        yield {"lang": "en", "kind": "unanswerable", "query": q["question"], "right": False, "passages": [own["text"][:900]]}


def news(data, count, rng):
    """Headlines to pieces of their articles; neighbours by BM25."""
    articles = [a for a in rows(data / "crud-news.jsonl") if a["title"] and 12 <= len(a["title"]) <= 45]
    articles = [a for a in articles if not is_held(a["id"])]
    articles = rng.sample(articles, min(4000, len(articles)))
    body = [a["text"].replace("原标题：", "").replace(a["title"], "").strip()[: rng.choice([120, 220, 320])] for a in articles]
    index = BM25(body)
    for n in rng.sample(range(len(articles)), min(count, len(articles))):
        near = [i for i in index.top(articles[n]["title"], 30) if i != n]
        picked = near[:3] + rng.sample(near[3:], 2) + [rng.randrange(len(body))]
        yield {"lang": "zh", "kind": "headline", "query": articles[n]["title"], "right": True, "passages": [body[n]] + [body[i] for i in picked if i != n]}


def made(rounds, rng):
    """Members of a family are near misses of each other. A third of the lists lacks the right member, so that nothing is right."""
    for _ in range(rounds):
        for kind in generated.FAMILIES:
            members = generated.make(kind, "train", rng)
            for n, m in enumerate(members):
                for q in m["questions"]:
                    asked, told = rng.choice([("en", "en"), ("zh", "zh"), ("zh", "en"), ("en", "zh")])
                    same = [o for o in members if o["family"] == m["family"] and o is not m]
                    others = rng.sample(same, min(5, len(same))) + rng.sample([o for o in members if o["family"] != m["family"]], 2)
                    right = rng.random() > 0.33
                    yield {"lang": asked if asked == told else f"{asked}-{told}", "kind": kind if right else "near miss", "query": q[asked], "right": right,
                           "passages": ([m[told]] if right else []) + [o[told] for o in others]}


def messages(folder, count, rng):
    """Catalogues of messages: a sentence in one language, and runs of messages around it in the other."""
    found = []
    for language in ("zh_CN", "zh_TW"):
        for path in sorted((folder / language / "LC_MESSAGES").glob("*.mo")):
            with open(path, "rb") as stream:
                try:
                    catalogue = gettext.GNUTranslations(stream)._catalog
                except (OSError, UnicodeDecodeError):
                    continue
            clean = lambda t: re.sub(r"\s+", " ", re.sub(r"%[-+ #0-9.*l]*[a-zA-Z]|\x1b\[[0-9;]*m|[&_](?=[A-Za-z])", " ", t)).strip()
            pairs = [(clean(a), clean(b)) for a, b in catalogue.items() if isinstance(a, str) and isinstance(b, str)]
            pairs = [(a, b) for a, b in pairs if 25 <= len(a) <= 600 and len(CJK.findall(b)) >= 6]
            if len(pairs) >= 20:
                found.append(pairs)
    weights = [min(len(pairs), 400) for pairs in found]
    for _ in range(count):
        pairs = rng.choices(found, weights)[0]
        asked, told = rng.choice([("zh", "en"), ("en", "zh")])
        column = 0 if told == "en" else 1
        n = rng.randrange(len(pairs))
        run = lambda i, k: " ".join(p[column] for p in pairs[max(0, i - k) : i + k + 1])[: 700 if told == "en" else 300]
        width = rng.randrange(2)
        far = [i for i in rng.sample(range(len(pairs)), min(16, len(pairs))) if abs(i - n) > 3][:5]
        right = run(n, width) if pairs[n][column] in run(n, width) else pairs[n][column]
        wrong = [run(i, width) for i in far]
        if rng.random() < 0.5:
            other = rng.choice(found)
            wrong += [p[column] for p in rng.sample(other, 2) if p[column] != right]
        yield {"lang": f"{asked}-{told}", "kind": "message", "query": pairs[n][1 - column][:200], "right": True, "passages": [right] + wrong}


def lists(args):
    rng = random.Random(args.seed)
    split = hold_apart(args.data, 7, 0.05)
    out = list(encyclopaedia(args.data, ["squad-train"], set(split["english"]), "en", args.english, rng))
    out += unanswerable(args.data, set(split["unanswerable"]), args.english // 5, rng)
    out += encyclopaedia(args.data, ["cmrc-train", "drcd"], set(split["chinese"]), "zh", args.chinese, rng)
    out += news(args.data, args.chinese // 3, rng)
    out += made(args.rounds, rng)
    if args.messages:
        out += messages(args.messages, args.across, rng)
    rng.shuffle(out)
    args.work.mkdir(parents=True, exist_ok=True)
    with open(args.work / "lists.jsonl", "w", encoding="utf-8") as stream:
        stream.writelines(json.dumps(x, ensure_ascii=False) + "\n" for x in out)
    counts = {}
    for x in out:
        counts[x["lang"], x["kind"]] = counts.get((x["lang"], x["kind"]), 0) + 1
    print(len(out), "lists,", sum(len(x["passages"]) for x in out), "pairs", counts)


def read_lists(work):
    return [json.loads(line) for line in open(work / "lists.jsonl", encoding="utf-8")]


# The network: transformers' BertModel with a pooler and one logit, queries, keys and values in one product, and the last layer
# computed for the first token alone.


class Network(nn.Module):
    def __init__(self, folder, frozen=2, seed=3):
        super().__init__()
        torch.manual_seed(seed)
        config = json.loads((folder / "config.json").read_text())
        self.hidden, self.heads, self.layers = config["hidden_size"], config["num_attention_heads"], config["num_hidden_layers"]
        state = {k.removeprefix("bert."): torch.from_numpy(v) for k, v in widened(load_numpy(folder / "model.safetensors")).items()}
        if "pooler.dense.weight" not in state:
            state["pooler.dense.weight"] = torch.randn(self.hidden, self.hidden) * 0.02 + torch.eye(self.hidden) * 0.5
            state["pooler.dense.bias"] = torch.zeros(self.hidden)
        if "classifier.weight" not in state:
            state["classifier.weight"], state["classifier.bias"] = torch.randn(1, self.hidden) * 0.02, torch.zeros(1)
        for n in range(self.layers):
            base = f"encoder.layer.{n}.attention.self."
            for end in ("weight", "bias"):
                state[f"{base}qkv.{end}"] = torch.cat([state.pop(f"{base}{x}.{end}") for x in ("query", "key", "value")])
        still = ["embeddings.word", "embeddings.position", "embeddings.LayerNorm"] + [f"encoder.layer.{n}." for n in range(frozen)]
        self.names = sorted(state)
        for name in self.names:
            self.register_parameter(name.replace(".", "/"), nn.Parameter(state[name], requires_grad=not name.startswith(tuple(still))))

    def part(self, name):
        return self._parameters[name.replace(".", "/")]

    def norm(self, x, name):
        return F.layer_norm(x, (self.hidden,), self.part(f"{name}.weight"), self.part(f"{name}.bias"), 1e-12)

    def linear(self, x, name):
        return F.linear(x, self.part(f"{name}.weight"), self.part(f"{name}.bias"))

    def tokens(self, ids, types, mask, first_only):
        x = F.embedding(ids, self.part("embeddings.word_embeddings.weight"))
        x = x + self.part("embeddings.position_embeddings.weight")[: ids.shape[1]] + F.embedding(types, self.part("embeddings.token_type_embeddings.weight"))
        x = self.norm(x, "embeddings.LayerNorm")
        batch, mask = len(ids), mask[:, None, None, :]
        split = lambda t: t.view(batch, -1, self.heads, self.hidden // self.heads).transpose(1, 2)
        for n in range(self.layers):
            base = f"encoder.layer.{n}."
            weight, bias = self.part(f"{base}attention.self.qkv.weight"), self.part(f"{base}attention.self.qkv.bias")
            before = x[:, :1] if first_only and n + 1 == self.layers else x
            q = F.linear(before, weight[: self.hidden], bias[: self.hidden])
            k, v = F.linear(x, weight[self.hidden :], bias[self.hidden :]).split(self.hidden, -1)
            mixed = F.scaled_dot_product_attention(split(q), split(k), split(v), attn_mask=mask).transpose(1, 2).reshape(batch, -1, self.hidden)
            x = self.norm(before + self.linear(mixed, f"{base}attention.output.dense"), f"{base}attention.output.LayerNorm")
            inner = F.gelu(self.linear(x, f"{base}intermediate.dense"))
            x = self.norm(x + self.linear(inner, f"{base}output.dense"), f"{base}output.LayerNorm")
        return x

    def logits(self, pairs, most=1600):
        """Logits of (ids, types) pairs, computed in groups of like length."""
        out, places = [], []
        for group in groups(pairs, most):
            ids, types, mask = padded([pairs[i] for i in group])
            pooled = torch.tanh(self.linear(self.tokens(ids, types, mask, True)[:, 0], "pooler.dense"))
            out.append(self.linear(pooled, "classifier")[:, 0])
            places += group
        back = torch.empty(len(places), dtype=torch.long)
        back[torch.tensor(places)] = torch.arange(len(places))
        return torch.cat(out)[back]

    def vectors(self, texts, most=1600):
        """Mean over the tokens, of length one."""
        out = torch.zeros(len(texts), self.hidden)
        for group in groups(texts, most):
            ids, types, mask = padded([texts[i] for i in group])
            x = self.tokens(ids, types, mask, False)
            out[group] = F.normalize((x * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True), dim=1)
        return out

    def state(self, values=None):
        """Tensors under transformers' names; `values` replaces trained ones."""
        out = {}
        for name in self.names:
            value = (values or {}).get(name, self.part(name)).detach()
            base = name if name.startswith("classifier") else f"bert.{name}"
            if ".qkv." in base:
                for part, piece in zip(("query", "key", "value"), value.chunk(3)):
                    out[base.replace("qkv", part)] = piece.clone()
            else:
                out[base] = value.clone()
        return out


def groups(sequences, most):
    order = sorted(range(len(sequences)), key=lambda i: len(sequences[i][0]))
    group = []
    for i in order:
        if group and (len(group) + 1) * len(sequences[i][0]) > most:
            yield group
            group = []
        group.append(i)
    if group:
        yield group


def padded(sequences):
    width = max(len(ids) for ids, _ in sequences)
    ids = torch.zeros(len(sequences), width, dtype=torch.long)
    types, mask = torch.zeros_like(ids), torch.zeros(len(sequences), width, dtype=torch.bool)
    for row, (i, t) in enumerate(sequences):
        ids[row, : len(i)], types[row, : len(i)], mask[row, : len(i)] = torch.tensor(i), torch.tensor(t), True
    return ids, types, mask


class Frames:
    """Token ids with the frame of the model's own tokenizer.json, cut as the program cuts."""

    def __init__(self, path):
        self.tokenizer = Tokenizer.from_file(str(path))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        self.roberta = self.tokenizer.token_to_id("<s>") is not None
        first, last = ("<s>", "</s>") if self.roberta else ("[CLS]", "[SEP]")
        self.first, self.last = self.tokenizer.token_to_id(first), self.tokenizer.token_to_id(last)

    def ids(self, texts):
        return [e.ids for e in self.tokenizer.encode_batch(list(texts), add_special_tokens=False)]

    def pair(self, question, passage, limit):
        question = question[: limit * 3 // 4]
        head = [self.first, *question, self.last]
        middle = [self.last] if self.roberta else []
        passage = passage[: limit - len(head) - len(middle) - 1]
        tail = [*middle, *passage, self.last]
        return head + tail, [0] * len(head) + [1] * len(tail)

    def single(self, ids, limit):
        ids = [self.first, *ids[: limit - 2], self.last]
        return ids, [0] * len(ids)


# Teachers.


def teach(args):
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    everything = read_lists(args.work)
    folder = args.work / "teacher"
    folder.mkdir(exist_ok=True)
    judge, frames = Network(args.judge), Frames(args.judge / "tokenizer.json")
    embedder, embedder_frames = Network(args.base), Frames(args.base / "tokenizer.json")
    begun, pairs = time.process_time(), 0
    for start in range(0, len(everything), 100):
        path = folder / f"{start:06}.json"
        if path.exists():
            continue
        scores = []
        with torch.no_grad():
            for x in everything[start : start + 100]:
                if x["lang"] == "en":
                    query = frames.ids([x["query"]])[0]
                    logits = judge.logits([frames.pair(query, p, 256) for p in frames.ids(x["passages"])])
                    scores.append([round(v, 3) for v in logits.tolist()])
                elif len(x["passages"]) > 1:
                    ids = embedder_frames.ids(["query: " + x["query"]] + ["passage: " + p for p in x["passages"]])
                    vectors = embedder.vectors([embedder_frames.single(i, 256) for i in ids])
                    scores.append([round(v, 4) for v in (vectors[1:] @ vectors[0]).tolist()])
                else:
                    scores.append(None)
                pairs += len(x["passages"])
        temporary = path.with_suffix(".part")
        temporary.write_text(json.dumps(scores))
        os.replace(temporary, path)
        print(min(start + 100, len(everything)), "of", len(everything), "lists,", round(pairs / max(1e-9, time.process_time() - begun), 1), "pairs a second of one core", flush=True)


def taught(work, everything):
    for start in range(0, len(everything), 100):
        path = work / "teacher" / f"{start:06}.json"
        if path.exists():
            for x, scores in zip(everything[start : start + 100], json.loads(path.read_text())):
                x["teacher"] = scores


# Training.


def loss_of(x, logits):
    """Listwise: the label, and the teacher's order. Pointwise: the right one above zero, the wrong ones below."""
    teacher = torch.tensor(x["teacher"]) if x.get("teacher") else None
    target = torch.zeros(len(logits))
    if x["right"]:
        target[0] = 1
    point = F.binary_cross_entropy_with_logits(logits, target, reduction="none")
    loss = 0.2 * (0.5 * point[0] + 0.5 * point[1:].mean() if x["right"] and len(logits) > 1 else point.mean())
    if not x["right"] or len(logits) == 1:
        return loss * 2.5
    listwise = F.cross_entropy(logits[None], torch.zeros(1, dtype=torch.long))
    if teacher is None:
        return loss + listwise
    if x["lang"] == "en":
        order = F.kl_div(logits.log_softmax(0), teacher.log_softmax(0), log_target=True, reduction="sum")
        return loss + order + 0.1 * F.mse_loss(logits - logits.mean(), teacher - teacher.mean()) + 0.3 * listwise
    order = F.kl_div(logits.log_softmax(0), (teacher * 30).log_softmax(0), log_target=True, reduction="sum")
    return loss + 0.4 * order + 0.8 * listwise


def train(args):
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    rng = random.Random(args.seed)
    everything = read_lists(args.work)
    taught(args.work, everything)
    frames, model = Frames(args.base / "tokenizer.json"), Network(args.base, args.frozen, args.seed)
    held = everything[: args.held]
    pool = {}
    for x in everything[args.held :]:
        pool.setdefault(x["lang"], []).append(x)
    shares = {k: v for k, v in {"en": 3, "zh": 3, "zh-en": 1, "en-zh": 1}.items() if k in pool}

    def pairs(x):
        query = frames.ids([x["query"]])[0]
        return [frames.pair(query, p, args.limit) for p in frames.ids(x["passages"])]

    def drawn(x):
        """The right passage (or a wrong one) and a draw of the others, so that a step sees more questions."""
        width = len(x["passages"])
        if width <= args.width:
            return x
        kept = [0] + sorted(rng.sample(range(1, width), args.width - 1)) if x["right"] else sorted(rng.sample(range(width), args.width))
        return {**x, "passages": [x["passages"][i] for i in kept], "teacher": [x["teacher"][i] for i in kept] if x.get("teacher") else None}

    named = {n: model.part(n) for n in model.names if model.part(n).requires_grad}
    head = lambda n: n.startswith(("pooler", "classifier"))
    options = [{"params": [p for n, p in named.items() if not head(n) and p.dim() > 1], "peak": args.rate, "weight_decay": 0.01},
               {"params": [p for n, p in named.items() if not head(n) and p.dim() == 1], "peak": args.rate, "weight_decay": 0.0},
               {"params": [p for n, p in named.items() if head(n)], "peak": args.rate * 4, "weight_decay": 0.0}]
    flat = [p for group in options for p in group["params"]]
    for group in options:
        group["lr"] = 0.0
    solver = torch.optim.AdamW(options, betas=(0.9, 0.98))
    mean = [p.detach().clone() for p in flat]
    args.out.mkdir(parents=True, exist_ok=True)
    checkpoint, curve = args.out / "checkpoint.pt", args.out / "curve.jsonl"
    step = seen = spent = 0
    if checkpoint.exists():
        saved = torch.load(checkpoint, weights_only=False)
        for p, value in zip(flat, saved["weights"]):
            p.data.copy_(value)
        mean, step, seen, spent = saved["mean"], saved["step"], saved["pairs"], saved["seconds"]
        solver.load_state_dict(saved["solver"])
        rng.setstate(saved["rng"])
    begun, kept, losses = time.process_time(), time.time(), {}

    def save():
        temporary = checkpoint.with_suffix(".part")
        torch.save({"weights": [p.detach() for p in flat], "mean": mean, "step": step, "pairs": seen, "solver": solver.state_dict(), "rng": rng.getstate(),
                    "seconds": spent + time.process_time() - begun, "names": [n for g in (lambda n: not head(n) and named[n].dim() > 1, lambda n: not head(n) and named[n].dim() == 1, head)
                                                                              for n in named if g(n)]}, temporary)
        os.replace(temporary, checkpoint)

    def note(**what):
        with open(curve, "a", encoding="utf-8") as stream:
            stream.write(json.dumps({"step": step, "pairs": seen, "minutes": round((spent + time.process_time() - begun) / 60, 1), **what}) + "\n")

    def check():
        right, sides = {}, []
        with torch.no_grad():
            for x in held:
                z = model.logits(pairs(x))
                if x["right"] and len(z) > 1:
                    right.setdefault(x["lang"], []).append(int(z.argmax() == 0))
                sides += [(float(v) > 0) == (x["right"] and i == 0) for i, v in enumerate(z)]
        return {"first": {k: round(float(np.mean(v)), 3) for k, v in sorted(right.items())}, "right side of zero": round(float(np.mean(sides)), 3)}

    if step == 0:
        note(**check())
    while step < args.steps:
        batch = []
        for language in rng.choices(list(shares), list(shares.values()), k=args.lists):
            batch.append(drawn(rng.choice(pool[language])))
        logits = model.logits([p for x in batch for p in pairs(x)])
        at, total = 0, 0
        for x in batch:
            one = loss_of(x, logits[at : at + len(x["passages"])])
            losses.setdefault(x["lang"], []).append(one.item())
            at, total = at + len(x["passages"]), total + one
        (total / len(batch)).backward()
        nn.utils.clip_grad_norm_(flat, 1.0)
        rate = min(1, (step + 1) / args.warmup) * (0.03 + 0.97 * 0.5 * (1 + math.cos(math.pi * step / args.steps)))
        for group in solver.param_groups:
            group["lr"] = group["peak"] * rate
        solver.step()
        solver.zero_grad(set_to_none=True)
        step, seen = step + 1, seen + at
        torch._foreach_lerp_(mean, [p.detach() for p in flat], 1 - min(0.995, (1 + step) / (10 + step)))
        if step % 50 == 0:
            note(loss={k: round(float(np.mean(v)), 3) for k, v in sorted(losses.items())})
            losses = {}
        if step % 200 == 0:
            note(**check())
        if time.time() - kept > 600 or step in (20, args.steps):
            save()
            kept = time.time()
            taught(args.work, everything)  # what the teachers have scored meanwhile
    note(**check())


def export(args):
    saved = torch.load(args.out / "checkpoint.pt", weights_only=False)
    model = Network(args.base, args.frozen, args.seed)
    state = model.state(dict(zip(saved["names"], saved["mean"])))
    args.folder.mkdir(parents=True, exist_ok=True)
    config = json.loads((args.base / "config.json").read_text())
    config.update(architectures=["BertForSequenceClassification"], num_labels=1, id2label={"0": "relevance"}, label2id={"relevance": 0})
    source = json.loads((args.base / "tokenizer.json").read_text(encoding="utf-8"))
    made_anew = tokenizer_json([tuple(v) for v in source["model"]["vocab"]], source["model"]["unk_id"], pair_types=1)
    source["post_processor"] = made_anew["post_processor"]
    (args.folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    (args.folder / "tokenizer.json").write_text(json.dumps(source, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    (args.folder / "tokenizer_config.json").write_text((args.base / "tokenizer_config.json").read_text())
    save_file({k: v.half().contiguous() for k, v in state.items()}, str(args.folder / "model.safetensors"), metadata={"format": "pt"})
    (args.folder / "model.safetensors").chmod(0o644)
    print("step", saved["step"], "pairs", saved["pairs"], "minutes", round(saved["seconds"] / 60, 1))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=["lists", "teach", "train", "export"])
    parser.add_argument("--data", type=Path)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--messages", type=Path, help="folder with zh_CN/LC_MESSAGES/*.mo")
    parser.add_argument("--base", type=Path)
    parser.add_argument("--judge", type=Path, help="the English teacher")
    parser.add_argument("--english", type=int, default=6000, help="number of lists")
    parser.add_argument("--chinese", type=int, default=6000)
    parser.add_argument("--across", type=int, default=4000)
    parser.add_argument("--rounds", type=int, default=12, help="how often the made passages are drawn")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--lists", type=int, default=8)
    parser.add_argument("--width", type=int, default=5, help="passages of a list that a step reads")
    parser.add_argument("--held", type=int, default=120, help="lists at the beginning that are not trained on")
    parser.add_argument("--limit", type=int, default=200)
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--warmup", type=int, default=100)
    parser.add_argument("--frozen", type=int, default=2)
    parser.add_argument("--seed", type=int, default=11)
    args = parser.parse_args()
    {"lists": lists, "teach": teach, "train": train, "export": export}[args.action](args)


if __name__ == "__main__":
    main()
