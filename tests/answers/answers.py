"""Measures extractive answers: does the quote hold the answer, and how much else does it say?

    python tests/answers/answers.py --assay PROGRAM --data DATA --split split.json --out DIR [--questions 200] [--part held] [--only en]

Asks SQuAD's and CMRC's questions over their own articles with `assay ask --json`, one library for each language, one Markdown file for
each article. `split.json` is what `models/train/mine.py` writes; `--part held` takes the articles that were kept out of training (the
figures to report), `--part train` the others (for tuning). Needs nothing but Python, prints a table, and keeps every reply in DIR.

| column | of the answered questions' average |
|---|---|
| F1 | token F1 of all quotes together against the sentence that holds the answer |
| first F1 | the same of the first quote alone |
| span F1 | of the first quote against the answer itself, a few words: a whole sentence cannot reach 1 |
| first holds, any holds | share of answers whose first or any quote holds the answer |
| quotes | quotes for each answer |
| refused, kept | share of questions that were refused; share whose paragraph is among the kept passages |
"""

import argparse
import collections
import json
import lzma
import random
import re
import string
import subprocess
import sys
from pathlib import Path

SETS = {"en": ("squad-train", "english"), "zh": ("cmrc-train", "chinese")}
ARTICLES = {"en": 16, "zh": 60}


def rows(path):
    """JSON Lines, plain or packed with xz."""
    opener, path = (open, path) if path.exists() else (lzma.open, path.with_name(path.name + ".xz"))
    with opener(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def tokens(text, language):
    """SQuAD's tokens (Rajpurkar et al. 2016); single characters for Chinese (Cui et al. 2019)."""
    text = text.lower()
    if language == "zh":
        return [part for part in re.findall(r"[a-z0-9]+|\S", text) if part not in string.punctuation + "，。、；：？！“”‘’（）《》"]
    text = "".join(c for c in text if c not in string.punctuation + "“”‘’–—")
    return [word for word in text.split() if word not in ("a", "an", "the")]


def f1(said, gold, language):
    said, gold = tokens(said, language), tokens(gold, language)
    shared = sum((collections.Counter(said) & collections.Counter(gold)).values())
    return 2 * shared / (len(said) + len(gold)) if shared else 0.0


def sentence_of(paragraph, question, language):
    """The sentence that holds the answer; of several, the one that shares most with the question."""
    ends = r"(?<=[。！？])|\n+" if language == "zh" else r"(?<=[a-z0-9)\]\"'][.!?])[\"')\]]*\s+(?=[A-Z0-9\"'(])|\n+"
    holding = [s for s in re.split(ends, paragraph) if s and any(a in s for a in question["answers"])]
    asked = set(tokens(question["question"], language))
    return max(holding, key=lambda s: len(asked & set(tokens(s, language))), default=None)


def chosen(arguments, language):
    """Articles of the part and questions over them; the same ones in each run."""
    name, key = SETS[language]
    paragraphs = {p["id"]: p for p in rows(arguments.data / f"{name}.paragraphs.jsonl")}
    held = set(json.loads(arguments.split.read_text(encoding="utf-8"))[key])
    titles = sorted({p["title"] for p in paragraphs.values() if (p["title"] in held) == (arguments.part == "held")})
    titles = set(random.Random(11).sample(titles, min(ARTICLES[language], len(titles))))
    inside = {i: p for i, p in paragraphs.items() if p["title"] in titles}
    questions = [q for q in rows(arguments.data / f"{name}.questions.jsonl") if q["paragraph"] in inside]
    questions = [dict(q, gold=sentence_of(inside[q["paragraph"]]["text"], q, language)) for q in questions]
    questions = [q for q in questions if q["gold"] and len(q["question"]) > (12 if language == "en" else 6)]
    return inside, random.Random(12).sample(questions, min(arguments.questions, len(questions)))


def assay(arguments, *more):
    """Runs the program; its JSON reply. 3 (nothing found) is an answer too."""
    done = subprocess.run([arguments.assay, "--data", arguments.library, *more, "--json"], capture_output=True, text=True)
    if done.returncode not in (0, 3):
        sys.exit(f"assay {more[0]}: {done.stderr}")
    return json.loads(done.stdout)


def ingest(arguments, language, paragraphs):
    """One file for each article, in one library."""
    files = arguments.out / f"{arguments.part}-{language}-files"
    arguments.library = str(arguments.out / f"{arguments.part}-{language}-library")
    if Path(arguments.library).exists():
        return
    files.mkdir(parents=True)
    articles = collections.defaultdict(list)
    for paragraph in paragraphs.values():
        articles[paragraph["title"]].append(paragraph["text"])
    for number, (title, texts) in enumerate(sorted(articles.items())):
        text = "\n\n".join([f"# {title.replace('_', ' ')}", *texts])
        (files / f"article-{number:03}.md").write_text(text, encoding="utf-8")
    assay(arguments, "ingest", str(files))


def measure(arguments, language):
    paragraphs, questions = chosen(arguments, language)
    ingest(arguments, language, paragraphs)
    replies = arguments.out / f"{arguments.part}-{language}-{arguments.name}.jsonl"
    sums, answered = collections.Counter(), 0
    with open(replies, "w", encoding="utf-8") as kept:
        for question in questions:
            reply = assay(arguments, "ask", question["question"])
            kept.write(json.dumps({"question": question, "reply": reply}, ensure_ascii=False) + "\n")
            paragraph = paragraphs[question["paragraph"]]["text"]
            texts = [c["text"] for c in reply["candidates"] if c["outcome"] == "kept"]
            sums["kept"] += any(question["gold"] in text or text.strip() in paragraph for text in texts)
            quotes = [citation["quote"] for citation in reply["answer"]["citations"]]
            sums["refused"] += reply["answer"]["refused"]
            if not quotes:
                continue
            answered += 1
            holds = [any(answer in quote for answer in question["answers"]) for quote in quotes]
            sums["F1"] += f1(" ".join(quotes), question["gold"], language)
            sums["first F1"] += f1(quotes[0], question["gold"], language)
            sums["span F1"] += max(f1(quotes[0], answer, language) for answer in question["answers"])
            sums["first holds"] += holds[0]
            sums["any holds"] += any(holds)
            sums["quotes"] += len(quotes)
    of_all = {"refused", "kept"}
    return {"questions": len(questions)} | {
        name: sums[name] / max(1, len(questions) if name in of_all else answered)
        for name in ("F1", "first F1", "span F1", "first holds", "any holds", "quotes", "refused", "kept")
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assay", required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--split", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--part", choices=("held", "train"), default="held")
    parser.add_argument("--only", choices=tuple(SETS), action="append")
    parser.add_argument("--name", default="replies", help="name of the file of replies")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    for number, language in enumerate(arguments.only or SETS):
        figures = measure(arguments, language)
        if number == 0:
            print("| |", " | ".join(figures), "|\n|---|" + "---|" * len(figures))
        print(f"| {language} |", " | ".join(f"{v:.3f}" if isinstance(v, float) else str(v) for v in figures.values()), "|", flush=True)


if __name__ == "__main__":
    main()
