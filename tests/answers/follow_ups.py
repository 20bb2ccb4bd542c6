"""Measures follow-ups: is the right passage found when a question leans on the one before?

    python tests/answers/follow_ups.py --assay PROGRAM --data DATA --split split.json --out DIR [--questions 50] [--part held] [--only en]

Makes conversations of two turns from SQuAD and CMRC. The first turn is a question that names its article's subject. The second is
another question that names it, with a pronoun in its place: `it`, `its`; `它`, `他`. English articles about people are left out, because nothing here says
which pronoun they take. Each second turn is asked three times: written out in full, as a follow-up, and as a follow-up that is searched as typed.

| column | share of second turns whose paragraph is among the kept passages |
|---|---|
| in full | the question as the data has it, alone |
| rewritten | the question with the pronoun, in the conversation |
| as typed | the same with `--as-typed` |
| rewritten right | share of rewritten questions that name the subject again |
"""

import collections
import random
import re

from articles import SETS, assay, chosen, holds, ingest, parsed, table

# An article about people, by its pronouns; by its verbs in Chinese, where one pronoun will do.
PEOPLE = {"en": r"\b(?:he|she|his|her) ", "zh": "出生|生于|逝世|毕业于"}
# What may stand before a name that a pronoun can replace.
BEFORE = r"(?:^|\b(?:of|in|to|for|does|did|do|is|was|are|were|has|had|can|by|from|with|about|on|at|and|that|when|within|between) )$"


def leaning(question, title, language, person):
    """The question with a pronoun for the article's subject; `None` if it does not name it as one."""
    if language == "zh":
        quoted = re.search(f"[“《「]{re.escape(title)}", question)
        return question.replace(title, "他" if person else "它", 1) if title in question and not quoted and len(question) > len(title) + 5 else None
    found = re.search(rf"(?:\b[Tt]he )?\b{re.escape(title)}('s)?(?=[ ?,])", question)
    if not found or question.count(title) != 1:
        return None
    before, after = question[: found.start()], question[found.end() :]
    # After "in" or "of" a further noun belongs to the name: "the Paris Treaty".
    if not re.search(BEFORE, before, re.IGNORECASE) or re.match(r" [A-Z]", after):
        return None
    return (before + ("its" if found.group(1) else "it") + after).strip()


def proper(title, text):
    """Whether the article writes its subject as a name, with a capital wherever it stands."""
    return text.count(title) > 3 and len(re.findall(rf"\b{re.escape(title.lower())}\b", text)) == 0


def conversations(arguments, language, paragraphs, questions):
    """Pairs of questions over one article: the first names the subject, the second leans on it."""
    texts = collections.defaultdict(str)
    for paragraph in paragraphs.values():
        texts[paragraph["title"]] += paragraph["text"] + "\n"
    pairs, rng = [], random.Random(13)
    by_title = collections.defaultdict(list)
    for question in questions:
        by_title[paragraphs[question["paragraph"]]["title"]].append(question)
    for title, asked in sorted(by_title.items()):
        text, subject = texts[title], title.replace("_", " ")
        person = len(re.findall(PEOPLE[language], text)) * 1500 > len(text)
        if language == "en" and (person or not proper(subject, text)):
            continue
        second = [(question, left) for question in asked if (left := leaning(question["question"], subject, language, person))]
        for question, left in rng.sample(second, min(6, len(second))):
            first = [other for other in asked if other is not question and subject.lower() in other["question"].lower()]
            if first:
                pairs.append((rng.choice(first)["question"], left, question, subject))
    return rng.sample(pairs, min(arguments.questions, len(pairs)))


def measure(arguments, language):
    paragraphs, questions = chosen(arguments, language)
    ingest(arguments, language, paragraphs)
    pairs = conversations(arguments, language, paragraphs, questions)
    sums = collections.Counter()
    for first, left, question, subject in pairs:
        paragraph = paragraphs[question["paragraph"]]["text"]
        sums["in full"] += holds(assay(arguments, "ask", question["question"]), paragraph, question["gold"])
        for name, more in (("rewritten", ()), ("as typed", ("--as-typed",))):
            number = str(assay(arguments, "ask", first, "--conversation", "new")["conversation"])
            reply = assay(arguments, "ask", left, "--conversation", number, *more)
            sums[name] += holds(reply, paragraph, question["gold"])
            if name == "rewritten":
                alone = reply.get("standalone") or left
                sums["rewritten right"] += subject.lower() in alone.lower()
                if arguments.show:
                    print(f"  {first} | {left} -> {alone}", flush=True)
    names = ("in full", "rewritten", "as typed", "rewritten right")
    return {"conversations": len(pairs)} | {name: sums[name] / max(1, len(pairs)) for name in names}


def main():
    arguments = parsed(__doc__, ("--show", {"action": "store_true", "help": "print each conversation"}))
    table((language, measure(arguments, language)) for language in arguments.only or SETS)


if __name__ == "__main__":
    main()
