"""What one step of training reads of a list: which passages, how the question is put, what stands before a passage.

A draw is another view of a stored list: some of its wrong passages, sometimes one in another language (`foreign`), sometimes
without the right one, so that nothing is right; a Chinese question in spoken words; and the name of a file before the passages, as the
program puts it there, which may say nothing or mislead. Names that a gloss left in Latin letters are often spelt in Chinese (`sound.py`).
"""

from sound import in_characters

STEMS = ["notes", "scan_0012", "Document1", "2023/report", "archive/old", "manual", "readme", "misc/2021-04", "export", "handbook-v2", "Downloads/file", "letters/draft",
         "笔记", "资料/说明", "2022/报告", "新建文档", "家里/杂项", "手册", "会议/记录", "下载/附件", "草稿", "工作/备忘", "扫描件", "汇总表"]
SPOKEN = [("什么", "啥"), ("为什么", "为啥"), ("哪里", "哪儿"), ("何时", "什么时候"), ("何时", "啥时候"), ("如何", "怎么"), ("怎样", "咋"), ("是否", "是不是"), ("多少", "几"), ("何人", "谁"),
          ("哪一年", "哪年"), ("位于哪", "在哪"), ("什么时候", "啥时候"), ("怎么", "咋"), ("能否", "能不能"), ("需要", "得"), ("没有", "没"), ("主要", "")]
BEFORE = ["请问", "我想问下", "想知道", "麻烦查一下", "帮我找找", "问一下，", "那个", "你知道", ""]
AFTER = ["啊", "呢", "来着", "？", "", "，有写吗", "呀"]


def spoken(question, rng):
    """A Chinese question with a few words as they are said."""
    end = question.rstrip("？?。")
    for old, new in rng.sample(SPOKEN, 8):
        if old in end and rng.random() < 0.7:
            end = end.replace(old, new, 1)
    draw = rng.random()
    return rng.choice(BEFORE) + end if draw < 0.3 else end + rng.choice(AFTER) if draw < 0.7 else end


def before(passages, titled, rng):
    """The passages, each with the name of a file before it. `titled` ones begin with a title and a line end."""
    names = [p.split("\n")[0][:40] for p in passages] if titled else []
    one = rng.choice(STEMS)
    draw = rng.random()
    def stem():
        if draw < 0.4:
            return one
        return rng.choice(names) if names and draw < 0.6 else rng.choice(STEMS)
    return [f"{stem()} > {p}" if titled else f"{stem()}\n{p}" for p in passages]


def drawn(x, width, rng):
    """The right passage first (or a wrong one) and a draw of the others, `width` passages at most, so that a step sees more questions."""
    passages, teacher, right = x["passages"], x.get("teacher"), x["right"]
    if right and len(passages) > 3 and x["kind"] not in ("near miss", "message") and rng.random() < 0.1:
        passages, teacher, right = passages[1:], None, False
    kept = list(range(len(passages)))
    if len(passages) > width:
        kept = [0] + sorted(rng.sample(range(1, len(passages)), width - 1)) if right else sorted(rng.sample(kept, width))
    passages, teacher = [passages[i] for i in kept], [teacher[i] for i in kept] if teacher else None
    if x.get("foreign") and len(passages) > 2 and rng.random() < 0.35:
        passages[-1] = rng.choice(x["foreign"])
        if teacher:
            teacher[-1] = min(teacher) - 1
    query = x["query"]
    if x["lang"].startswith("zh") and x["kind"] in ("question", "turned", "documentation") and rng.random() < 0.3:
        query = spoken(query, rng)
    if x["kind"] == "gloss" and x["lang"] == "zh-en":
        query = in_characters(query, rng.choice([0, 0.5, 1]))
    if x["kind"] == "turned" and x["lang"] == "en-zh":
        share = rng.choice([0, 0.5, 1])
        passages = [in_characters(p, share) for p in passages]
    if rng.random() < 0.35:
        passages = before(passages, x.get("titled"), rng)
    return {**x, "query": query, "passages": passages, "teacher": teacher, "right": right}


def variants(x):
    """A stored list as it is, with the glosses of its question, and with those of its passages."""
    out = [x]
    asked, told = ("zh", "en") if x["lang"] == "en" else ("en", "zh")
    if x.get("other"):
        out.append({**x, "lang": f"{asked}-{told}", "kind": "gloss", "queries": x["other"]})
    if x.get("turned"):
        out.append({**x, "lang": f"{told}-{asked}", "kind": "turned", "passages": x["turned"], "foreign": x["passages"][1:3]})
    return out


def clean(lists):
    """The lists without wrong passages that repeat the right one, and without messages that are mostly marks."""
    for x in lists:
        if x["kind"] == "message" and any(mark in x["query"] for mark in "%@<>{}"):
            continue
        if x["right"]:
            first = {x["passages"][0][a : a + 40] for a in (0, 60)} - {""}
            kept = [0] + [i for i in range(1, len(x["passages"])) if not any(f in x["passages"][i] for f in first if len(f) == 40)]
            if len(kept) < 3 and len(x["passages"]) > 2 and x["kind"] == "headline":
                continue
            if x["kind"] == "headline":
                x = {**x, "passages": [x["passages"][i] for i in kept]}
        yield x
