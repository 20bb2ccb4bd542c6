"""Builds held-apart retrieval sets in BEIR's form, and measures models on them with the program itself.

    python held_apart.py build --data DATA --out SETS [--components Components-amd64.yml.gz]
    python held_apart.py measure --out SETS --assay PROGRAM --name NAME [--only rules,tables] [--] --embedder FOLDER --model FOLDER
    python held_apart.py table --out SETS --names NAME NAME

A set is a folder with `corpus.jsonl`, `queries.jsonl` and `qrels.tsv`, named KIND.LANGUAGES: `rules.zh-en` holds Chinese
questions about English passages. `measure` calls `assay measure --json` for each set and keeps the replies as NAME.json;
what stands after `--` is handed to the program. `table` writes nDCG@10 and MRR@10 with their 95 % bootstrap intervals.

| kind | questions and passages | where from |
|---|---|---|
| encyclopaedia | questions to paragraphs, articles kept out of training (the split of `mine.py`) | SQuAD, CMRC, DRCD |
| encyclopaedia, `low` | the quarter of the Chinese questions that shares the least with its paragraph | the same |
| encyclopaedia across | the questions of `other_language.tsv` | translated for this set |
| news | headlines to the beginnings of articles | CRUD-RAG |
| documentation | first lines of Python's own documentation to the rest of it | Python's standard library and numpy |
| applications | one-line summaries to descriptions, both languages and across | AppStream metadata as a Debian machine has it |
| rules, tables, mail | questions to passages full of near misses, both languages and across | `generated.py`, part `held` |
"""

import argparse
import ast
import gzip
import hashlib
import json
import random
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import generated
from common import load, rows, size, terms
from mine import hold_apart

ASKED, PASSAGES = 80, 300


class Set:
    """Passages by id, questions, and which passages answer which."""

    def __init__(self, name):
        self.name, self.corpus, self.queries, self.judged = name, {}, {}, []

    def add(self, key, text):
        self.corpus[str(key)] = text

    def ask(self, key, text, *right):
        self.queries[str(key)] = text
        self.judged += [(str(key), str(r)) for r in right]

    def write(self, out):
        folder = out / self.name
        folder.mkdir(parents=True, exist_ok=True)
        for file, texts in (("corpus", self.corpus), ("queries", self.queries)):
            with open(folder / f"{file}.jsonl", "w", encoding="utf-8") as stream:
                stream.writelines(json.dumps({"_id": k, "text": t}, ensure_ascii=False) + "\n" for k, t in texts.items())
        with open(folder / "qrels.tsv", "w", encoding="utf-8") as stream:
            stream.write("query-id\tcorpus-id\tscore\n")
            stream.writelines(f"{q}\t{p}\t1\n" for q, p in self.judged)
        print(f"{self.name}: {len(self.queries)} questions, {len(self.corpus)} passages", flush=True)


def overlap(question, passage):
    asked = set(terms(question))
    return len(asked & set(terms(passage))) / max(1, len(asked))


