//! Classes of words, and where they stand in a question.

use std::ops::Range;

use assay_domain::{IdentifierKind, identifiers};

/// Words that lead a follow-up in and say nothing. `那` alone is also the first character of names.
const LEADS: &[&str] = &["那么", "还有", "另外", "以及", "而且", "那", "而"];

/// Words that stand for persons and things named before, wherever they stand.
const PRONOUNS: &[&str] = &["它们", "他们", "她们", "它", "他", "她"];

/// Words that stand for something only before a word that says something of it: `这个怎么用`, not `这个月`.
const POINTING: &[&str] = &["这个", "那个", "这些", "那些", "那里", "那儿", "那边"];

/// What follows a pointing word that names nothing itself.
const SAID_OF: &[char] = &[
    '是', '多', '有', '要', '怎', '会', '能', '在', '为', '什', '几', '和', '跟', '对', '可', '应', '需', '值', '贵',
    '的', '如', '何', '谁', '哪', '开', '关', '离', '属',
];

/// Names that begin with one of [`SAID_OF`].
const NAMES: &[&str] = &[
    "会议", "会员", "会计", "会长", "会场", "能源", "能力", "能量", "在线", "有机", "有限", "开关", "关键", "关系",
    "需求", "应用", "对比", "对象", "多种", "多数", "属性", "要求", "要点", "贵宾", "值班", "可能", "离职", "和平",
];

/// Words for a year that another one is counted from.
pub(super) const YEAR_STEPS: &[(&str, i32)] = &[
    ("前一年", -1),
    ("上一年", -1),
    ("上年", -1),
    ("去年", -1),
    ("后一年", 1),
    ("下一年", 1),
    ("次年", 1),
    ("第二年", 1),
];

/// Question words, with the words around them that belong to them.
const QUESTIONS: &[&str] = &[
    "是什么时候",
    "什么时候",
    "是哪一年",
    "哪一年",
    "是哪年",
    "哪年",
    "哪一天",
    "多久一次",
    "多长时间",
    "为什么",
    "为何",
    "是多少",
    "有多少",
    "有哪些",
    "是哪些",
    "哪些",
    "在哪里",
    "在哪儿",
    "多少钱",
    "是什么",
    "怎么样",
    "怎么办",
    "怎样",
    "怎么",
    "如何",
    "什么",
    "多少",
    "何时",
    "多久",
    "哪里",
    "哪儿",
    "哪个",
    "哪种",
    "多重",
    "多长",
    "多高",
    "多大",
    "多远",
    "几点",
    "几个",
    "几次",
    "是谁",
    "谁",
];

/// Words that make a question without a question word.
const ALTERNATIVES: &[&str] =
    &["吗", "是不是", "有没有", "能不能", "会不会", "可不可以", "要不要", "是否", "能否", "可否"];

/// Words that name nothing.
const EMPTY: &[&str] = &[
    "别的", "其他", "其它", "更多", "详细", "说明", "解释", "请问", "如果", "关于", "我们", "一下", "一点", "请", "当",
    "从", "对", "把", "被", "给", "跟", "和", "由", "我", "你", "的", "了", "吗", "是", "要", "呢", "会", "能", "在",
    "有", "都", "还", "再", "也", "呀", "啊", "说", "讲", "，", ",", " ",
];

pub(super) fn bare(question: &str) -> &str {
    question.trim().trim_end_matches(['？', '?', '。', '！', ' '])
}

/// The question behind the word that leads it in; the whole if none does.
pub(super) fn without_lead(question: &str) -> &str {
    let rest = LEADS.iter().find_map(|lead| question.strip_prefix(lead)).unwrap_or(question);
    rest.trim_start_matches(['，', ',', ' '])
}

/// Where the first question word stands, the longest of those that begin there.
pub(super) fn question_word(question: &str) -> Option<Range<usize>> {
    let found = QUESTIONS.iter().filter_map(|word| question.find(word).map(|at| at..at + word.len()));
    found.min_by_key(|range| (range.start, usize::MAX - range.end))
}

/// Whether it is a question by itself, and not the name of something with `呢` behind it.
pub(super) fn asks(question: &str) -> bool {
    question_word(question).is_some() || ALTERNATIVES.iter().any(|word| question.contains(word))
}

/// What is left without question words and words that name nothing.
pub(super) fn content(question: &str) -> String {
    let mut rest = question.to_owned();
    while let Some(range) = question_word(&rest) {
        rest.replace_range(range, "");
    }
    for word in EMPTY {
        rest = rest.replace(word, "");
    }
    rest
}

/// The pronoun of a question that stands for nothing named before it in the question.
pub(super) fn open_pronoun(question: &str) -> Option<Range<usize>> {
    let rest = without_lead(question);
    let lead = question.len() - rest.len();
    let points = |word: &&&str| {
        let after = question.strip_prefix(**word);
        after.is_some_and(|after| after.starts_with(SAID_OF) && !NAMES.iter().any(|name| after.starts_with(name)))
    };
    // `那` and `这` alone also lead a question in, and begin names.
    let alone = ["那是", "这是", "这要", "这怎", "这多"].iter().any(|start| question.starts_with(start));
    let pointing = POINTING.iter().find(points).map(|word| word.len()).or(alone.then_some('那'.len_utf8()));
    if let Some(length) = pointing {
        return Some(0..length);
    }
    let owned = rest.strip_prefix('其').and_then(|after| after.chars().next());
    if owned.is_some_and(|next| !"中他余实次它间".contains(next)) {
        return Some(lead..lead + '其'.len_utf8());
    }
    let found = PRONOUNS.iter().flat_map(|word| rest.match_indices(word).map(move |(at, _)| at..at + word.len()));
    let stands = |range: &Range<usize>| {
        let (before, after) = (rest.get(..range.start).unwrap_or_default(), rest.get(range.end..).unwrap_or_default());
        let in_word =
            before.ends_with(['其', '吉', '维', '利']) || after.starts_with(['乡', '人', '国', '山', '日', '汀', '杀']);
        !in_word && content(before).is_empty()
    };
    let first = found.filter(stands).min_by_key(|range| (range.start, usize::MAX - range.end))?;
    Some(lead + first.start..lead + first.end)
}

/// The word for a year that another one is counted from, at the beginning of a follow-up.
pub(super) fn year_step(follow_up: &str) -> Option<(&'static str, i32)> {
    YEAR_STEPS.iter().copied().find(|(phrase, _)| follow_up.starts_with(phrase))
}

/// Whether a text is a year and nothing else: `2022年`, `在2022年度`.
pub(super) fn is_year(text: &str) -> bool {
    let found = identifiers(text);
    let [one] = found.as_slice() else { return false };
    let year = one.kind == IdentifierKind::Year;
    year && text.replacen(&one.written, "", 1).trim_matches(['年', '度', '的', '在']).is_empty()
}
