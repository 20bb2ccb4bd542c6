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

import collections
import json

from articles import SETS, assay, chosen, f1, holds, ingest, parsed, sampled, table


def measure(arguments, language):
    paragraphs, questions = chosen(arguments, language)
    questions = sampled(arguments, questions)
    ingest(arguments, language, paragraphs)
    replies = arguments.out / f"{arguments.part}-{language}-{arguments.name}.jsonl"
    sums, answered = collections.Counter(), 0
    with open(replies, "w", encoding="utf-8") as kept:
        for question in questions:
            reply = assay(arguments, "ask", question["question"])
            kept.write(json.dumps({"question": question, "reply": reply}, ensure_ascii=False) + "\n")
            paragraph = paragraphs[question["paragraph"]]["text"]
            sums["kept"] += holds(reply, paragraph, question["gold"])
            quotes = [citation["quote"] for citation in reply["answer"]["citations"]]
            sums["refused"] += reply["answer"]["refused"]
            if not quotes:
                continue
            answered += 1
            right = [any(answer in quote for answer in question["answers"]) for quote in quotes]
            sums["F1"] += f1(" ".join(quotes), question["gold"], language)
            sums["first F1"] += f1(quotes[0], question["gold"], language)
            sums["span F1"] += max(f1(quotes[0], answer, language) for answer in question["answers"])
            sums["first holds"] += right[0]
            sums["any holds"] += any(right)
            sums["quotes"] += len(quotes)
    of_all = {"refused", "kept"}
    return {"questions": len(questions)} | {
        name: sums[name] / max(1, len(questions) if name in of_all else answered)
        for name in ("F1", "first F1", "span F1", "first holds", "any holds", "quotes", "refused", "kept")
    }


def main():
    arguments = parsed(__doc__, ("--name", {"default": "replies", "help": "name of the file of replies"}))
    table((language, measure(arguments, language)) for language in arguments.only or SETS)


if __name__ == "__main__":
    main()
