//! The rules for Chinese.

use super::naming::{identifier_exchanged, year_moved};

/// Words that lead a follow-up in and say nothing. `那` alone is also the first character of names.
const LEADS: [&str; 7] = ["那么", "还有", "另外", "以及", "而且", "那", "而"];

/// Words that stand for something named before.
const PRONOUNS: [&str; 11] = ["它们", "他们", "她们", "这个", "那个", "这些", "那些", "它", "他", "她", "此"];

/// Question words, with the words around them.
const QUESTIONS: [&str; 22] = [
    "是什么时候",
    "什么时候",
    "是哪一年",
    "哪一年",
    "多久一次",
    "为什么",
    "是多少",
    "有多少",
    "在哪里",
    "多少钱",
    "是什么",
    "怎么样",
    "多少",
    "何时",
    "多久",
    "哪里",
    "怎么",
    "如何",
    "什么",
    "多重",
    "是谁",
    "谁",
];

fn bare(question: &str) -> &str {
    question.trim().trim_end_matches(['？', '?', '。', '！', ' '])
}

/// Whether a question leans on the one before: it ends in `呢`, begins with a lead or a pronoun, or names nothing.
pub(super) fn leans(question: &str) -> bool {
    let question = bare(question);
    if question.ends_with('呢')
        || question.starts_with("还有")
        || PRONOUNS.iter().any(|word| question.starts_with(word))
    {
        return true;
    }
    QUESTIONS
        .iter()
        .any(|word| question.replacen(word, "", 1).chars().filter(|c| !"的了吗是要呢，".contains(*c)).count() == 0)
}

/// The follow-up rewritten after the question before it; `None` if no rule fits.
pub(super) fn rewritten(question: &str, before: &str) -> Option<String> {
    let rest = bare(question);
    if let Some(by) = year_step(rest) {
        return year_moved(before, by);
    }
    if let Some(pronoun) = PRONOUNS.iter().find(|word| rest.starts_with(**word)) {
        return Some(format!("{}{}", topic(before)?, question.trim().strip_prefix(pronoun)?));
    }
    let lead = LEADS.iter().find(|lead| rest.starts_with(**lead) && rest.ends_with('呢'));
    let named = lead.map_or(rest, |lead| rest.strip_prefix(lead).unwrap_or(rest)).trim_start_matches(['，', ' ']);
    if let Some(named) = named.strip_suffix('呢') {
        return identifier_exchanged(named, before).or_else(|| owner_exchanged(named, before));
    }
    let asks = QUESTIONS.iter().any(|word| rest.starts_with(word));
    asks.then(|| without_question(before)).flatten().map(|topic| format!("{topic}，{}", question.trim()))
}

fn year_step(follow_up: &str) -> Option<i32> {
    let says = |all: &[&str]| all.iter().any(|word| follow_up.contains(word));
    if says(&["前一年", "上一年", "去年", "上年"]) {
        return Some(-1);
    }
    says(&["后一年", "下一年", "次年", "第二年"]).then_some(1)
}

/// `绿豌豆蛋白` takes the place of what owns the rest of the question: `黄豌豆蛋白的碳足迹是多少？`
fn owner_exchanged(named: &str, before: &str) -> Option<String> {
    let (_, rest) = before.split_once('的').filter(|_| !named.ends_with('的') && !named.is_empty())?;
    Some(format!("{named}的{rest}"))
}

/// What a question is about: what stands before its first particle or question word.
fn topic(question: &str) -> Option<String> {
    let question = bare(question);
    let ends = ["的", "是", "在", "有", "要", "会", "能", "被", "需要", "可以"].iter().chain(&QUESTIONS);
    let end = ends.filter_map(|word| question.find(word)).filter(|at| *at > 0).min().unwrap_or(question.len());
    question.get(..end).filter(|topic| topic.chars().count() >= 2).map(str::to_owned)
}

/// A question without its question word.
fn without_question(question: &str) -> Option<String> {
    let question = bare(question).trim_end_matches(['吗', '呢']);
    let word = QUESTIONS.iter().find(|word| question.contains(**word))?;
    Some(question.replacen(word, "", 1)).filter(|rest| !rest.is_empty())
}
