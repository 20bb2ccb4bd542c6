"""Mines the lists of the last training run: many forms of question, passages of 40 to 400 word pieces, closer misses.

    python widen.py --data DATA --base MINILM --work WORK

Reads what `mine.py` left in WORK (the split and the paragraph vectors) and writes `wide.jsonl` and `news_held.json`
(news articles kept out, for measuring). Kinds of list:

- `whole` (English): beginnings of paragraphs with the bi-encoder's cosines as teacher; the query is a question, its
  keywords, an article's title, or a sentence taken out of the paragraph.
- `hard`: windows of one right and four wrong passages, most of them neighbours by word or by vector, the same paragraph
  without the answer, or the right passage with a number or name exchanged.
- `news` (Chinese): headline, its keywords or a sentence taken out, against windows of the article and of its neighbours.
- `contrast`: one passage and several questions, of which only the first is answered there; the others ask about the same
  article or are the first with a number, name or opposite exchanged.
- `unanswerable`: a question with the paragraph that does not answer it; its target is irrelevant.
"""

import argparse
import json
import random
import re
from collections import defaultdict
from pathlib import Path

import numpy as np

from common import BM25, STOP, encode, is_chinese, load, rows, sentences, size, terms, top
from mine import NAME, NUMBER, distinct, exchange, first, grow, holds, make, near, negative, positive, sibling

BUDGETS = [40, 60, 60, 80, 80, 110, 110, 150, 150, 200, 280, 400]
OPPOSITES_EN = [("born", "died"), ("first", "last"), ("largest", "smallest"), ("before", "after"), ("north", "south"), ("east", "west"),
                ("increase", "decrease"), ("oldest", "youngest"), ("highest", "lowest"), ("begin", "end"), ("started", "stopped"),
                ("founded", "dissolved"), ("most", "least"), ("won", "lost"), ("male", "female"), ("northern", "southern"),
                ("eastern", "western"), ("early", "late"), ("father", "mother"), ("open", "close"), ("import", "export"), ("more", "fewer")]
OPPOSITES_ZH = [("出生", "去世"), ("出生", "逝世"), ("最大", "最小"), ("第一", "最后"), ("最高", "最低"), ("最早", "最晚"), ("增加", "减少"), ("成立", "解散"),
                ("开始", "结束"), ("父亲", "母亲"), ("北", "南"), ("东", "西"), ("东", "西"), ("上游", "下游"), ("进口", "出口"), ("最多", "最少"),
                ("之前", "之后"), ("以前", "以后"), ("男", "女"), ("起点", "终点"), ("開始", "結束"), ("父親", "母親"), ("東", "西"), ("最後", "第一"),
                ("之前", "之後"), ("起點", "終點"), ("獲得", "失去"), ("获得", "失去"), ("首", "末"), ("长子", "次子"), ("上任", "卸任")]
ASKING = set("的 了 是 在 和 与 與 之 于 於 有 被 把 为 為 以 由 对 對 从 從 哪 哪个 哪個 哪些 哪里 哪裡 哪一年 哪一 什么 什麼 甚麼 何 何时 何時 谁 誰 "
             "多少 几 幾 为什么 為什麼 怎么 怎麼 如何 怎样 怎樣 吗 呢 个 個 年 一 是否 請問 请问 ？ ? ， 。 、 “ ” 「 」 《 》 （ ）".split())


def keywords(query, rng):
    """The question as one would type it into a search box."""
    if is_chinese(query):
        import jieba

        words = [w for w in jieba.lcut(query) if w.strip() and w not in ASKING]
        joint = " " if rng.random() < 0.5 else ""
    else:
        words = [w for w in re.findall(r"[A-Za-z0-9][\w'.-]*", query.rstrip("?")) if w.lower() not in STOP]
        words = [w.lower() for w in words] if rng.random() < 0.6 else words
        joint = " "
    if len(words) > 4 and rng.random() < 0.4:
        words.pop(rng.randrange(len(words)))
    return joint.join(words) if len(words) >= 2 else query


def opposite(query, text, names, rng):
    """The question with one word, number or name exchanged, so that the text no longer answers it."""
    chinese = is_chinese(query)
    swaps = []
    for a, b in OPPOSITES_ZH if chinese else OPPOSITES_EN:
        for old, new in ((a, b), (b, a)):
            if chinese and old in query and new not in text:
                swaps.append(query.replace(old, new, 1))
            elif not chinese and re.search(rf"\b{old}\b", query) and not re.search(rf"\b{new}", text):
                swaps.append(re.sub(rf"\b{old}\b", new, query, count=1))
    for number in NUMBER.findall(query):
        digits = list(number)
        digits[-1] = rng.choice([d for d in "123456789" if d != digits[-1]])
        if "".join(digits) not in text:
            swaps.append(query.replace(number, "".join(digits), 1))
    for name in NAME.findall(query[1:]) if names else []:
        other = rng.choice(names)
        if name in text and other not in text:
            swaps.append(query.replace(name, other, 1))
    return rng.choice(swaps) if swaps else None


