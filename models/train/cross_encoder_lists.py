"""Lists to train a cross-encoder on: one question, one right passage (none where nothing answers it) and wrong ones up to six passages.

English and Chinese questions with their paragraphs, keywords, headlines; neighbours by BM25 that do not hold the answer, windows
of the same paragraph without it, the right passage with a number or name exchanged; unanswerable questions; made passages full
of near misses (`generated.py`, part `train`) and notes of everyday life (`everyday.py`), in either language and across; sections of
handbooks that stand in both languages (`parallel.py`); and message catalogues (.mo) whose sentences do. Articles held apart by
`mine.py` are left out, and so are messages that a held-apart set holds. Half of the passages carry their title, and Chinese is
simplified, as the program asks.
`train_cross_encoder.py lists` writes them. `english` holds the English of a list in another language, for the English teacher;
`other` holds glosses of a question in the other language (`gloss.py`), with which the list is one across languages; `turned` holds
glosses of the passages, for the question as it was asked; `foreign` holds wrong passages in the language that the right one is
not in; `held` marks lists of articles and pages that are only measured on.
"""

import gettext
import json
import random
import re
from collections import Counter
from pathlib import Path

from opencc import OpenCC

import everyday
import generated
import parallel
from common import BM25, CJK, STOP, load, measured, rows, size
from gloss import Gloss
from held_apart import is_held
from mine import exchange, hold_apart, holds, negative, positive, sibling

MOST = 6
LENGTHS = [40, 60, 60, 90, 90, 130, 200, 260]


def keywords(question):
    words = [w for w in re.findall(r"[\w'-]+", question) if w.lower() not in STOP]
    return " ".join(words).lower()


def encyclopaedia(data, names, held, lang, count, rng):
    """Questions to windows of paragraphs; wrong windows by BM25, from the same paragraph, by exchange, and at random."""
    paragraphs, questions = {}, []
    for name in names:
        part, asked = load(data, name)
        inside = {i: p for i, p in part.items() if p["title"] not in held}
        paragraphs.update({(name, i): p for i, p in inside.items()})
        questions += [{**q, "at": (name, q["paragraph"])} for q in asked if q["paragraph"] in inside]
    keys = sorted(paragraphs)
    if len(keys) > 7000:  # whole articles, so that near ones stay near
        titles = sorted({p["title"] for p in paragraphs.values()})
        rng.shuffle(titles)
        kept, total = set(), 0
        sizes = Counter(p["title"] for p in paragraphs.values())
        while total < 7000:
            kept.add(titles[-1])
            total += sizes[titles.pop()]
        keys = [k for k in keys if paragraphs[k]["title"] in kept]
        inside = set(keys)
        questions = [q for q in questions if q["at"] in inside]
    texts, article = [paragraphs[k]["text"] for k in keys], {}
    for i, k in enumerate(keys):
        article.setdefault(paragraphs[k]["title"], []).append(i)
    index = BM25(texts)
    names_seen = list({m for t in rng.sample(texts, min(2000, len(texts))) for m in re.findall(r"\b[A-Z][a-z]{2,}(?: [A-Z][a-z]+)*\b", t)}) if lang == "en" else []
    for q in rng.sample(questions, min(count, len(questions))):
        budget = rng.choice(LENGTHS)
        source = paragraphs[q["at"]]
        right = positive(source["text"], q["question"], q["answers"], q.get("starts", [None])[0], budget, rng)
        if not right:
            continue
        usable = lambda i: keys[i] != q["at"] and not holds(texts[i], q["answers"])
        near = [i for i in index.top(q["question"], 24) if usable(i)]
        same = [i for i in rng.sample(article[source["title"]], min(6, len(article[source["title"]]))) if usable(i)]
        picked = near[:2] + rng.sample(near[2:12], min(1, len(near[2:12]))) + same[:2] + [rng.randrange(len(texts))]
        picked = [i for i in dict.fromkeys(picked) if usable(i)]
        wrong = []
        for extra in (sibling(source["text"], q["answers"], q["question"], budget, rng), exchange(right, q["question"], names_seen, rng) if rng.random() < 0.5 else None):
            if extra and not holds(extra, q["answers"]) or extra and extra != right and re.search(r"\d", q["question"]):
                wrong.append((source["title"], extra))
        for i in picked:
            wrong.append((paragraphs[keys[i]]["title"], negative(texts[i], q["question"], max(25, int(budget * rng.uniform(0.7, 1.2))), rng)))
        query = q["question"]
        draw = rng.random()
        if lang == "en" and draw < 0.1:
            query = keywords(query) or query
        elif draw < 0.4:
            query = query.rstrip("?？")
        titled = rng.random() < 0.5
        whole = [(source["title"], right)] + wrong[: MOST - 1]
        yield {"lang": lang, "kind": "question", "query": query, "right": True, "held": measured(source["title"]),
               "titled": titled, "passages": [f"{t.replace('_', ' ')}\n{p}" if titled else p for t, p in whole]}


