//! A follow-up rewritten after the question before it.

use assay_domain::{IdentifierKind, identifiers};

use super::topic::{last_sentence, topic};
use super::words::{asks, bare, is_year, open_pronoun, question_word, without_lead, year_step};
use crate::follow_up::naming::{identifier_exchanged, last_year, year_moved};

/// The follow-up rewritten after the question before it; `None` if no rule fits.
pub(in crate::follow_up) fn rewritten(question: &str, before: &str) -> Option<String> {
    let whole = bare(question);
    let stem = whole.trim_end_matches('呢');
    let rest = without_lead(stem);
    if let Some((phrase, by)) = year_step(rest) {
        let own = rest.get(phrase.len()..)?.trim_start_matches('的');
        if own.is_empty() {
            return year_moved(before, by);
        }
        let year = format!("{}年", last_year(before)? + by);
        let named = format!("{year}的{own}");
        return if asks(own) { Some(format!("{}{named}？", before_year(before)?)) } else { exchanged(&named, before) };
    }
    if let Some(pronoun) = open_pronoun(stem) {
        let said = whole.get(pronoun.end..)?;
        let led = stem.get(stem.len() - rest.len()..pronoun.start).unwrap_or_default();
        let meant = meant(stem.get(pronoun)?, before)?;
        return Some(format!("{led}{meant}{said}？"));
    }
    if !asks(stem) {
        return identifier_exchanged(rest, before).or_else(|| exchanged(rest, before));
    }
    let asks = question_word(rest).is_some_and(|range| range.start == 0);
    asks.then(|| without_question(before)).flatten().map(|topic| format!("{topic}，{rest}？"))
}

/// Whether the rewritten question still has the words of the follow-up that say something.
pub(in crate::follow_up) fn keeps_words(question: &str, rewritten: &str) -> bool {
    let stem = bare(question).trim_end_matches('呢');
    let open = open_pronoun(stem).unwrap_or(0..0);
    let rest = without_lead(stem);
    let rest = match year_step(rest) {
        Some((phrase, _)) => rest.get(phrase.len()..).unwrap_or_default(),
        None if !open.is_empty() => stem.get(open.end..).unwrap_or_default(),
        None => rest,
    };
    rewritten.contains(rest.trim_start_matches('的'))
}

/// Characters that end what a person is called.
const PERSONS: [char; 14] = ['人', '长', '员', '师', '者', '生', '理', '任', '总', '家', '手', '客', '主', '工'];

/// What a pronoun stands for: for a person, who owns what the question before is about, unless that is a person.
fn meant(pronoun: &str, before: &str) -> Option<String> {
    let topic = topic(before)?;
    if pronoun.starts_with(['他', '她']) && !topic.ends_with(PERSONS) {
        return Some(topic.split_once('的').map_or(topic.clone(), |(owner, _)| owner.to_owned()));
    }
    Some(if pronoun == "其" { format!("{topic}的") } else { topic })
}

/// What a named thing with `呢` asks: it takes the place of what it is like in the question before. `绿豌豆蛋白` is like
/// `黄豌豆蛋白`, and `含水量` is like neither that nor `碳足迹`, so that no rule fits.
fn exchanged(named: &str, before: &str) -> Option<String> {
    let sentence = last_sentence(before);
    let topic = topic(sentence)?;
    let said = sentence.strip_prefix(topic.as_str())?;
    let (owner, thing) = topic.split_once('的').map_or((topic.as_str(), None), |(owner, thing)| (owner, Some(thing)));
    let new = match (named.split_once('的').filter(|(_, thing)| !thing.is_empty()), thing) {
        (Some((new_owner, new_thing)), _) => format!("{}的{new_thing}", with_year(new_owner, owner)),
        (None, _) if named.ends_with('的') || named.is_empty() => return None,
        (None, Some(thing)) if is_year(named) || is_like(named, owner) => {
            format!("{}的{thing}", with_year(named, owner))
        }
        (None, Some(thing)) if is_like(named, thing) => format!("{owner}的{named}"),
        (None, None) if is_like(named, owner) => named.to_owned(),
        _ if is_time(named) => format!("{topic}{named}"),
        _ => return None,
    };
    Some(format!("{new}{said}？"))
}

/// A year takes the place of the year of an owner: `松岩公司2024年` and `2023年` are `松岩公司2023年`.
fn with_year(new: &str, owner: &str) -> String {
    let old = identifiers(owner).into_iter().rfind(|one| one.kind == IdentifierKind::Year);
    match (is_year(new), old) {
        (true, Some(old)) => {
            let year = identifiers(new).into_iter().next().map(|one| one.written).unwrap_or_default();
            owner.replacen(&old.written, &year, 1)
        }
        (true, None) => format!("{owner}{new}"),
        _ => new.to_owned(),
    }
}

/// Whether two names end alike, as two models and two proteins do.
fn is_like(one: &str, other: &str) -> bool {
    one.chars().last().is_some_and(|last| other.ends_with(last) && !last.is_ascii())
}

fn is_time(named: &str) -> bool {
    let times = ["周", "星期", "月", "天", "日", "节", "假", "早上", "上午", "下午", "晚上", "夜里", "年"];
    times.iter().any(|time| named.starts_with(time) || named.ends_with(time))
}

/// What stands before the year of a question: whose year it is.
fn before_year(before: &str) -> Option<&str> {
    let sentence = last_sentence(before);
    let year = identifiers(sentence).into_iter().rfind(|one| one.kind == IdentifierKind::Year)?;
    sentence.get(..sentence.find(&year.written)?)
}

/// A question without its question word.
fn without_question(question: &str) -> Option<String> {
    let mut question = last_sentence(question).trim_end_matches(['吗', '呢']).to_owned();
    let word = question_word(&question)?;
    question.replace_range(word, "");
    Some(question).filter(|rest| !rest.is_empty())
}