def encyclopaedia(data, rng):
    split = hold_apart(data, 7, 0.05)
    other = dict(line.rstrip("\n").split("\t") for line in open(Path(__file__).with_name("other_language.tsv"), encoding="utf-8"))
    for lang, names, held in (("en", ["squad-train"], set(split["english"])), ("zh", ["cmrc-train", "drcd"], set(split["chinese"]))):
        paragraphs, questions = {}, []
        for name in names:
            part, asked = load(data, name)
            paragraphs.update({(name, i): p["text"] for i, p in part.items() if p["title"] in held})
            questions += [{**q, "at": (name, q["paragraph"])} for q in asked if (name, q["paragraph"]) in paragraphs]
        across = [q for q in questions if q["id"] in other]
        chosen = {q["at"] for q in across}
        chosen.update(rng.sample([k for k in sorted(paragraphs) if k not in chosen], min(240, len(paragraphs)) - len(chosen)))
        inside = [q for q in questions if q["at"] in chosen]
        low = sorted(inside, key=lambda q: overlap(q["question"], paragraphs[q["at"]]))[: len(inside) // 4]
        key = lambda at: "/".join(at)
        for name, asked in ((lang, rng.sample(inside, ASKED)), (f"{lang}-low", rng.sample(low, min(ASKED, len(low))))):
            out = Set(f"encyclopaedia.{name}")
            for at in sorted(chosen):
                out.add(key(at), paragraphs[at])
            for q in asked:
                out.ask(q["id"], q["question"], key(q["at"]))
            yield out
        out = Set(f"encyclopaedia.{'zh-en' if lang == 'en' else 'en-zh'}")
        for at in sorted(chosen):
            out.add(key(at), paragraphs[at])
        for q in across:
            out.ask(q["id"], other[q["id"]], key(q["at"]))
        yield out


def is_held(article):
    """A tenth of the news articles, which `cross_encoder_lists.py` leaves out."""
    return hashlib.sha256(article.encode()).digest()[0] < 26


def news(data, rng):
    """Headlines that no text repeats; an article's beginning without its headline."""
    articles = [a for a in rows(data / "crud-news.jsonl") if a["title"] and 12 <= len(a["title"]) <= 45 and is_held(a["id"])]
    out = Set("news.zh")
    for article in rng.sample(articles, PASSAGES):
        body = article["text"].replace("原标题：", "").replace(article["title"], "").strip()
        out.add(article["id"], body[:320])
        if len(out.queries) < ASKED:
            out.ask(article["id"], article["title"], article["id"])
    yield out


def documentation(rng):
    """The first line of a docstring asks for the rest of it, in which the function's name is left out."""
    import numpy

    found, seen = [], set()
    roots = [Path(sysconfig.get_paths()["stdlib"]), Path(numpy.__file__).parent]
    for root in roots:
        for path in sorted(root.rglob("*.py")):
            if {"test", "tests", "idlelib", "lib2to3", "site-packages"} & set(path.relative_to(root).parts):
                continue
            try:
                tree = ast.parse(path.read_text(encoding="utf-8"))
            except (SyntaxError, UnicodeDecodeError):
                continue
            for node in ast.walk(tree):
                text = ast.get_docstring(node) if isinstance(node, (ast.FunctionDef, ast.ClassDef)) else None
                summary, _, rest = (text or "").partition("\n\n")
                summary, rest = re.sub(r"\s+", " ", summary), re.sub(r"\s+", " ", rest)
                if 25 < len(summary) < 140 and size(rest) > 40 and summary not in seen:
                    seen.add(summary)
                    found.append((f"{path.relative_to(root)}:{node.lineno}", summary, rest[:600]))
    out = Set("documentation.en")
    for key, summary, rest in rng.sample(found, min(PASSAGES, len(found))):
        out.add(key, rest)
        if len(out.queries) < ASKED:
            out.ask(key, summary, key)
    yield out


def plain(text):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)).strip()


def applications(path, rng):
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    chinese = ("zh_CN", "zh-CN", "zh", "zh-Hans", "zh_TW", "zh-TW")
    found, seen = [], set()
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        for component in yaml.load_all(stream, Loader=loader):
            if not component or "ID" not in component or component["ID"] in seen:
                continue
            seen.add(component["ID"])
            row = {"id": component["ID"]}
            for field in ("Summary", "Description"):
                texts = component.get(field) or {}
                row[field, "en"] = plain(texts.get("C", ""))[:900]
                row[field, "zh"] = plain(next((texts[c] for c in chinese if c in texts), ""))[:400]
            found.append(row)
    for asked, told in (("en", "en"), ("zh", "zh"), ("zh", "en"), ("en", "zh")):
        is_zh = lambda t: any("\u4e00" <= c <= "\u9fff" for c in t)
        fits = [r for r in found if len(r["Description", told]) > (60 if told == "zh" else 120) and (told == "en" or is_zh(r["Description", "zh"]))]
        usable = lambda r: len(r["Summary", asked]) >= (6 if asked == "zh" else 20) and (asked == "en" or is_zh(r["Summary", "zh"]))
        both = [r for r in fits if usable(r)]
        picked = rng.sample(both, min(ASKED, len(both)))
        others = [r for r in fits if r not in picked]
        out = Set("applications." + (asked if asked == told else f"{asked}-{told}"))
        for row in sorted(picked + rng.sample(others, min(PASSAGES - len(picked), len(others))), key=lambda r: r["id"]):
            out.add(row["id"], row["Description", told])
        for row in picked:
            out.ask(row["id"], row["Summary", asked], row["id"])
        yield out