def unanswerable(data, held, count, rng):
    """A question that its own paragraph does not answer, with paragraphs of other articles: nothing is right."""
    paragraphs, questions = load(data, "squad-unanswerable")
    usable = [q for q in questions if paragraphs[q["paragraph"]]["title"] not in held]
    for q in rng.sample(usable, min(count, len(usable))):
        own = paragraphs[q["paragraph"]]
        yield {"lang": "en", "kind": "unanswerable", "query": q["question"], "right": False, "passages": [own["text"][:900]]}


def news(data, count, rng):
    """Headlines to pieces of their articles; neighbours by BM25."""
    articles = [a for a in rows(data / "crud-news.jsonl") if a["title"] and 12 <= len(a["title"]) <= 45]
    articles = [a for a in articles if not is_held(a["id"])]
    articles = rng.sample(articles, min(6000, len(articles)))
    body = [a["text"].replace("原标题：", "").replace(a["title"], "").strip()[: rng.choice([120, 220, 320])] for a in articles]
    index = BM25(body)
    for n in rng.sample(range(len(articles)), min(count, len(articles))):
        near = [i for i in index.top(articles[n]["title"], 30) if i != n]
        picked = near[:3] + rng.sample(near[3:], 2) + [rng.randrange(len(body))]
        yield {"lang": "zh", "kind": "headline", "query": articles[n]["title"], "right": True, "held": measured(articles[n]["title"]), "passages": [body[n]] + [body[i] for i in picked if i != n]}


def made(rounds, rng):
    """Members of a family are near misses of each other. A third of the lists lacks the right member, so that nothing is right."""
    for _ in range(rounds):
        for kind in generated.FAMILIES:
            members = generated.make(kind, "train", rng)
            for n, m in enumerate(members):
                for q in m["questions"]:
                    asked, told = rng.choice([("en", "en"), ("zh", "zh"), ("zh", "en"), ("en", "zh")])
                    same = [o for o in members if o["family"] == m["family"] and o is not m]
                    others = rng.sample(same, min(5, len(same))) + rng.sample([o for o in members if o["family"] != m["family"]], 2)
                    right = rng.random() > 0.33
                    yield {"lang": asked if asked == told else f"{asked}-{told}", "kind": kind if right else "near miss", "query": q[asked], "right": right,
                           "passages": ([m[told]] if right else []) + [o[told] for o in others]}


def messages(folder, count, known, rng):
    """Catalogues of messages: a sentence in one language, and runs of messages around it in the other; none that is in `known`."""
    found = []
    for language in ("zh_CN", "zh_TW"):
        for path in sorted(folder.rglob(f"{language}/LC_MESSAGES/*.mo")):
            with open(path, "rb") as stream:
                try:
                    catalogue = gettext.GNUTranslations(stream)._catalog
                except (OSError, UnicodeDecodeError):
                    continue
            clean = lambda t: re.sub(r"\s+", " ", re.sub(r"^[^^\n]{0,40}\^|%[-+ #0-9.*l]*[a-zA-Z]|\x1b\[[0-9;]*m|[&_](?=[A-Za-z])", " ", t)).strip()
            pairs = [(clean(a), clean(b)) for a, b in catalogue.items() if isinstance(a, str) and isinstance(b, str) and 25 <= len(a) <= 700]
            pairs = rng.sample(pairs, min(600, len(pairs)))
            pairs = [(a, b) for a, b in pairs if 25 <= len(a) <= 600 and len(CJK.findall(b)) >= 6 and a not in known]
            if len(pairs) >= 20:
                found.append(pairs)
    weights = [min(len(pairs), 400) for pairs in found]
    for _ in range(count):
        pairs = rng.choices(found, weights)[0]
        asked, told = rng.choice([("zh", "en"), ("en", "zh")])
        column = 0 if told == "en" else 1
        n = rng.randrange(len(pairs))
        run = lambda i, k: " ".join(p[column] for p in pairs[max(0, i - k) : i + k + 1])[: 700 if told == "en" else 300]
        width = rng.randrange(2)
        far = [i for i in rng.sample(range(len(pairs)), min(16, len(pairs))) if abs(i - n) > 3][:5]
        right = run(n, width) if pairs[n][column] in run(n, width) else pairs[n][column]
        wrong = [run(i, width) for i in far]
        if rng.random() < 0.5:
            other = rng.choice(found)
            wrong += [p[column] for p in rng.sample(other, 2) if p[column] != right]
        yield {"lang": f"{asked}-{told}", "kind": "message", "query": pairs[n][1 - column][:200], "right": True, "passages": [right] + wrong}


