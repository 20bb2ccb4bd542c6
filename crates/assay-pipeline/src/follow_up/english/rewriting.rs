//! A follow-up rewritten after the questions before it.

use assay_domain::{IdentifierKind, identifiers};

use super::leaning::is_fragment;
use super::naming::{kind_of_thing, proper_name, thing, trimmed};
use super::pronoun::open_pronoun;
use super::words::{AUXILIARIES, DETERMINERS, PREPOSITIONS, YEAR_STEPS, bare, led, words};
use crate::follow_up::naming::{identifier_exchanged, last_year, replaced_last, year_moved};

/// The follow-up rewritten after the questions before it, of which `before` is the last; `None` if no rule fits.
pub(in crate::follow_up) fn rewritten(question: &str, before: &str, earlier: &[String]) -> Option<String> {
    let led = led(question);
    let rest = led.as_ref().map_or(bare(question), |led| led.rest);
    if let Some(text) = year_stepped(rest, before) {
        return Some(text);
    }
    if is_question_phrase(rest) {
        return after_question_word(rest, before);
    }
    if is_fragment(&words(rest)) {
        return phrase_exchanged(rest, before).or_else(|| only_identifier_exchanged(rest, before));
    }
    let asked = if led.is_some() { format!("{}?", capitalised(rest)) } else { question.trim().to_owned() };
    pronoun_named(&asked, earlier)
}

/// Whether the rewritten question still has the words of the follow-up that say something.
pub(in crate::follow_up) fn keeps_words(question: &str, rewritten: &str) -> bool {
    let lower = bare(led(question).map_or(question, |led| led.rest)).to_lowercase();
    let step = YEAR_STEPS.iter().find(|(phrase, _)| lower.ends_with(phrase)).map_or("", |(phrase, _)| *phrase);
    let own = lower.strip_suffix(step).unwrap_or(&lower);
    let own = if RELATIVE.iter().any(|(phrase, _)| own == *phrase) { "" } else { own };
    let there = words(rewritten);
    words(own).iter().filter(|word| word.is_content()).all(|word| there.iter().any(|other| other.plain == word.plain))
}

/// Alone they are counted from the year of the question before, within a question from today.
const RELATIVE: &[(&str, i32)] = &[("last year", -1), ("next year", 1)];

/// `the year before` as a year: alone it moves the year of the question before, else it gives way to the year.
fn year_stepped(rest: &str, before: &str) -> Option<String> {
    let lower = rest.to_ascii_lowercase();
    let relative = RELATIVE.iter().find(|(phrase, _)| lower.trim_start_matches("in ") == *phrase);
    let (phrase, by) = YEAR_STEPS.iter().find(|(phrase, _)| lower.ends_with(phrase)).or(relative)?;
    let own = rest.get(..rest.len() - phrase.len())?.trim();
    if words(own).iter().all(|word| !word.is_content()) && own.split_whitespace().count() <= 1 {
        return year_moved(before, *by);
    }
    let year = last_year(before)? + by;
    let own = own.strip_suffix(" in").unwrap_or(own);
    Some(format!("{} in {year}?", capitalised(own)))
}

/// `how often`, `why`, `in which month`: a question word and nothing that is named.
fn is_question_phrase(rest: &str) -> bool {
    let words = words(rest);
    let asks = words.first().is_some_and(|word| word.is(&["how", "when", "where", "why", "who"]));
    asks && words.len() <= 2 && words.iter().all(|word| !word.is_content() && !word.is_pronoun())
}

/// The question before from its auxiliary on, behind the new question word. What is named before the auxiliary would be lost.
fn after_question_word(phrase: &str, before: &str) -> Option<String> {
    let parts: Vec<&str> = before.split_whitespace().collect();
    let auxiliary = parts.iter().position(|word| AUXILIARIES.contains(&word.to_lowercase().as_str()))?;
    let names = words(&parts.get(..auxiliary)?.join(" ")).iter().any(|word| word.is_content());
    (!names).then_some(format!("{} {}", capitalised(phrase), parts.get(auxiliary..)?.join(" ")))
}