def made(data, rng):
    """Every made passage is in every one of these corpora, with paragraphs of an encyclopaedia around them."""
    members = {kind: generated.make(kind, "held", rng) for kind in generated.FAMILIES}
    texts = {"en": rng.sample([p["text"][:700] for p in load(data, "squad-train")[0].values()], 120),
             "zh": rng.sample([p["text"][:260] for p in load(data, "cmrc-train")[0].values()], 120)}
    for kind in members:
        for asked, told in (("en", "en"), ("zh", "zh"), ("zh", "en"), ("en", "zh")):
            out = Set(f"{kind}." + (asked if asked == told else f"{asked}-{told}"))
            for other, group in members.items():
                for n, m in enumerate(group):
                    out.add(f"{other}/{n}", m[told])
                    if other == kind:
                        for k, q in enumerate(m["questions"]):
                            out.ask(f"{other}/{n}/{k}", q[asked], f"{other}/{n}")
            for n, text in enumerate(texts[told]):
                out.add(f"around/{n}", text)
            yield out


def build(args):
    groups = [lambda r: encyclopaedia(args.data, r), lambda r: news(args.data, r), documentation, lambda r: made(args.data, r)]
    if args.components:
        groups.append(lambda r: applications(args.components, r))
    for number, group in enumerate(groups):
        for part in group(random.Random(args.seed + number)):
            part.write(args.out)


def measure(args):
    path = args.out / f"{args.name}.json"
    replies = json.loads(path.read_text()) if path.exists() else {}
    for folder in sorted(f for f in args.out.iterdir() if f.is_dir()):
        if folder.name in replies or (args.only and not {folder.name, folder.name.split(".")[0]} & set(args.only.split(","))):
            continue
        command = [args.assay, "measure", "--corpus", folder / "corpus.jsonl", "--queries", folder / "queries.jsonl",
                   "--qrels", folder / "qrels.tsv", "--json", *args.more]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{folder.name}: {done.stderr[-2000:]}")
        replies[folder.name] = json.loads(done.stdout)
        path.write_text(json.dumps(replies, indent=1))
        print(folder.name, {s["name"]: round(s["metrics"]["ndcg@10"]["mean"], 3) for s in replies[folder.name]["stages"]}, flush=True)


def table(args):
    replies = {name: json.loads((args.out / f"{name}.json").read_text()) for name in args.names}
    columns = [(name, stage["name"]) for name, sets in replies.items() for stage in next(iter(sets.values()))["stages"]]
    for metric in ("ndcg@10", "mrr@10"):
        print(f"\n{metric}\n\n| set | questions | " + " | ".join(f"{n}: {s}" for n, s in columns) + " |\n|---|---|" + "---|" * len(columns))
        for name in sorted(set().union(*replies.values())):
            cells, asked = [], ""
            for run, stage in columns:
                reply = replies[run].get(name)
                found = next((s["metrics"][metric] for s in reply["stages"] if s["name"] == stage), None) if reply else None
                asked = reply["queries"] if reply else asked
                cells.append(f"{found['mean']:.3f} ({found['low']:.3f}-{found['high']:.3f})" if found else "")
            print(f"| {name} | {asked} | " + " | ".join(cells) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=["build", "measure", "table"])
    parser.add_argument("--data", type=Path)
    parser.add_argument("--components", type=Path, help="AppStream metadata; without it the kind `applications` is left out")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--assay", default="assay")
    parser.add_argument("--name", default="default")
    parser.add_argument("--names", nargs="+", default=["default"])
    parser.add_argument("--only", help="names or kinds of the sets, parted by commas")
    parser.add_argument("--seed", type=int, default=7)
    own, more = (sys.argv[1:], [])
    if "--" in own:
        own, more = own[: own.index("--")], own[own.index("--") + 1 :]
    args = parser.parse_args(own)
    args.more = more
    {"build": build, "measure": measure, "table": table}[args.action](args)


if __name__ == "__main__":
    main()
