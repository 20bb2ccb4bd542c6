"""The 40 pairs: eight questions in English and Chinese, five passages each. Written for these tests.

The five are one short passage, one in the other language, a long one, one longer than every small model
reads, and an empty one.
"""

FACTS = [
    "The lighthouse at the harbour entrance was repainted in the spring of 1987, after the storm.",
    "Version 3.2 stores its settings in a single file; version 3.1 kept them in the registry.",
    "Naïve café owners paid €4.50 (plus 7 % tax) on 2024-02-29, didn't they?",
    "She was born in Lisbon in 1902 and died in Geneva on the 4th of May 1971.",
    "Do not store the vaccine above 8 °C; a frozen vial must never be used.",
    "The committee used to meet on Mondays, but now it meets every second Thursday.",
    "A cross-encoder reads the question and the passage together, token against token.",
    "The river rises in the northern hills and reaches the sea after three hundred kilometres.",
]

ZHONG = [
    "港口入口处的灯塔在1987年春天的暴风雨之后重新粉刷过。",
    "3.2版把设置保存在一个文件里，3.1版则写在注册表中。",
    "咖啡馆老板在2024年2月29日支付了4.50欧元，另加百分之七的税。",
    "她1902年出生于里斯本，1971年5月4日在日内瓦去世。",
    "疫苗不得在8摄氏度以上存放，冻结过的药瓶绝不能使用。",
    "委员会过去每周一开会，现在改为每两周的星期四开会。",
    "交叉编码器把问题和段落放在一起逐词阅读，然后给出分数。",
    "这条河发源于北部山区，流经三百公里后注入大海。",
]

QUESTIONS = [
    "When was the lighthouse last repainted?",
    "Where does version 3.2 store its settings?",
    "When did she die, and where?",
    "How warm may the vaccine be kept?",
    "灯塔是什么时候重新粉刷的？",
    "3.1版的设置保存在哪里？",
    "委员会现在什么时候开会？",
    "交叉编码器怎样阅读问题和段落？",
]


def passages(number):
    """The five passages of a question."""
    turned = lambda texts: texts[number:] + texts[:number]
    chinese = number >= 4
    own, other = (ZHONG, FACTS) if chinese else (FACTS, ZHONG)
    join = "" if chinese else " "
    return [
        turned(own)[0],
        turned(other)[0],
        join.join(turned(own)[:2]),
        join.join(turned(own)) + " " + " ".join(turned(other)),
        "",
    ]


def pairs():
    """All pairs, question by question."""
    return [(question, passage) for n, question in enumerate(QUESTIONS) for passage in passages(n)]


def corpus():
    """The texts that the small vocabularies are trained on."""
    return FACTS + ZHONG + QUESTIONS
