//! The rules for English.

use super::naming::{identifier_exchanged, replaced_last, year_moved};

/// Words that lead a follow-up in and say nothing.
const LEADS: [&str; 12] = [
    "and",
    "but",
    "or",
    "then",
    "also",
    "so",
    "what about",
    "how about",
    "and what about",
    "and how about",
    "okay and",
    "ok and",
];

/// Words that stand for something named before.
const PRONOUNS: [&str; 17] = [
    "it", "its", "they", "them", "their", "theirs", "he", "she", "him", "his", "her", "hers", "this", "that", "these",
    "those", "one",
];

/// Words that carry no subject.
const EMPTY: [&str; 63] = [
    "a", "an", "the", "of", "in", "on", "at", "to", "for", "from", "with", "by", "about", "and", "or", "but", "is",
    "are", "was", "were", "be", "been", "do", "does", "did", "has", "have", "had", "can", "could", "will", "would",
    "should", "must", "may", "might", "what", "which", "who", "whom", "whose", "when", "where", "why", "how", "much",
    "many", "often", "long", "far", "old", "there", "then", "so", "also", "too", "not", "if", "as", "than", "more",
    "i", "you",
];

const AUXILIARIES: [&str; 19] = [
    "is", "are", "was", "were", "do", "does", "did", "can", "could", "will", "would", "should", "must", "may", "might",
    "has", "have", "had", "shall",
];

const PREPOSITIONS: [&str; 12] =
    ["of", "in", "for", "at", "on", "with", "from", "to", "by", "about", "during", "under"];

const DETERMINERS: [&str; 9] = ["the", "a", "an", "my", "our", "your", "this", "that", "these"];

/// Whether a question leans on the one before: it begins like a follow-up, a pronoun stands before anything it could mean,
/// or nothing is named at all.
pub(super) fn leans(question: &str) -> bool {
    let words = words(question);
    let lower: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    if without_lead(question).is_some() {
        return true;
    }
    let said =
        |words: &[String]| words.iter().filter(|word| !EMPTY.contains(&word.as_str()) && !is_pronoun(word)).count();
    let pronoun = lower.iter().enumerate().position(|(place, word)| {
        // `that pump` and `this year` name their thing themselves.
        let names = matches!(word.as_str(), "this" | "that" | "these" | "those" | "one")
            && lower.get(place + 1).is_some_and(|next| !EMPTY.contains(&next.as_str()));
        is_pronoun(word) && !names
    });
    if let Some(place) = pronoun
        && said(lower.get(..place).unwrap_or_default()) == 0
    {
        return true;
    }
    let names_something = words.iter().skip(1).any(|word| word.chars().next().is_some_and(char::is_uppercase));
    said(&lower) == 0 || (lower.len() <= 3 && is_preposition(&lower) && !names_something)
}

fn is_preposition(words: &[String]) -> bool {
    words.first().is_some_and(|word| PREPOSITIONS.contains(&word.as_str()))
}

fn is_pronoun(word: &str) -> bool {
    PRONOUNS.contains(&word)
}

/// The follow-up rewritten after the question before it; `None` if no rule fits.
pub(super) fn rewritten(question: &str, before: &str) -> Option<String> {
    let rest = without_lead(question).unwrap_or_else(|| bare(question).to_owned());
    let lower = rest.to_lowercase();
    if let Some(by) = year_step(&lower) {
        return year_moved(before, by);
    }
    if is_question_phrase(&lower) {
        return after_question_word(&rest, before);
    }
    phrase_exchanged(&rest, before)
        .or_else(|| (words(&rest).len() <= 4).then(|| identifier_exchanged(&rest, before)).flatten())
        .or_else(|| pronoun_named(question.trim(), before))
}

/// The question without its end mark.
fn bare(question: &str) -> &str {
    question.trim().trim_end_matches(['?', '.', '!', ' '])
}

/// What follows the words that lead a follow-up in; `None` if it has none.
fn without_lead(question: &str) -> Option<String> {
    let bare = bare(question);
    let lower = bare.to_lowercase();
    let lead = LEADS.iter().filter(|lead| lower.strip_prefix(**lead).is_some_and(|rest| rest.starts_with([' ', ','])));
    let longest = lead.max_by_key(|lead| lead.len())?;
    let rest = bare.get(longest.len()..)?.trim_start_matches([' ', ',']);
    Some(rest.to_owned()).filter(|rest| !rest.is_empty())
}

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace()
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|word| !word.is_empty())
        .collect()
}

fn year_step(follow_up: &str) -> Option<i32> {
    let says = |all: &[&str]| all.iter().any(|words| follow_up.contains(words));
    if says(&["year before", "previous year", "year earlier", "prior year", "last year"]) {
        return Some(-1);
    }
    says(&["year after", "next year", "following year", "year later"]).then_some(1)
}

