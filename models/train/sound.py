"""English names spelt with the Chinese characters that stand for their sounds, about as newspapers do: Kroenke becomes 克罗恩克.

A gloss leaves names in Latin letters, where a passage in the other language holds them too; real questions do not. `spelt` is a rough
guess by letters alone, always the same for a name.
"""

import re
from functools import lru_cache

ROWS = {
    "b": "巴贝比博布", "c": "卡塞西科库", "d": "达德迪多杜", "f": "法费菲福富", "g": "加格吉戈古", "h": "哈赫希霍胡", "j": "贾杰吉乔朱", "k": "卡凯基科库", "l": "拉莱利洛卢",
    "m": "马梅米莫穆", "n": "纳内尼诺努", "p": "帕佩皮波普", "r": "拉雷里罗鲁", "s": "萨塞西索苏", "t": "塔特蒂托图", "v": "瓦韦维沃武", "w": "瓦韦威沃伍", "y": "亚耶伊约尤",
    "z": "扎泽齐佐祖", "ch": "查切奇乔丘", "sh": "沙谢希肖舒", "th": "萨特蒂托图", "ph": "法费菲福富", "qu": "夸奎奎阔库", "": "阿埃伊奥乌",
}
ALONE = {"b": "布", "c": "克", "d": "德", "f": "夫", "g": "格", "h": "", "j": "杰", "k": "克", "l": "尔", "m": "姆", "n": "恩", "p": "普", "r": "尔", "s": "斯", "t": "特", "v": "夫",
         "w": "", "x": "克斯", "y": "伊", "z": "兹", "ch": "奇", "sh": "什", "th": "思", "ph": "夫", "qu": "克", "ck": "克", "q": "克"}
NASAL = {"an": "安", "en": "恩", "in": "因", "on": "翁", "un": "温"}
WITH_N = {"ban": "班", "dan": "丹", "han": "汉", "man": "曼", "lan": "兰", "nan": "南", "ran": "兰", "san": "桑", "tan": "坦", "van": "范", "wan": "万", "can": "坎", "kan": "坎", "pan": "潘", "gan": "甘",
          "ben": "本", "den": "登", "hen": "亨", "men": "门", "len": "伦", "ken": "肯", "ren": "伦", "sen": "森", "ten": "滕", "ven": "文", "wen": "文", "gen": "根", "pen": "彭", "nen": "嫩",
          "bin": "宾", "din": "丁", "hin": "欣", "min": "明", "lin": "林", "kin": "金", "rin": "林", "sin": "辛", "tin": "廷", "vin": "文", "win": "温", "gin": "金", "pin": "平", "nin": "宁",
          "son": "森", "ton": "顿", "don": "登", "mon": "蒙", "lon": "伦", "ron": "龙", "von": "冯", "con": "康", "bon": "邦", "hon": "洪", "non": "农", "pon": "庞"}
NAME = re.compile(r"\b[A-Z][a-z]{2,}(?:[ ·-]+[A-Z][a-z]+)*\b")


@lru_cache(maxsize=50000)
def spelt(word):
    out, rest = "", re.sub(r"(.)\1", r"\1", word.lower())
    rest = re.sub(r"(?<=[a-z][a-z])e$", "", rest)
    for old, new in (("igh", "ai"), ("oo", "u"), ("ee", "i"), ("ea", "i"), ("ou", "u"), ("au", "o"), ("aw", "o"), ("ie", "i"), ("ey", "i"), ("ay", "e"), ("ai", "e"), ("oe", "o")):
        rest = rest.replace(old, new)
    while rest:
        head = re.match(r"ch|sh|th|ph|qu|ck|[bcdfghjklmnpqrstvwxyz]|", rest)[0]
        after = rest[len(head) :]
        vowel = after[:1] if after[:1] in set("aeiou") and head not in ("x", "q", "ck") else ""
        closed = vowel and after[1:2] == "n" and after[2:3] not in set("aeiou") - {""}
        if closed and f"{head[-1:]}{vowel}n" in WITH_N and head not in ("ch", "sh", "th", "ph", "qu"):
            out, rest = out + WITH_N[f"{head}{vowel}n"], after[2:]
        elif vowel:
            out, rest = out + ROWS[head]["aeiou".index(vowel)] + (NASAL[vowel + "n"] if closed else ""), after[2 if closed else 1 :]
        elif head:
            out, rest = out + ALONE.get(head, ""), after
        else:
            rest = rest[1:]
    return out or word


def in_characters(text, share):
    """The text with a share of its names (the same names each time) in Chinese characters."""
    def name(found):
        if sum(map(ord, found[0])) % 100 >= 100 * share:
            return found[0]
        return "·".join(spelt(w) for w in re.split(r"[ ·-]+", found[0]))
    return re.sub(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])", "", NAME.sub(name, text))
