"""Turns the question sets into training lists: one question, one passage that answers it, several that do not.

    python mine.py --data DATA --base MINILM --out WORK

Writes `train.jsonl`, `valid.jsonl` (lists from held-apart titles) and `split.json` (those titles). A list is
`{"lang", "kind", "query", "passages", "teacher"}`; the first passage answers the question. `teacher` holds the
bi-encoder's cosines (English) or BM25 scores (Chinese) where the list is suited to distillation, otherwise null.

Negatives: neighbours of the question among paragraphs by vector (English) and by BM25 (both languages) that do not
hold an answer string, paragraphs of the same article, windows of the same paragraph without the answer, a copy of the
right passage with a number or name of the question exchanged, and a random paragraph.
"""

import argparse
import json
import random
import re
from collections import defaultdict
from functools import lru_cache
from pathlib import Path

import numpy as np

from common import BM25, encode, held_titles, is_chinese, load, rows, sentences, size, terms, top

SHORT, LONG = [40, 60, 80, 110, 150], [90, 130, 170, 200]  # word pieces of a window
NUMBER = re.compile(r"\d+(?:\.\d+)?")
NAME = re.compile(r"\b[A-Z][a-z]{2,}(?: [A-Z][a-z]+)*\b")


@lru_cache(maxsize=20000)
def plain(text):
    return re.sub(r"\s+", " ", text.lower())


def holds(text, answers):
    text = plain(text)
    return any(plain(a) in text for a in answers)


def grow(text, spans, seed, budget, rng):
    """Whole sentences around sentence number `seed`, extended to either side until the budget is reached."""
    first = last = seed
    used = size(text[slice(*spans[seed])])
    while True:
        sides = [s for s in (first - 1, last + 1) if 0 <= s < len(spans)]
        sides = [s for s in sides if used + size(text[slice(*spans[s])]) <= budget]
        if not sides:
            return text[spans[first][0] : spans[last][1]].strip()
        side = rng.choice(sides)
        used += size(text[slice(*spans[side])])
        first, last = min(first, side), max(last, side)


def shared(query_terms, text):
    return len(query_terms & set(terms(text)))


def positive(text, query, answers, offset, budget, rng):
    """A window that holds the answer: at its published offset, else in the sentence closest to the question."""
    spans = sentences(text)
    if offset is not None:
        seed = next(i for i, (a, b) in enumerate(spans) if a <= offset < b)
    else:
        wanted = set(terms(query))
        having = [i for i, s in enumerate(spans) if holds(text[slice(*s)], answers)]
        if not having:
            return text if size(text) <= 2 * budget else None
        seed = max(having, key=lambda i: (shared(wanted, text[slice(*spans[i])]), -i))
    window = grow(text, spans, seed, budget, rng)
    return window if holds(window, answers) else None


def negative(text, query, budget, rng):
    """A window of another paragraph, as often as not around its sentence closest to the question."""
    spans = sentences(text)
    seed = rng.randrange(len(spans))
    if rng.random() < 0.5:
        wanted = set(terms(query))
        seed = max(range(len(spans)), key=lambda i: (shared(wanted, text[slice(*spans[i])]), -i))
    return grow(text, spans, seed, budget, rng)


def sibling(text, answers, query, budget, rng):
    """A window of the same paragraph made only of neighbouring sentences that do not hold the answer."""
    runs, run = [], []
    for a, b in sentences(text):
        if holds(text[a:b], answers):
            runs, run = runs + [run] * bool(run), []
        else:
            run.append((a, b))
    runs += [run] * bool(run)
    if not runs:
        return None
    run = rng.choice(runs)
    wanted = set(terms(query))
    seed = max(range(len(run)), key=lambda i: shared(wanted, text[slice(*run[i])])) if rng.random() < 0.5 else rng.randrange(len(run))
    return grow(text, run, seed, budget, rng)


def exchange(passage, query, names, rng):
    """The right passage with one number or name of the question exchanged, so that it is about something else."""
    numbers = [n for n in NUMBER.findall(query) if n in passage]
    if numbers:
        old = rng.choice(numbers)
        digits = list(old)
        place = len(digits) - 1 if rng.random() < 0.7 else rng.randrange(len(digits))
        if digits[place] == ".":
            place -= 1
        digits[place] = rng.choice([d for d in "123456789" if d != digits[place]])
        return re.sub(rf"(?<!\d){re.escape(old)}(?!\d)", "".join(digits), passage)
    shared_names = [n for n in NAME.findall(query[1:]) if n in passage]
    others = [n for n in rng.sample(names, min(30, len(names))) if n not in query and n not in passage]
    if shared_names and others:
        return passage.replace(rng.choice(shared_names), rng.choice(others))
    return None


