"""Figures from rounds and scores: medians, ratios, rank parity, bars, and the table."""

import itertools
import statistics

TAU, OVERLAP = 0.97, 0.9  # least agreement of a lower precision with the order of f32


def kendall(a, b):
    """Kendall's tau-b of two score lists."""
    agree = ties_a = ties_b = total = 0
    for (x, y), (u, v) in itertools.combinations(zip(a, b), 2):
        left, right = (x > u) - (x < u), (y > v) - (y < v)
        agree += left * right
        ties_a += left == 0
        ties_b += right == 0
        total += 1
    return agree / max(1e-9, ((total - ties_a) * (total - ties_b)) ** 0.5)


def overlap(a, b, count=10):
    best = lambda s: set(sorted(range(len(s)), key=lambda i: -s[i])[:count])
    return len(best(a) & best(b)) / min(count, len(a))


def rerank_parity(reference, scores):
    out = {"tau": kendall(reference, scores), "top10": overlap(reference, scores), "logit_difference": max(abs(x - y) for x, y in zip(reference, scores))}
    return {**out, "kept": out["tau"] >= TAU and out["top10"] >= OVERLAP}


def embed_parity(reference, vectors):
    cosines = [sum(x * y for x, y in zip(a, b)) for a, b in zip(reference, vectors)]
    return {"lowest_cosine": min(cosines), "kept": min(cosines) >= 0.99}


def row(name, rounds, pairs, tokens, parity, extra):
    per_second = sorted(pairs / r["seconds"] for r in rounds)
    middle = statistics.median(per_second)
    return {"engine": name, "pairs_per_second": {"min": per_second[0], "median": middle, "max": per_second[-1]}, "tokens_per_second": middle * tokens / pairs if tokens else None,
            "peak_bytes": max(r["peak_bytes"] for r in rounds), "rounds": len(rounds), "parity": parity, **extra}


# (model, set, ours, rivals, must, aim): ours over the fastest of the rivals that were measured.
INT8 = ["onnxruntime-int8", "openvino-int8", "torch-bf16", "openvino-bf16"]
BARS = [
    ("m12", "L", "assay-f32", ["sentence-transformers"], 1.2, 1.4), ("m12", "L", "assay-f32", ["onnxruntime-f32"], 1.05, 1.2),
    ("m12", "L", "assay-f32", ["fastembed"], 1.8, 3.0), ("m12", "L", "assay-f32", ["flashrank-f32"], 1.8, 3.0),
    ("m12", "L", "default", "any that keeps the order", 1.2, 2.0), ("m12", "U", "assay-f32", ["onnxruntime-f32"], 0.95, 1.1),
    ("r-base", "L", "assay-f32", ["sentence-transformers"], 1.15, 1.3), ("r-base", "L", "assay-f32", ["flagreranker"], 2.0, 3.0),
    ("r-base", "L", "assay-f32", ["candle"], 2.5, 4.0), ("r-base", "U", "assay-f32", ["onnxruntime-f32"], 0.95, 1.1),
    ("r-base", "L", "assay-int8", ["assay-f32"], 2.0, 3.0), ("r-base", "L", "assay-int8", ["onnxruntime-int8"], 1.2, 1.8),
    ("r-base", "L", "assay-int8", ["openvino-int8"], 0.8, 1.1), ("r-base", "U", "assay-int8", ["assay-f32"], 2.0, 3.0),
    ("embed", "L", "default", ["sentence-transformers", "fastembed", "onnxruntime-f32", "onnxruntime-int8"], 1.2, 2.0),
]


def bars(model, kind, rows, default):
    """Each bar of this model and set: the ratio of medians, pass or miss, or why there is none."""
    by_name = {r["engine"]: r for r in rows}
    speed = lambda n: by_name[n]["pairs_per_second"]["median"]
    out = []
    for bar_model, bar_kind, ours, rivals, must, aim in BARS:
        if (bar_model, bar_kind) != (model, kind):
            continue
        us = f"assay-{default}" if ours == "default" else ours
        if rivals == "any that keeps the order":
            there = [n for n, r in by_name.items() if not n.startswith("assay-") and (r["parity"] or {}).get("kept")]
            named = "the fastest rival that keeps the order"
        else:
            there, named = [n for n in rivals if n in by_name], " / ".join(rivals)
        bar = {"bar": f"{us} / {named}", "must": must, "aim": aim, "ratio": None, "rival": None}
        if us in by_name and there:
            rival = max(there, key=speed)
            ratio = speed(us) / speed(rival)
            bar |= {"ratio": ratio, "rival": rival, "result": "aim" if ratio >= aim else "pass" if ratio >= must else "miss"}
            if us == f"assay-{default}" and (by_name[us]["parity"] or {}).get("kept") is False:
                bar["result"] += ", but our order is not kept"
        else:
            bar["result"] = "not measured"
        out.append(bar)
    return out


def markdown(block):
    """One measured model and set as Markdown."""
    embed = block["model"] == "embed"
    head = "lowest cosine" if embed else "Kendall tau, top 10, largest logit difference"
    ours = list(dict.fromkeys(["assay-f32", block["default"]]))
    lines = [f"### {block['model']}, set {block['set']}: {block['pairs']} {'texts' if embed else 'pairs'}, {block['tokens'] or 'some'} tokens, {block['threads']} threads, "
             f"{block['rounds']} rounds", "", f"| engine | batch | {'texts' if embed else 'pairs'}/s min, median, max | tokens/s | {' | '.join(f'{o} / it' for o in ours)} | {head} | keeps the order | peak MB |",
             "|" + "---|" * (7 + len(ours))]
    middle = {r["engine"]: r["pairs_per_second"]["median"] for r in block["rows"]}
    ratio = lambda ours, name: f"{middle[ours] / middle[name]:.2f}" if ours in middle and ours != name else ""
    for r in sorted(block["rows"], key=lambda r: -r["pairs_per_second"]["median"]):
        s, p = r["pairs_per_second"], r["parity"] or {}
        parity = f"{p['lowest_cosine']:.4f}" if "lowest_cosine" in p else f"{p['tau']:.3f}, {p['top10']:.1f}, {p['logit_difference']:.1e}" if p else ""
        tokens = f"{r['tokens_per_second']:.0f}" if r["tokens_per_second"] else ""
        name = f"**{r['engine']}**" if r["engine"].startswith("assay-") else r["engine"]
        lines.append(f"| {name} | {r['batch'] or ''} | {s['min']:.1f}, {s['median']:.1f}, {s['max']:.1f} | {tokens} | {' | '.join(ratio(o, r['engine']) for o in ours)} | "
                     f"{parity} | {'yes' if p.get('kept') else 'no' if p else ''} | {r['peak_bytes'] / 1e6:.0f} |")
    lines += [""] + [f"- {m['engine']} was not measured: {m['reason']}" for m in block["missing"]] + [f"- {n}" for n in block["notes"]] + [""]
    if block["bars"]:
        lines += ["| bar | ratio | must | aim | |", "|---|---|---|---|---|"]
        for b in block["bars"]:
            rival = f" ({b['rival']})" if b["rival"] and b["rival"] not in b["bar"] else ""
            ratio = "" if b["ratio"] is None else f"{b['ratio']:.2f}"
            lines.append(f"| {b['bar']}{rival} | {ratio} | {b['must']} | {b['aim']} | {b['result']} |")
    return "\n".join(lines) + "\n"