def hole(text, answers):
    """The text without the sentences that hold an answer."""
    spans = sentences(text)
    kept = [text[a:b] for a, b in spans if not holds(text[a:b], answers)]
    rest = "".join(kept).strip()
    return rest if len(kept) < len(spans) and len(kept) >= 2 and not holds(rest, answers) else None


def taken_out(text, rng):
    """A sentence of middling length and the text without it."""
    spans = sentences(text)
    fit = [i for i, (a, b) in enumerate(spans) if 8 <= size(text[a:b]) <= 45]
    if len(spans) < 3 or not fit:
        return None
    a, b = spans[rng.choice(fit)]
    return text[a:b].strip(), (text[:a] + text[b:]).strip()


class Shelf:
    """Paragraphs of training articles in reading order, their neighbours by word, and longer texts joined from them."""

    def __init__(self, paragraphs, ids):
        self.paragraphs, self.ids = paragraphs, ids
        self.order = defaultdict(list)
        for i in ids:
            self.order[paragraphs[i]["title"]].append(i)
        self.lexical = BM25([paragraphs[i]["text"] for i in ids])

    def text(self, i, budget=0):
        """One paragraph, or as many following ones of its article as the budget asks for."""
        article = self.order[self.paragraphs[i]["title"]]
        at, text = article.index(i), self.paragraphs[i]["text"]
        joint = "" if is_chinese(text) else " "
        for j in article[at + 1 :] + article[:at][::-1]:
            if size(text) >= budget * 1.1:
                break
            text = text + joint + self.paragraphs[j]["text"]
        return text

    def by_word(self, query, count):
        return [self.ids[k] for k in self.lexical.top(query, count)]


def contrast(shelf, questions, by_title, names, rng):
    """One passage, the question that it answers, and up to three that it does not."""
    for q in questions:
        i = q["paragraph"]
        text = shelf.paragraphs[i]["text"]
        passage = positive(text, q["question"], q["answers"], q.get("start"), rng.choice([60, 110, 150, 200]), rng)
        if passage is None:
            continue
        others = [o for o in by_title[shelf.paragraphs[i]["title"]] if o["paragraph"] != i and not holds(passage, o["answers"])]
        others = rng.sample(others, min(12, len(others)))
        inside = set(terms(passage))
        others.sort(key=lambda o: -len(inside & set(terms(o["question"]))))
        wrong = [opposite(q["question"], text, names, rng)] + [o["question"] for o in others[: rng.choice([2, 3])]]
        wrong = list(dict.fromkeys(w for w in wrong if w))[:3]
        if wrong:
            asked = [q["question"]] + wrong
            if rng.random() < 0.15:
                asked = [keywords(a, rng) for a in asked]
            yield {"lang": "zh" if is_chinese(text) else "en", "kind": "contrast", "queries": asked, "passages": [passage] * len(asked), "teacher": None}


def hard(shelf, questions, names, dense, rng):
    """One right passage and four close ones."""
    for q in questions:
        asked, answers, gold = q["question"], q["answers"], q["paragraph"]
        budget = rng.choice(BUDGETS)
        own = shelf.paragraphs[gold]["text"]
        text = shelf.text(gold, budget) if budget > 150 else own
        right = positive(text, asked, answers, q.get("start"), budget, rng)
        if right is None:
            continue
        usable = lambda i: i != gold and not holds(shelf.paragraphs[i]["text"], answers)
        words = [i for i in shelf.by_word(asked, 14) if usable(i)][:7]
        vectors = [i for i in dense(q) if usable(i)][:8]
        article = [i for i in shelf.order[shelf.paragraphs[gold]["title"]] if usable(i)]
        texts, draw = [], rng.random()
        if draw < 0.25:
            texts.append(exchange(right, asked, names, rng))
        if draw < 0.5:
            texts.append(sibling(own, answers, asked, near(budget, rng), rng) if rng.random() < 0.5 else hole(own, answers))
        picks = rng.sample(words, min(2, len(words))) + rng.sample(vectors, min(1, len(vectors))) + rng.sample(article, min(1, len(article)))
        rng.shuffle(picks)
        for i in list(dict.fromkeys(picks)) + rng.sample(shelf.ids, 3):
            if usable(i):
                part = negative(shelf.text(i, budget) if budget > 150 else shelf.paragraphs[i]["text"], asked, near(budget, rng), rng)
                texts += [] if holds(part, answers) else [part]
        draw = rng.random()
        query = asked if draw < 0.6 else keywords(asked, rng) if draw < 0.9 else asked.rstrip("?？").lower()
        yield make("zh" if is_chinese(own) else "en", "hard", query, [right] + distinct(texts, right)[:4], None)