def noise(out, gloss, rng):
    """Adds `foreign` to lists of questions: passages of questions in the other language that share words with the gloss."""
    pools = {}
    for lang in ("en", "zh"):
        texts = [p for x in out if x["lang"] == lang and x["kind"] == "question" for p in x["passages"][:1]]
        pools[lang] = BM25(texts), texts
    for x in out:
        if x["kind"] in ("question", "headline") and x["lang"] in pools:
            index, texts = pools["zh" if x["lang"] == "en" else "en"]
            near = [i for i in index.top(x["other"][0], 6)]
            x["foreign"] = [texts[i] for i in [*rng.sample(near, min(2, len(near))), rng.randrange(len(texts))]]


def texts_of(sets):
    """All texts of the held-apart sets as one, each with its runs of white space as one space."""
    if not sets:
        return ""
    lines = [json.loads(line)["text"] for path in sorted(sets.glob("*/*.jsonl")) for line in open(path, encoding="utf-8")]
    return "\n".join(re.sub(r"\s+", " ", text) for text in lines)


def lists(args):
    rng = random.Random(args.seed)
    split = hold_apart(args.data, 7, 0.05)
    out = list(encyclopaedia(args.data, ["squad-train"], set(split["english"]), "en", args.english, rng))
    out += unanswerable(args.data, set(split["unanswerable"]), args.english // 5, rng)
    out += encyclopaedia(args.data, ["cmrc-train", "drcd"], set(split["chinese"]), "zh", args.chinese, rng)
    out += news(args.data, args.news, rng)
    out += made(args.rounds, rng)
    out += everyday.lists(args.everyday, MOST, rng)
    for pair in args.documents or []:
        out += parallel.lists(*map(Path, pair.split(",")), args.parallel, MOST, rng)
    if args.messages:
        out += messages(args.messages, args.across, texts_of(args.apart), rng)
    rng.shuffle(out)
    simpler = OpenCC("t2s").convert
    gloss = Gloss(args.dictionary, args.words) if args.dictionary else None
    for x in out:
        if x["lang"] != "en":
            x.update(query=simpler(x["query"]), passages=[simpler(p) for p in x["passages"]])
            x["foreign"] = [simpler(p) for p in x.get("foreign", [])]
        if gloss and x["kind"] in ("question", "headline"):
            turn = gloss.chinese if x["lang"] == "en" else gloss.english
            x["other"] = [turn(x["query"], rng) for _ in range(2)]
            if x["kind"] == "question" and rng.random() < 0.3:
                x["turned"] = [turn(p, rng) for p in x["passages"]]
        x["size"] = max(map(size, x["passages"]))
    if gloss:
        noise(out, gloss, rng)
    args.work.mkdir(parents=True, exist_ok=True)
    with open(args.work / "lists.jsonl", "w", encoding="utf-8") as stream:
        stream.writelines(json.dumps(x, ensure_ascii=False) + "\n" for x in out)
    counts = {}
    for x in out:
        counts[x["lang"], x["kind"]] = counts.get((x["lang"], x["kind"]), 0) + 1
    print(len(out), "lists,", sum(len(x["passages"]) for x in out), "pairs", counts)


def read_lists(work):
    return [json.loads(line) for line in open(work / "lists.jsonl", encoding="utf-8")]
