"""Trains the cross-encoder on mined lists, with one process per core.

    python train.py --base MINILM --work WORK --out RUN (--minutes 60 | --steps 3000) [--ranks 2]

Each list asks for a softmax over its passages with the first one right. Lists that carry a teacher are first distilled
(KL to the bi-encoder's order, or to word overlap in Chinese) and the labels take over as training goes on. A small
pointwise term keeps zero near the border between relevant and not. Single-threaded processes that average gradients
waste far less on a shared machine than one process with several threads, whose threads wait for each other.

With --minutes the schedule follows the clock, so the number of steps depends on the machine; with --steps a run repeats.
Writes `last.safetensors` and `mean.safetensors` (running mean of the weights) to RUN, and a line of figures to stdout at
each check.
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
import torch.distributed as dist
import torch.multiprocessing as mp
import torch.nn.functional as F
from safetensors.torch import save_file

from model import CrossEncoder, Pairs, batches, padded


SHARES = {"en": {"whole": 0.42, "hard": 0.36, "contrast": 0.14, "unanswerable": 0.08}, "zh": {"hard": 0.52, "news": 0.30, "contrast": 0.18}}


def ramp(progress, start, end, until):
    return start + (end - start) * min(1.0, progress / until)


class Stream:
    """Lists by language and kind, each pool in its own shuffled order and begun again when used up."""

    def __init__(self, lists, seed):
        self.rng = random.Random(seed)
        self.pools, self.at = {}, {}
        for x in lists:
            self.pools.setdefault(x["lang"] + "/" + x["kind"], []).append(x)
        for key in self.pools:
            self.rng.shuffle(self.pools[key])
            self.at[key] = 0

    def take(self, key):
        pool, at = self.pools[key], self.at[key]
        self.at[key] = (at + 1) % len(pool)
        return pool[at]

    def wide(self, english, chinese):
        """Lists of `wide.jsonl`, by fixed shares of their kinds."""
        return [self.take(f"{lang}/{self.rng.choices(*zip(*SHARES[lang].items()))[0]}") for lang, count in (("en", english), ("zh", chinese)) for _ in range(count)]

    def step(self, progress, english, chinese, long):
        draw = self.rng.random
        whole, news = ramp(progress, 0.85, 0.12, 0.35), ramp(progress, 0.4, 0.08, 0.35)
        out = []
        for _ in range(english):
            if progress > 0.3 and draw() < 0.04:
                out.append(self.take("en/unanswerable"))
            elif draw() < long:
                out.append(self.take("en/long"))
            elif draw() < whole:
                out.append(self.take("en/whole"))
            else:
                out.append(self.take("en/near" if draw() < 0.35 else "en/mixed"))
        for _ in range(chinese):
            if draw() < long:
                out.append(self.take("zh/long"))
                continue
            out.append(self.take("zh/news" if draw() < news else "zh/near" if draw() < 0.4 else "zh/mixed"))
        return out


def encode(pairs, lists, limit):
    """Pairs of every passage of every list, flat."""
    flat = []
    for x in lists:
        queries = pairs.ids(x.get("queries") or [x["query"]] * len(x["passages"]))
        flat += [pairs.join(q, p, limit) for q, p in zip(queries, pairs.ids(x["passages"]))]
    return flat


def forward(model, flat, tokens):
    parts, order = [], []
    for group in batches(flat, tokens):
        parts.append(model(*padded([flat[i] for i in group])))
        order += group
    back = torch.empty(len(order), dtype=torch.long)
    back[torch.tensor(order)] = torch.arange(len(order))
    return torch.cat(parts)[back]


def loss_of(lists, logits, progress, wide=False):
    total, at = 0.0, 0
    for x in lists:
        part = logits[at : at + len(x["passages"])]
        at += len(part)
        target = torch.zeros_like(part)
        if x["kind"] == "unanswerable":
            total = total + 0.3 * F.binary_cross_entropy_with_logits(part, target).mean()
            continue
        target[0] = 1
        labels = F.cross_entropy(part[None], torch.zeros(1, dtype=torch.long))
        loss = labels
        if x["teacher"] is not None:
            english = x["lang"] == "en"
            if wide:
                weight = 0.45 if english else 0.15
            elif english:
                weight = ramp(progress, 1.0, 0.3, 0.3) if progress < 0.3 else ramp(progress - 0.3, 0.3, 0.1, 0.6)
            else:
                weight = ramp(progress, 0.6, 0.0, 0.3)
            teacher = torch.tensor(x["teacher"]) * (20 if english else 8)
            distil = F.kl_div(part.log_softmax(0), teacher.log_softmax(0), log_target=True, reduction="sum")
            loss = weight * distil + (1 - weight) * labels
        pointwise = F.binary_cross_entropy_with_logits(part, target, pos_weight=torch.tensor(3.0))
        weight = 0.3 if x["kind"] == "contrast" else ramp(progress, 0.02, 0.15, 0.4)
        total = total + loss + weight * pointwise
    return total


def valid(model, pairs, lists, rank, ranks, limit):
    """Accuracy of one among five by language and kind, shared out over the processes."""
    tally = {}
    with torch.no_grad():
        for k in range(rank, len(lists), ranks):
            logits = forward(model, encode(pairs, [lists[k]], limit), 2000)
            key = lists[k]["lang"] + "/" + lists[k]["kind"]
            for name in (key, lists[k]["lang"]):
                hit, count = tally.get(name, (0, 0))
                tally[name] = (hit + int(logits.argmax() == 0), count + 1)
    every = [None] * ranks
    dist.all_gather_object(every, tally)
    names = sorted({n for t in every for n in t})
    return {n: round(sum(t.get(n, (0, 0))[0] for t in every) / max(1, sum(t.get(n, (0, 0))[1] for t in every)), 3) for n in names}


def worker(rank, args):
    os.environ.setdefault("MASTER_ADDR", "127.0.0.1")
    os.environ["MASTER_PORT"] = str(args.port)
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    torch.set_flush_denormal(True)
    dist.init_process_group("gloo", rank=rank, world_size=args.ranks)
    pairs = Pairs(args.work / "tokenizer.json")
    read = lambda name: [json.loads(line) for line in open(args.work / name, encoding="utf-8")]
    stream = Stream(read("wide.jsonl") if args.wide else read("train.jsonl") + (read("long.jsonl") if args.long else []), args.seed)
    check = [x for x in read("valid.jsonl") if x["kind"] != "unanswerable"]
    check = [x for lang in ("en", "zh") for x in [y for y in check if y["lang"] == lang][: args.check]]
    model = CrossEncoder.start(args.base, np.load(args.work / "new_rows.npy"), args.seed)
    if args.resume:
        from safetensors.torch import load_file
        model.load(load_file(args.resume))

    named = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
    head = lambda n: "classifier" in n or "pooler" in n
    groups = [
        {"params": [p for n, p in named if n != "new_rows" and not head(n) and p.dim() > 1], "peak": args.lr, "weight_decay": 0.01},
        {"params": [p for n, p in named if n != "new_rows" and not head(n) and p.dim() == 1], "peak": args.lr, "weight_decay": 0.0},
        {"params": [p for n, p in named if head(n)], "peak": 3 * args.lr, "weight_decay": 0.0},
        {"params": [p for n, p in named if n == "new_rows"], "peak": 6 * args.lr, "weight_decay": 0.0},
    ]
    for g in groups:
        g["lr"] = 0.0
    optimiser = torch.optim.AdamW(groups, betas=(0.9, 0.98), fused=True)
    params = [p for g in groups for p in g["params"]]
    mean = [p.detach().clone() for p in params]

    started, step, seen, progress, losses = time.time(), 0, 0, 0.0, []
    checked = saved = 0.0
    while progress < args.end:
        spent = time.time() - started
        progress = step / args.steps if args.steps else spent / (60 * args.minutes)
        shared = torch.tensor([progress], dtype=torch.float64)
        dist.broadcast(shared, 0)
        # A resumed run joins the schedule where the first one was left.
        progress = min(1.0, args.begin + (1 - args.begin) * shared.item())

        lists = stream.wide(args.english, args.chinese) if args.wide else stream.step(progress, args.english, args.chinese, args.long)
        # Every process takes the same order and works on its own share, long and short lists alternating.
        lists.sort(key=lambda x: sum(map(len, x["passages"])))
        mine = lists[rank :: args.ranks]
        logits = forward(model, encode(pairs, mine, args.limit), args.tokens)
        loss = loss_of(mine, logits, progress, args.wide) / len(lists)
        loss.backward()
        flat = torch.cat([(p.grad if p.grad is not None else torch.zeros_like(p)).view(-1) for p in params])
        dist.all_reduce(flat)
        flat *= min(1.0, args.clip / (float(flat.norm()) + 1e-9))
        at = 0
        for p in params:
            p.grad = flat[at : at + p.numel()].view_as(p)
            at += p.numel()
        warm = min(1.0, (step + 1) / args.warmup)
        decay = 1.0 if progress < args.hold else 0.03 + 0.97 * 0.5 * (1 + math.cos(math.pi * (progress - args.hold) / (1 - args.hold)))
        for g in optimiser.param_groups:
            g["lr"] = g["peak"] * warm * decay
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        step, seen = step + 1, seen + len(lists)
        losses.append(loss.item() * args.ranks)
        if step % 4 == 0:
            torch._foreach_lerp_(mean, [p.detach() for p in params], 1 - min(0.99, (1 + step / 4) / (10 + step / 4)))

        due = torch.tensor([time.time() - started - checked > 60 * args.every, time.time() - started - saved > 180], dtype=torch.long)
        dist.broadcast(due, 0)
        last = progress >= args.end
        if due[0] or due[1] or last:
            now = [p.detach().clone() for p in params]
            if rank == 0:
                save(model.state(), args.out / "last.safetensors")
            with torch.no_grad():
                for p, m in zip(params, mean):
                    p.copy_(m)
            if rank == 0:
                save(model.state(), args.out / "mean.safetensors")
            figures = {}
            if due[0] or last:
                figures["mean"] = valid(model, pairs, check, rank, args.ranks, args.limit)
                checked = time.time() - started
            with torch.no_grad():
                for p, n in zip(params, now):
                    p.copy_(n)
            if last:
                figures["last"] = valid(model, pairs, check, rank, args.ranks, args.limit)
            saved = time.time() - started
            if rank == 0:
                print(json.dumps({"minutes": round((time.time() - started) / 60, 1), "progress": round(progress, 3), "step": step, "lists": seen,
                                  "loss": round(float(np.mean(losses[-100:])), 3), **figures}), flush=True)
    dist.destroy_process_group()


def save(state, path):
    save_file({k: v.contiguous() for k, v in state.items()}, str(path) + ".part", metadata={"format": "pt"})
    os.replace(str(path) + ".part", path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--resume", type=Path)
    parser.add_argument("--begin", type=float, default=0.0, help="point of the schedule at which a resumed run joins")
    parser.add_argument("--end", type=float, default=1.0, help="point of the schedule at which this run stops")
    parser.add_argument("--long", type=float, default=0.0, help="share of lists taken from `long.jsonl`")
    parser.add_argument("--wide", action="store_true", help="train on the lists of `wide.jsonl` alone")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--english", type=int, default=6, help="English lists a step")
    parser.add_argument("--chinese", type=int, default=6, help="Chinese lists a step")
    parser.add_argument("--lr", type=float, default=1e-4)
    parser.add_argument("--warmup", type=int, default=60)
    parser.add_argument("--hold", type=float, default=0.4, help="share of the run before the rate falls")
    parser.add_argument("--clip", type=float, default=1.0)
    parser.add_argument("--limit", type=int, default=224, help="tokens of a training pair")
    parser.add_argument("--tokens", type=int, default=1200, help="padded tokens of one forward pass")
    parser.add_argument("--check", type=int, default=100, help="validation lists a language")
    parser.add_argument("--every", type=float, default=12, help="minutes between checks")
    parser.add_argument("--port", type=int, default=29517)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    mp.spawn(worker, (args,), nprocs=args.ranks)


if __name__ == "__main__":
    main()