def whole(shelf, questions, vectors, base, count, rng):
    """English lists for distillation: the teacher read the same beginnings of paragraphs."""
    ids = sorted(vectors)
    matrix = np.stack([vectors[i] for i in ids])
    drafts = []
    for q in rng.sample(questions, min(count, len(questions))):
        gold, draw = q["paragraph"], rng.random()
        text, title, form = shelf.paragraphs[gold]["text"], shelf.paragraphs[gold]["title"].replace("_", " "), "question"
        query, rest = q["question"], text
        if draw < 0.25:
            query, form = keywords(query, rng), "keywords"
        elif draw < 0.40:
            key = max(terms(query), key=len, default="") if rng.random() < 0.7 else ""
            query, form = f"{title} {key}".strip(), "title"
        elif draw < 0.62 and taken_out(text, rng):
            (query, rest), form = taken_out(text, rng), "sentence"
        drafts.append((query, form, gold, rest, q["answers"] if form in ("question", "keywords") else []))
    asked = encode(base, [d[0] for d in drafts], 64)
    for (query, form, gold, rest, answers), vector in zip(drafts, asked):
        title = shelf.paragraphs[gold]["title"]
        usable = lambda i: i != gold and (not holds(shelf.paragraphs[i]["text"], answers) if answers else shelf.paragraphs[i]["title"] != title)
        scores = matrix @ vector
        close = [ids[k] for k in top(scores, 30) if usable(ids[k])][:15]
        words = [i for i in shelf.by_word(query, 12) if usable(i) and i in vectors][:6]
        picks = rng.sample(close, min(2, len(close))) + rng.sample(words, min(1, len(words))) + rng.sample(ids, 3)
        picks = [i for i in dict.fromkeys(picks) if usable(i)][:4]
        length = rng.choice([60, 84, 84, 110, 150])
        right = first(rest, length)
        if answers and not holds(right, answers):
            continue
        passages = [right] + [first(shelf.paragraphs[i]["text"], length) for i in picks]
        if len(set(passages)) == 5:
            yield make("en", "whole", query, passages, [round(float(vectors[i] @ vector), 4) for i in [gold] + picks])


def news(articles, count, rng):
    """Headlines and sentences of news articles against windows of the article and of articles close by word."""
    bodies = [a["text"].replace("原标题：", "").replace(a["title"], "").strip() for a in articles]
    bags = [set(terms(b[:600])) for b in bodies]
    lexical = BM25([b[:600] for b in bodies])
    for k in rng.sample(range(len(bodies)), min(count, len(bodies))):
        body, query, draw = bodies[k], articles[k]["title"], rng.random()
        if size(body) < 60:
            continue
        if draw < 0.25:
            query = keywords(query, rng)
        elif draw < 0.5 and taken_out(body[:900], rng):
            query, body = taken_out(body[:900], rng)
        budget = rng.choice(BUDGETS)
        spans = sentences(body)
        right = first(body, budget) if rng.random() < 0.5 else grow(body, spans, rng.randrange(min(len(spans), 12)), budget, rng)
        wanted = set(terms(query))
        if size(right) < 25 or len(wanted & set(terms(right))) < 0.15 * len(wanted):
            continue
        same = lambda j: len(bags[j] & bags[k]) > 0.3 * min(len(bags[j]), len(bags[k]) or 1)
        close = [j for j in lexical.top(query, 25) if j != k and not same(j)][:10]
        others = rng.sample(close, min(3, len(close))) + rng.sample(range(len(bodies)), 2)
        texts = [negative(bodies[j], query, near(budget, rng), rng) for j in others if j != k and bodies[j]]
        yield make("zh", "news", query, [right] + distinct(texts, right)[:4], None)


def both_scripts(lists, rng):
    """Some Chinese lists in the other script, whole or the question alone."""
    from opencc import OpenCC

    simple, full = OpenCC("t2s").convert, OpenCC("s2t").convert
    for x in lists:
        draw = rng.random()
        if x["lang"] == "zh" and draw < 0.45:
            sample = "".join(x["passages"][:2])
            convert = simple if simple(sample) != sample else full if draw < 0.12 else None
            if convert:
                for key in ("query", "queries", "passages") if draw < 0.36 or convert is full else ("query", "queries"):
                    if key in x:
                        x[key] = convert(x[key]) if key == "query" else [convert(t) for t in x[key]]
        yield x