class English:
    """SQuAD lists, with neighbours by vector and by BM25 within a sample of paragraphs of every article."""

    def __init__(self, data, base, held, args, rng):
        self.paragraphs, questions = load(data, "squad-train")
        by_title = defaultdict(list)
        for p in self.paragraphs.values():
            by_title[p["title"]].append(p["id"])
        saved = args.out / "english_vectors.npz"  # a second mining keeps the paragraphs and vectors of the first
        known = np.load(saved) if saved.exists() else None
        self.groups, self.long = {}, args.long
        for split in ("train", "valid"):
            if known is not None:
                self.groups[split] = [i for i in known["ids"].tolist() if (self.paragraphs[i]["title"] in held) == (split == "valid")]
                continue
            ids = []
            for title in sorted(by_title):
                if (title in held) == (split == "valid"):
                    ids += by_title[title] if split == "valid" else sorted(rng.sample(by_title[title], min(args.per_title, len(by_title[title]))))
            self.groups[split] = ids
        self.questions = {}
        for split, count in (("train", args.english), ("valid", args.valid)):
            kept = set(self.groups[split])
            pool = [q for q in questions if q["paragraph"] in kept and len(q["question"]) > 12]
            self.questions[split] = rng.sample(pool, min(count, len(pool)))
        everything = self.groups["train"] + self.groups["valid"]
        vectors = known["vectors"] if known is not None else encode(base, [self.paragraphs[i]["text"] for i in everything], 112)
        if known is None:
            np.savez(saved, ids=np.array(everything), vectors=vectors)
        self.vectors = dict(zip(everything, vectors))
        asked = self.questions["train"] + self.questions["valid"]
        self.asked = dict(zip((q["id"] for q in asked), encode(base, [q["question"] for q in asked], 48)))
        self.names = sorted({n for i in everything[::7] for n in NAME.findall(self.paragraphs[i]["text"]) if " " in n})

    def lists(self, split, rng):
        ids = self.groups[split]
        matrix = np.stack([self.vectors[i] for i in ids])
        lexical = BM25([self.paragraphs[i]["text"] for i in ids])
        same = defaultdict(list)
        for i in ids:
            same[self.paragraphs[i]["title"]].append(i)
        for q in self.questions[split]:
            query, answers, gold = q["question"], q["answers"], q["paragraph"]
            text = self.paragraphs[gold]["text"]
            budget = rng.choice(LONG if self.long else SHORT)
            right = positive(text, query, answers, None, budget, rng)
            if right is None:
                continue
            usable = lambda i: i != gold and not holds(self.paragraphs[i]["text"], answers)
            dense_ids = [ids[k] for k in top(matrix @ self.asked[q["id"]], 25) if usable(ids[k])]
            word_ids = [ids[k] for k in lexical.top(query, 20) if usable(ids[k])]
            article = [i for i in same[self.paragraphs[gold]["title"]] if usable(i)]
            draw = rng.random()
            picks, texts = [], []
            if self.long:
                kind = "long"
                picks = rng.sample(dense_ids[:8], min(2, len(dense_ids[:8]))) + rng.sample(word_ids[:6], min(1, len(word_ids[:6])))
            elif draw < 0.30:  # distillation: whole beginnings of paragraphs, as the bi-encoder read them
                picks = rng.sample(dense_ids[:15], min(2, len(dense_ids[:15]))) + rng.sample(word_ids[:10], min(1, len(word_ids[:10])))
                picks = list(dict.fromkeys(picks)) + rng.sample(ids, 4)
                picks = [gold] + [i for i in dict.fromkeys(picks) if usable(i)][:4]
                passages = [first(self.paragraphs[i]["text"], 84) for i in picks]
                if not holds(passages[0], answers):
                    continue
                teacher = [round(float(self.vectors[i] @ self.asked[q["id"]]), 4) for i in picks]
                yield make("en", "whole", query, passages, teacher)
                continue
            elif draw < 0.80:
                kind = "mixed"
                picks = rng.sample(dense_ids[:12], min(2, len(dense_ids[:12]))) + rng.sample(word_ids[:8], min(1, len(word_ids[:8])))
            else:
                kind = "near"
                picks = rng.sample(dense_ids[:6], min(1, len(dense_ids[:6]))) + rng.sample(article, min(1, len(article)))
                texts.append(sibling(text, answers, query, budget, rng))
                texts.append(sibling(text, answers, query, max(25, budget // 2), rng))
            if rng.random() < 0.35:
                texts.append(exchange(right, query, self.names, rng))
            elif rng.random() < 0.5:
                texts.append(sibling(text, answers, query, budget, rng))
            picks = list(dict.fromkeys(picks)) + rng.sample(article, min(1, len(article))) + rng.sample(ids, 3)
            texts += [negative(self.paragraphs[i]["text"], query, near(budget, rng), rng) for i in picks if usable(i)]
            yield make("en", kind, query, [right] + distinct(texts, right)[:4], None)


class Chinese:
    """CMRC and DRCD lists with BM25 neighbours; news headlines stand in for more questions."""

    def __init__(self, data, held, args, rng):
        self.paragraphs, self.questions, self.long = {}, [], args.long
        for name in ("cmrc-train", "drcd"):
            paragraphs, questions = load(data, name)
            self.paragraphs.update({name + "/" + i: p for i, p in paragraphs.items()})
            for q in questions:
                self.questions.append({**q, "paragraph": name + "/" + q["paragraph"], "start": q["starts"][0]})
        ids = sorted(self.paragraphs)
        inside = lambda i, split: (self.paragraphs[i]["title"] in held) == (split == "valid")
        self.groups = {s: [i for i in ids if inside(i, s)] for s in ("train", "valid")}
        self.asked = {s: [q for q in self.questions if inside(q["paragraph"], s)] for s in ("train", "valid")}
        self.asked["train"] = self.asked["train"] * args.chinese_rounds
        self.asked["valid"] = rng.sample(self.asked["valid"], min(args.valid, len(self.asked["valid"])))
        self.news = [a for a in rows(Path(data) / "crud-news.jsonl") if a["title"] and 12 <= len(a["title"]) <= 45]
        rng.shuffle(self.news)
        self.news = self.news[: args.news]

    def lists(self, split, rng):
        ids = self.groups[split]
        lexical = BM25([self.paragraphs[i]["text"] for i in ids])
        same = defaultdict(list)
        for i in ids:
            same[self.paragraphs[i]["title"]].append(i)
        for q in self.asked[split]:
            query, answers, gold = q["question"], q["answers"][:1], q["paragraph"]
            text = self.paragraphs[gold]["text"]
            budget = rng.choice(LONG if self.long else SHORT)
            right = positive(text, query, answers, q["start"], budget, rng)
            if right is None:
                continue
            usable = lambda i: i != gold and not holds(self.paragraphs[i]["text"], answers)
            near_ids = [ids[k] for k in lexical.top(query, 15) if usable(ids[k])]
            article = [i for i in same[self.paragraphs[gold]["title"]] if usable(i)]
            draw = rng.random()
            texts = [exchange(right, query, [], rng)] if rng.random() < 0.3 else []
            if draw < 0.35:
                texts.append(sibling(text, answers, query, budget, rng))
            hard = near_ids[:6] if self.long else near_ids[:8]
            picks = rng.sample(hard, min(3 if self.long else 2, len(hard))) + rng.sample(article, min(1, len(article)))
            picks = list(dict.fromkeys(picks)) + rng.sample(ids, 4)
            texts += [negative(self.paragraphs[i]["text"], query, near(budget, rng), rng) for i in picks if usable(i)]
            if draw >= 0.35 and rng.random() < 0.5:
                texts.append(sibling(text, answers, query, budget, rng))
                rng.shuffle(texts)
            passages = [right] + distinct(texts, right)[:4]
            kind = "long" if self.long else "near" if draw < 0.35 else "mixed"
            yield make("zh", kind, query, passages, None if self.long else overlap(query, passages))
        if split == "valid" or self.long:
            return
        bodies = [a["text"].replace("原标题：", "").replace(a["title"], "").strip() for a in self.news]
        headlines = BM25(bodies)
        for k, article in enumerate(self.news):
            budget = rng.choice([40, 70, 110, 150])
            others = [j for j in headlines.top(article["title"], 20) if j != k][4:]
            right = first(bodies[k], budget)
            if size(right) < 20:
                continue
            others = rng.sample(others, 2) + rng.sample(range(len(bodies)), 2)
            texts = [negative(bodies[j], article["title"], near(budget, rng), rng) for j in others if j != k and bodies[j]]
            passages = [right] + distinct(texts, right)[:4]
            yield make("zh", "news", article["title"], passages, overlap(article["title"], passages))


def overlap(query, passages):
    """A rough lexical teacher: how much of the question's terms, weighted by length, a passage holds."""
    wanted = set(terms(query))
    return [round(shared(wanted, p) / max(1, len(wanted)), 4) for p in passages]


def near(budget, rng):
    return max(25, int(budget * rng.uniform(0.7, 1.2)))


def first(text, budget):
    spans = sentences(text)
    end, used = spans[0][1], size(text[slice(*spans[0])])
    for a, b in spans[1:]:
        used += size(text[a:b])
        if used > budget:
            break
        end = b
    return text[:end].strip()


def distinct(texts, right):
    out = []
    for t in texts:
        if t and t != right and t not in out and len(t) > 8:
            out.append(t)
    return out


def make(lang, kind, query, passages, teacher):
    return {"lang": lang, "kind": kind, "query": query, "passages": passages, "teacher": teacher}


def hold_apart(data, seed, share):
    """Titles kept out of training, by set."""
    from opencc import OpenCC

    simplified = OpenCC("t2s").convert
    titles = lambda name: [p["title"] for p in load(data, name)[0].values()]
    # One subject may stand in both Chinese sets in either script: it is held apart in both or in neither.
    chinese = titles("cmrc-train") + titles("drcd")
    folded = held_titles((simplified(t) for t in chinese), seed, share)
    return {"english": sorted(held_titles(titles("squad-train"), seed, share)), "chinese": sorted({t for t in chinese if simplified(t) in folded}),
            "unanswerable": sorted(held_titles(titles("squad-unanswerable"), seed, 0.5))}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--english", type=int, default=16000, help="English training questions")
    parser.add_argument("--per-title", type=int, default=14, help="SQuAD paragraphs kept from each training article")
    parser.add_argument("--chinese-rounds", type=int, default=1)
    parser.add_argument("--news", type=int, default=4000)
    parser.add_argument("--valid", type=int, default=300)
    parser.add_argument("--held", type=float, default=0.05)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--long", action="store_true", help="write only `long.jsonl`: longer windows, harder negatives, for the end of training")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    rng = random.Random(args.seed)

    write = lambda name, text: (args.out / name).write_text(text, encoding="utf-8")
    if args.long:
        split = json.loads((args.out / "split.json").read_text(encoding="utf-8"))
    else:
        split = hold_apart(args.data, args.seed, args.held)
        write("split.json", json.dumps(split, ensure_ascii=False))
    english_held, chinese_held, unanswerable = (set(split[k]) for k in ("english", "chinese", "unanswerable"))

    chinese = Chinese(args.data, chinese_held, args, rng)
    lists = {s: list(chinese.lists(s, rng)) for s in (("train",) if args.long else ("train", "valid"))}
    print("chinese", {s: len(v) for s, v in lists.items()}, flush=True)
    english = English(args.data, args.base, english_held, args, rng)
    for s in lists:
        lists[s] += english.lists(s, rng)
    paragraphs, questions = load(args.data, "squad-unanswerable")
    for q in [] if args.long else questions:
        p = paragraphs[q["paragraph"]]
        split = "valid" if p["title"] in unanswerable else "train"
        lists[split].append(make("en", "unanswerable", q["question"], [first(p["text"], 110)], None))
    for s, v in lists.items():
        v = [x for x in v if len(x["passages"]) == 5 or x["kind"] == "unanswerable"]
        rng.shuffle(v)
        write("long.jsonl" if args.long else f"{s}.jsonl", "".join(json.dumps(x, ensure_ascii=False) + "\n" for x in v))
        kinds = defaultdict(list)
        for x in v:
            kinds[x["lang"] + "/" + x["kind"]].append(np.mean([size(p) for p in x["passages"]]))
        print(s, {k: (len(n), round(float(np.mean(n)))) for k, n in sorted(kinds.items())}, flush=True)


if __name__ == "__main__":
    main()
