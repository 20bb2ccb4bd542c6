"""Articles with questions and known answers, as a library of Assay: what the three measurements of this folder share."""

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
    """Articles of the part and all questions over them whose answer lies in one sentence; the same ones in each run."""
    name, key = SETS[language]
    paragraphs = {p["id"]: p for p in rows(arguments.data / f"{name}.paragraphs.jsonl")}
    held = set(json.loads(arguments.split.read_text(encoding="utf-8"))[key])
    titles = sorted({p["title"] for p in paragraphs.values() if (p["title"] in held) == (arguments.part == "held")})
    titles = set(random.Random(11).sample(titles, min(ARTICLES[language], len(titles))))
    inside = {i: p for i, p in paragraphs.items() if p["title"] in titles}
    questions = [q for q in rows(arguments.data / f"{name}.questions.jsonl") if q["paragraph"] in inside]
    questions = [dict(q, gold=sentence_of(inside[q["paragraph"]]["text"], q, language)) for q in questions]
    questions = [q for q in questions if q["gold"] and len(q["question"]) > (12 if language == "en" else 6)]
    return inside, questions


def sampled(arguments, questions):
    """As many questions as are asked for; the same ones in each run."""
    return random.Random(12).sample(questions, min(arguments.questions, len(questions)))


def assay(arguments, *more):
    """Runs the program; its JSON reply. 3 (nothing found) is an answer too."""
    done = subprocess.run([arguments.assay, "--data", arguments.library, *more, "--json"], capture_output=True, text=True)
    if done.returncode not in (0, 3):
        sys.exit(f"assay {more[0]}: {done.stderr}")
    return json.loads(done.stdout)


def ingest(arguments, language, paragraphs):
    """One file for each article, in one library that is kept for the next run."""
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


def holds(reply, paragraph, gold):
    """Whether the paragraph with the answer is among the kept passages."""
    texts = [candidate["text"] for candidate in reply["candidates"] if candidate["outcome"] == "kept"]
    return any(gold in text or text.strip() in paragraph for text in texts)


def parsed(doc, *more):
    """The arguments that every measurement takes, and `more` of (name, options)."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assay", required=True, help="the program")
    parser.add_argument("--data", type=Path, required=True, help="the question sets as JSON Lines")
    parser.add_argument("--split", type=Path, required=True, help="split.json of models/train/mine.py")
    parser.add_argument("--out", type=Path, required=True, help="libraries and replies; kept")
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--part", choices=("held", "train"), default="held")
    parser.add_argument("--only", choices=tuple(SETS), action="append")
    for name, options in more:
        parser.add_argument(name, **options)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    return arguments


def table(rows):
    """Prints rows of (name, figures) as a Markdown table while they come."""
    for number, (name, figures) in enumerate(rows):
        if number == 0:
            print("| |", " | ".join(figures), "|\n|---|" + "---|" * len(figures))
        print(f"| {name} |", " | ".join(f"{v:.3f}" if isinstance(v, float) else str(v) for v in figures.values()), "|", flush=True)