/// `how often`, `why`, `in which month`: a question word and nothing that is named.
fn is_question_phrase(follow_up: &str) -> bool {
    let words = words(follow_up);
    let asks = words.first().is_some_and(|word| matches!(*word, "how" | "when" | "where" | "why" | "who"));
    asks && words.len() <= 2 && words.iter().all(|word| EMPTY.contains(word))
}

/// The question before from its auxiliary on, behind the new question word.
fn after_question_word(phrase: &str, before: &str) -> Option<String> {
    let words: Vec<&str> = before.split_whitespace().collect();
    let auxiliary = words.iter().position(|word| AUXILIARIES.contains(&word.to_lowercase().as_str()))?;
    Some(format!("{} {}", capitalised(phrase), words.get(auxiliary..)?.join(" ")))
}

/// A phrase behind a preposition takes the place of the last one behind the same preposition; without one it is added.
fn phrase_exchanged(rest: &str, before: &str) -> Option<String> {
    let mut new = rest.split_whitespace();
    let preposition = new.next().filter(|word| PREPOSITIONS.contains(&word.to_lowercase().as_str()))?;
    let new: Vec<&str> = new.collect();
    let before = bare(before);
    let words: Vec<&str> = before.split_whitespace().collect();
    let Some(place) = words.iter().rposition(|word| word.eq_ignore_ascii_case(preposition)) else {
        return Some(format!("{before} {preposition} {}?", new.join(" ")));
    };
    let old = words.get(place + 1..)?;
    let end = old.iter().position(is_end_of_phrase).unwrap_or(old.len());
    let phrase = with_noun(&new, old.get(..end)?);
    let parts = [words.get(..=place)?, &[phrase.as_str()], old.get(end..)?].concat();
    Some(format!("{}?", parts.join(" ")))
}

fn is_end_of_phrase(word: &&str) -> bool {
    let word = word.to_lowercase();
    PREPOSITIONS.contains(&word.as_str()) || AUXILIARIES.contains(&word.as_str())
}

/// `the green one` after `yellow pea protein` is `the green pea protein`.
fn with_noun(new: &[&str], old: &[&str]) -> String {
    let Some((one, described)) = new.split_last().filter(|(last, _)| matches!(**last, "one" | "ones")) else {
        return new.join(" ");
    };
    let old: Vec<&str> =
        old.iter().copied().skip_while(|word| DETERMINERS.contains(&word.to_lowercase().as_str())).collect();
    match old.split_first() {
        Some((_, noun)) if !noun.is_empty() => [described, noun].concat().join(" "),
        _ => [described, &[*one]].concat().join(" "),
    }
}

/// The first pronoun gives way to what the question before names.
fn pronoun_named(question: &str, before: &str) -> Option<String> {
    let name = named(before)?;
    let words: Vec<&str> = question.split_whitespace().collect();
    let plain = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let place = words.iter().position(|word| is_pronoun(&plain(word)))?;
    let pronoun = words.get(place)?;
    let next_is_noun = words.get(place + 1).is_some_and(|next| !EMPTY.contains(&plain(next).as_str()));
    let owns = matches!(plain(pronoun).as_str(), "its" | "their" | "his") || (plain(pronoun) == "her" && next_is_noun);
    let named = if owns { format!("{name}'s") } else { name };
    let said = replaced_last(pronoun, pronoun.trim_matches(|c: char| !c.is_alphanumeric()), &named)?;
    let parts = [words.get(..place)?, &[said.as_str()], words.get(place + 1..)?].concat();
    Some(parts.join(" "))
}

/// What a question names: its last name in capitals, else the phrase behind its first `the`.
fn named(question: &str) -> Option<String> {
    let words: Vec<&str> = bare(question).split_whitespace().collect();
    let is_name = |word: &&str| {
        word.chars().next().is_some_and(char::is_uppercase) && !EMPTY.contains(&word.to_lowercase().as_str())
    };
    let mut names: Vec<Vec<&str>> = vec![Vec::new()];
    for word in words.iter().skip(1) {
        match names.last_mut() {
            Some(name) if is_name(word) => name.push(word.trim_matches(|c: char| !c.is_alphanumeric())),
            Some(name) if !name.is_empty() => names.push(Vec::new()),
            _ => (),
        }
    }
    if let Some(name) = names.into_iter().rfind(|name| !name.is_empty()) {
        return Some(name.join(" "));
    }
    let start = words.iter().position(|word| DETERMINERS.contains(&word.to_lowercase().as_str()))?;
    let phrase: Vec<&str> = words
        .iter()
        .skip(start + 1)
        .copied()
        .take_while(|word| !is_end_of_phrase(word) && !EMPTY.contains(word))
        .collect();
    let ends_in_verb = phrase.len() > 1 && phrase.last().is_some_and(|word| word.ends_with("ed"));
    let phrase = phrase.get(..phrase.len() - usize::from(ends_in_verb))?;
    (!phrase.is_empty()).then(|| format!("the {}", phrase.join(" ")))
}

fn capitalised(phrase: &str) -> String {
    let mut chars = phrase.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