def weighted_overlap(lists):
    """The Chinese teacher: the share of the query's character pairs that a passage holds, rare pairs weighing more."""
    df, seen = defaultdict(int), 0
    for x in lists:
        for t in {t for p in x["passages"][:2] for t in terms(p)}:
            df[t] += 1
        seen += 2
    weight = lambda t: np.log(1 + seen / (1 + df[t]))
    for x in lists:
        if x["kind"] in ("hard", "news"):
            wanted = set(terms(x["query"]))
            mass = sum(map(weight, wanted)) or 1.0
            x["teacher"] = [round(float(sum(weight(t) for t in wanted & set(terms(p))) / mass), 4) for p in x["passages"]]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--scale", type=float, default=1.0, help="times the usual number of lists")
    parser.add_argument("--seed", type=int, default=31)
    args = parser.parse_args()
    rng = random.Random(args.seed)
    count = lambda n: int(n * args.scale)
    split = json.loads((args.work / "split.json").read_text(encoding="utf-8"))
    held = {k: set(v) for k, v in split.items()}
    lists = []

    # Chinese: both encyclopaedia sets, then news.
    paragraphs, questions = {}, []
    for name in ("cmrc-train", "drcd"):
        part, asked = load(args.data, name)
        paragraphs.update({f"{name}/{i}": p for i, p in part.items()})
        questions += [{**q, "paragraph": f"{name}/{q['paragraph']}", "start": q["starts"][0], "answers": q["answers"][:1]} for q in asked]
    shelf = Shelf(paragraphs, [i for i, p in paragraphs.items() if p["title"] not in held["chinese"]])
    inside = set(shelf.ids)
    questions = [q for q in questions if q["paragraph"] in inside]
    titles = defaultdict(list)
    for q in questions:
        titles[paragraphs[q["paragraph"]]["title"]].append(q)
    lists += hard(shelf, rng.sample(questions, min(count(7000), len(questions))), [], lambda q: [], rng)
    lists += contrast(shelf, rng.sample(questions, count(2200)), titles, [], rng)
    used = {x["query"] for name in ("train.jsonl",) for x in map(json.loads, open(args.work / name, encoding="utf-8")) if x["kind"] == "news"}
    articles = [a for a in rows(args.data / "crud-news.jsonl") if a["title"] and 12 <= len(a["title"]) <= 45]
    fresh = [a["id"] for a in articles if a["title"] not in used]
    kept_out = set(random.Random(args.seed).sample(sorted(fresh), 700))
    (args.work / "news_held.json").write_text(json.dumps(sorted(kept_out)))
    lists += news([a for a in articles if a["id"] not in kept_out], count(4500), rng)
    lists = list(both_scripts(lists, rng))
    weighted_overlap(lists)
    print("Chinese lists", len(lists), flush=True)

    # English.
    paragraphs, questions = load(args.data, "squad-train")
    shelf = Shelf(paragraphs, [i for i, p in paragraphs.items() if p["title"] not in held["english"]])
    inside = set(shelf.ids)
    questions = [q for q in questions if q["paragraph"] in inside and len(q["question"]) > 12]
    titles = defaultdict(list)
    for q in questions:
        titles[paragraphs[q["paragraph"]]["title"]].append(q)
    names = sorted({n for i in shelf.ids[::17] for n in NAME.findall(paragraphs[i]["text"]) if " " in n})
    saved = np.load(args.work / "english_vectors.npz")
    vectors = {i: v for i, v in zip(saved["ids"].tolist(), saved["vectors"]) if i in inside}
    known = [q for q in questions if q["paragraph"] in vectors]
    english = list(whole(shelf, known, vectors, args.base, count(6500), rng))
    picked = rng.sample(questions, count(5500))
    asked = dict(zip((q["id"] for q in picked), encode(args.base, [q["question"] for q in picked], 48)))
    ids = sorted(vectors)
    matrix = np.stack([vectors[i] for i in ids])
    english += hard(shelf, picked, names, lambda q: [ids[k] for k in top(matrix @ asked[q["id"]], 16)], rng)
    english += contrast(shelf, rng.sample(questions, count(2500)), titles, names, rng)
    print("English lists", len(english), flush=True)
    part, asked = load(args.data, "squad-unanswerable")
    for q in asked:
        if part[q["paragraph"]]["title"] not in held["unanswerable"]:
            english.append(make("en", "unanswerable", q["question"], [first(part[q["paragraph"]]["text"], rng.choice([110, 200]))], None))

    lists = [x for x in lists + english if len(x["passages"]) == 5 or x["kind"] in ("unanswerable", "contrast")]
    rng.shuffle(lists)
    with open(args.work / "wide.jsonl.part", "w", encoding="utf-8") as file:
        file.writelines(json.dumps(x, ensure_ascii=False) + "\n" for x in lists)
    (args.work / "wide.jsonl.part").replace(args.work / "wide.jsonl")
    kinds = defaultdict(list)
    for x in lists:
        kinds[x["lang"] + "/" + x["kind"]].append(np.mean([size(p) for p in x["passages"]]))
    print({k: (len(v), round(float(np.mean(v)))) for k, v in sorted(kinds.items())}, flush=True)


if __name__ == "__main__":
    main()