/// A phrase behind a preposition takes the place of the last one of its kind behind the same preposition; without one it is
/// added. Years, codes and numbers are kinds: `in 2022` takes the place of `in 2024`, not of `in Norway`.
fn phrase_exchanged(rest: &str, before: &str) -> Option<String> {
    let mut new = rest.split_whitespace();
    let preposition = new.next().filter(|word| PREPOSITIONS.contains(&word.to_lowercase().as_str()))?;
    let new: Vec<&str> = new.collect();
    let before = bare(before);
    let words: Vec<&str> = before.split_whitespace().collect();
    let phrase = |place: usize| {
        let old = words.get(place + 1..).unwrap_or_default();
        old.get(..old.iter().position(is_end_of_phrase).unwrap_or(old.len())).unwrap_or_default()
    };
    let kind = |words: &[&str]| identifiers(&words.join(" ")).first().map(|one| one.kind);
    let place = words.iter().enumerate().rposition(|(place, word)| {
        word.eq_ignore_ascii_case(preposition) && !phrase(place).is_empty() && kind(phrase(place)) == kind(&new)
    });
    let Some(place) = place else {
        return Some(format!("{before} {} {}?", preposition.to_lowercase(), new.join(" ")));
    };
    let old = phrase(place);
    let phrase = with_noun(&new, old);
    let parts = [words.get(..=place)?, &[phrase.as_str()], words.get(place + 1 + old.len()..)?].concat();
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

/// An identifier takes the place of the one before, if the follow-up says nothing else that the question before does not.
fn only_identifier_exchanged(rest: &str, before: &str) -> Option<String> {
    let one = identifiers(rest).into_iter().next()?;
    if let Some(text) = identifier_exchanged(rest, before) {
        return Some(text);
    }
    let alone = rest.trim() == one.written && one.kind == IdentifierKind::Year;
    alone.then(|| format!("{} in {}?", bare(before), one.written))
}

/// The first pronoun that stands for nothing in the question gives way to what the questions before name, the last first.
fn pronoun_named(question: &str, earlier: &[String]) -> Option<String> {
    let place = open_pronoun(&words(question))?;
    let parts: Vec<&str> = question.split_whitespace().filter(|part| part.contains(char::is_alphanumeric)).collect();
    let pronoun = *parts.get(place)?;
    let word = words(pronoun).into_iter().next()?;
    let next_is_noun =
        words(parts.get(place + 1).copied().unwrap_or_default()).first().is_some_and(|next| next.is_content());
    let owns = word.is(&["its", "their", "his"]) || (word.plain == "her" && next_is_noun);
    let name = meant(&word.plain, earlier)?;
    let name = if owns { format!("{name}'s") } else { name };
    // `it's` leaves its verb behind.
    let verb = if trimmed(pronoun).len() > word.plain.len() { " is" } else { "" };
    let said = replaced_last(pronoun, trimmed(pronoun), &format!("{name}{verb}"))?;
    let parts = [parts.get(..place)?, &[said.as_str()], parts.get(place + 1..)?].concat();
    Some(parts.join(" "))
}

/// What a pronoun stands for: a name for a person, a thing for anything else.
fn meant(pronoun: &str, earlier: &[String]) -> Option<String> {
    let person = matches!(pronoun, "he" | "she" | "him" | "his" | "her" | "hers");
    let one = matches!(pronoun, "it" | "its" | "this" | "that");
    let sentences = earlier.iter().rev().flat_map(|question| question.rsplit(['?', '!']));
    let mut sentences = sentences.map(str::trim).filter(|sentence| !sentence.is_empty());
    match pronoun {
        "one" | "ones" => {
            let kind = sentences.find_map(kind_of_thing)?;
            Some(kind.get(usize::from(kind.len() > 1)..)?.join(" "))
        }
        _ if person => sentences.find_map(proper_name),
        _ => sentences.find_map(|sentence| thing(sentence, one).or_else(|| proper_name(sentence))),
    }
}

fn capitalised(phrase: &str) -> String {
    let mut chars = phrase.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
