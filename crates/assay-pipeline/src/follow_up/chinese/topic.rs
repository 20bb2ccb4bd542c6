//! What a question is about.

use super::words::{bare, question_word};

/// Words of two characters that hold one of [`ENDS`].
const COMPOUNDS: &[&str] = &[
    "社会", "协会", "大会", "机会", "员会", "事会", "晚会", "聚会", "宴会", "工会", "年会", "议会", "乐会", "览会",
    "学会", "商会", "教会", "例会", "会议", "会员", "会计", "会长", "会费", "会客", "会场", "功能", "性能", "智能",
    "才能", "可能", "节能", "阳能", "核能", "电能", "职能", "热能", "能源", "能力", "能量", "能耗", "现在", "存在",
    "所在", "正在", "潜在", "在线", "在职", "在校", "所有", "国有", "私有", "拥有", "没有", "公有", "共有", "有限",
    "有关", "有效", "有机", "有些", "主要", "重要", "需要", "摘要", "纪要", "简要", "必要", "概要", "要求", "要点",
    "要素", "于是", "但是", "是否", "被子", "被告", "被动", "目的", "的确",
];

/// Characters that end what a question is about, where they are words of their own.
const ENDS: [char; 7] = ['是', '在', '有', '要', '会', '能', '被'];

/// Longer words that end it.
const LONG_ENDS: &[&str] = &[
    "是不是",
    "有没有",
    "能不能",
    "会不会",
    "可不可以",
    "要不要",
    "是否",
    "能否",
    "可否",
    "可以",
    "需要",
    "应该",
    "必须",
    "允许",
];

/// Words before a question word that are no part of it.
const ADVERBS: &[&str] =
    &["应该", "可以", "需要", "必须", "一共", "总共", "大概", "一般", "通常", "都", "应", "该", "得"];

/// What the last of some questions is about: what stands before its question word, or before what it says.
pub(super) fn topic(question: &str) -> Option<String> {
    let question = last_sentence(question);
    let end = match (question_word(question), said_from(question)) {
        // `2024年在挪威的利润` goes on behind 在.
        (Some(word), Some(said)) if question.get(said..word.start).is_some_and(|between| !between.contains('的')) => {
            said
        }
        (Some(word), _) => word.start,
        (None, said) => said?,
    };
    let mut topic = question.get(..end)?;
    while let Some(shorter) = without_ending(topic) {
        topic = shorter;
    }
    let topic = topic.trim_end_matches(['，', ',', ' ']);
    (topic.chars().count() >= 2).then(|| topic.to_owned())
}

/// The last of several questions in a row.
pub(super) fn last_sentence(question: &str) -> &str {
    bare(question).rsplit(['？', '?']).map(str::trim).find(|sentence| !sentence.is_empty()).unwrap_or_default()
}

fn without_ending(topic: &str) -> Option<&str> {
    if let Some(rest) = ADVERBS.iter().find_map(|word| topic.strip_suffix(word)) {
        return Some(rest);
    }
    let compound = COMPOUNDS.iter().any(|word| topic.ends_with(word));
    topic.strip_suffix(ENDS).filter(|_| !compound)
}

/// Where a question without a question word begins to say something.
fn said_from(question: &str) -> Option<usize> {
    let long = LONG_ENDS.iter().filter_map(|word| question.find(word)).filter(|at| *at > 0).min();
    let short = question.char_indices().filter(|(at, c)| *at > 0 && ENDS.contains(c)).map(|(at, _)| at);
    let in_word = |at: usize| {
        COMPOUNDS
            .iter()
            .flat_map(|word| question.match_indices(word))
            .any(|(start, word)| (start..start + word.len()).contains(&at))
    };
    long.into_iter().chain(short.filter(|at| !in_word(*at))).min()
}
