"""Measures refusals: is a question refused where the library has no answer, and answered where it has one?

    python tests/answers/refusals.py --assay PROGRAM --data DATA --split split.json --out DIR [--questions 100] [--part held] [--only en]

Three kinds of questions are asked of a library of SQuAD's or CMRC's articles:

| kind | what it is |
|---|---|
| answered | a question over an article of the library |
| elsewhere | a question over an article that the library does not have |
| near | English alone: a question of SQuAD 2.0 that its paragraph seems to answer and does not, in a library of such paragraphs |

The columns are the share of each kind that was refused. Balanced accuracy is the mean of the answered share of `answered` and the refused share of the other
kind (of both, where there are two).
"""

import collections
import random

from articles import SETS, assay, chosen, ingest, parsed, rows, sampled, table


def refused(arguments, questions):
    return sum(assay(arguments, "ask", question["question"])["answer"]["refused"] for question in questions) / max(1, len(questions))


def elsewhere(arguments, language, inside):
    """Questions over articles of the same part that the library does not have."""
    arguments.part = {"held": "train", "train": "held"}[arguments.part]
    paragraphs, questions = chosen(arguments, language)
    arguments.part = {"held": "train", "train": "held"}[arguments.part]
    titles = {paragraph["title"] for paragraph in inside.values()}
    return sampled(arguments, [q for q in questions if paragraphs[q["paragraph"]]["title"] not in titles])


def near(arguments):
    """The share of SQuAD 2.0's unanswerable questions that is refused over the paragraphs they were written for."""
    paragraphs = {p["id"]: p for p in rows(arguments.data / "squad-unanswerable.paragraphs.jsonl")}
    questions = rows(arguments.data / "squad-unanswerable.questions.jsonl")
    titles = sorted({p["title"] for p in paragraphs.values()})
    titles = set(random.Random(11).sample(titles, min(10, len(titles))))
    paragraphs = {i: p for i, p in paragraphs.items() if p["title"] in titles}
    questions = [q for q in questions if q["paragraph"] in paragraphs and not q["answers"]]
    part, arguments.part = arguments.part, "near"
    ingest(arguments, "en", paragraphs)
    arguments.part = part
    return refused(arguments, sampled(arguments, questions))


def measure(arguments, language):
    paragraphs, questions = chosen(arguments, language)
    ingest(arguments, language, paragraphs)
    questions = sampled(arguments, questions)
    shares = collections.OrderedDict(answered=refused(arguments, questions))
    shares["elsewhere"] = refused(arguments, elsewhere(arguments, language, paragraphs))
    if language == "en":
        shares["near"] = near(arguments)
    absent = [share for kind, share in shares.items() if kind != "answered"]
    accuracy = (1 - shares["answered"] + sum(absent) / len(absent)) / 2
    shares.setdefault("near", "-")
    return {"questions": len(questions), **shares, "balanced accuracy": accuracy}


def main():
    arguments = parsed(__doc__)
    table((language, measure(arguments, language)) for language in arguments.only or SETS)


if __name__ == "__main__":
    main()
