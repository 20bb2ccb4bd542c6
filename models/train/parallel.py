"""Sections of documentation that stands in English and in Chinese, as lists of a question and passages in either language and across.

A folder pair holds pages of the same relative path in both languages (HTML, or Mallard's XML). A page is cut at its headings; two
pages are parallel where they have equally many sections. A heading or the first sentence of a section asks for the rest of
it, or, across languages, a sentence from its middle for the whole of it; the wrong passages are neighbours by BM25, sections of
the same page first, and `foreign` holds some of them in the other language.
"""

import re
from html.parser import HTMLParser

from common import BM25, CJK, measured, size

SKIPPED = {"script", "style", "nav", "pre", "table", "noscript", "credit", "revision", "license", "svg"}
HEADINGS = {"h1", "h2", "h3", "h4", "title"}
BLOCKS = {"p", "li", "div", "dd", "dt", "td", "item", "section", "note", "br"}


class Sections(HTMLParser):
    """Collects `[heading, text]` of a page."""

    def __init__(self, text):
        super().__init__()
        self.sections, self.skipped, self.heading = [], [], None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        if tag in SKIPPED:
            self.skipped.append(tag)
        elif tag in HEADINGS and not self.skipped:
            self.heading = tag
            self.sections.append(["", ""])
        elif tag in BLOCKS:
            self.handle_data("\n")

    def handle_endtag(self, tag):
        if self.skipped and tag == self.skipped[-1]:
            self.skipped.pop()
        elif tag == self.heading:
            self.heading = None

    def handle_data(self, data):
        if not self.skipped and self.sections:
            self.sections[-1][0 if self.heading else 1] += data


def sections(path):
    found = Sections(path.read_text(encoding="utf-8", errors="replace")).sections
    clean = lambda t: re.sub(r"\s+", " ", re.sub(r"^[\d.\s]+", "", t)).strip(" ¶")
    out = []
    for heading, text in found:
        if clean(heading):
            text = "\n".join(line for line in map(clean, text.split("\n")) if line)
            out.append((clean(heading), text))
    return out


def aligned(english, chinese):
    """Rows of {"page", "en": (title, heading, text), "zh": ...} of all parallel sections."""
    rows = []
    for path in sorted(english.rglob("*")):
        other = chinese / path.relative_to(english)
        if path.suffix not in (".html", ".page") or not other.exists():
            continue
        a, b = sections(path), sections(other)
        if not a or len(a) != len(b):
            continue
        for (h, t), (zh, zt) in zip(a, b):
            enough = size(t) >= 20 and len(CJK.findall(zt)) >= 20 and 0.4 < size(t) / size(zt) < 1.6
            if enough and len(CJK.findall(zh)) >= 2 and not CJK.search(h):
                rows.append({"page": str(path), "en": (a[0][0], h, t), "zh": (b[0][0], zh, zt)})
    seen = set()
    return [r for r in rows if not (r["en"][2][:200] in seen or seen.add(r["en"][2][:200]))]


def first_sentence(text):
    return re.split(r"(?<=[.!?])\s|(?<=[。！？])|\n", text, maxsplit=1)[0]


def sentences(text):
    return [s for s in re.split(r"(?<=[.!?])\s+|(?<=[。！？])|\n", text) if s.strip()]


def inner(row, rng):
    """A sentence of a section with its counterpart, where either language has equally many and they are about as long."""
    both = sentences(row["en"][2]), sentences(row["zh"][2])
    if len(both[0]) != len(both[1]) or len(both[0]) < 3:
        return None
    fits = [i for i, (a, b) in enumerate(zip(*both)) if i and size(a) > 9 and len(CJK.findall(b)) > 7 and 0.5 < size(a) / size(b) < 1.6]
    return rng.choice(fits) if fits else None


def cut(text, lang, share):
    """The beginning of a text, about as much in either language."""
    most = int(share * (600 if lang == "en" else 260))
    return text[:most] if len(text) <= most else re.sub(r"\S*$", "", text[:most]) if lang == "en" else text[:most]


def lists(english, chinese, count, most, rng):
    rows = aligned(english, chinese)
    print(english, len(rows), "parallel sections")
    places = {}
    for i, row in enumerate(rows):
        places.setdefault(row["page"], []).append(i)
    index = BM25([" ".join(r["en"]) for r in rows])
    for n in rng.sample(range(len(rows)), min(count, len(rows))):
        row = rows[n]
        asked, told = rng.choice([("en", "en"), ("zh", "zh"), ("zh", "en"), ("en", "zh"), ("zh", "en"), ("en", "zh")])
        place = inner(row, rng) if asked != told and rng.random() < 0.45 else None
        by_heading = place is None and (rng.random() < 0.5 or size(row["en"][2]) < 50)
        title = {l: row[l][0] if row[l][0] != row[l][1] else "" for l in ("en", "zh")}
        if place is not None:
            query = {"en": sentences(row["en"][2])[place][:250], "zh": sentences(row["zh"][2])[place][:110]}
            from_here = {l: "\n".join(sentences(row[l][2])[max(0, place - rng.randrange(1, 5)) :]) for l in ("en", "zh")}
            body = from_here
        elif by_heading:
            named = rng.random() < 0.3
            query = {l: f"{row[l][1]} {title[l]}".strip() if named else row[l][1] for l in ("en", "zh")}
            body = {l: row[l][2] for l in ("en", "zh")}
        else:
            query = {l: first_sentence(row[l][2]) for l in ("en", "zh")}
            body = {l: row[l][2][len(query[l]) :].strip() for l in ("en", "zh")}
            query = {"en": query["en"][:250], "zh": query["zh"][:110]}
        if min(len(query["en"]), 2 * len(query["zh"])) < 8 or size(body["en"]) < 15 or size(body["zh"]) < 15:
            continue
        own = [i for i in places[row["page"]] if i != n]
        near = [i for i in index.top(query["en"], 30) if i != n and rows[i]["en"][1] != row["en"][1]]
        picked = list(dict.fromkeys(rng.sample(own, min(1, len(own))) + near[:2] + rng.sample(near[2:], min(2, len(near[2:]))) + [rng.randrange(len(rows))]))
        picked = [i for i in picked if i != n][: most - 1]
        titled, share = rng.random() < 0.5 and not by_heading, rng.choice([0.4, 0.7, 1])

        def passages(l, only=None):
            whole = [(row[l], body[l])] + [(rows[i][l], rows[i][l][2]) for i in picked]
            whole = whole[1:] if only else whole
            return [f"{r[0]} > {r[1]}\n{cut(t, l, share)}" if titled else cut(t, l, share) for r, t in whole]

        out = {"lang": asked if asked == told else f"{asked}-{told}", "kind": "documentation", "query": query[asked], "right": True, "held": measured(row["page"]), "passages": passages(told),
               "foreign": passages("zh" if told == "en" else "en", True)[:3]}
        if (asked, told) != ("en", "en"):
            out["english"] = {"query": query["en"], "passages": passages("en")}
        yield out
