//! A follow-up as a question that stands alone: `And how often?` after `When is the pond pump cleaned?` becomes
//! `How often is the pond pump cleaned?`
//!
//! [`leans`] says whether a question leans on the one before: only one with a pronoun that stands for nothing in it, with
//! something missing, or without a subject. [`stand_alone`] rewrites it by rules. They carry over what the question does not
//! say itself: a year moves, a question word, a phrase or an identifier takes the place of the one before, a pronoun gives way
//! to what was named. Where no rule fits, or where one would lose a word of the question, the question before is put in front,
//! so that nothing is lost.

mod english;
mod chinese;
mod naming;

use assay_domain::{Names, identifiers};

use crate::language::has_han;

/// Whether a question leans on the one before it.
pub fn leans(question: &str) -> bool {
    if has_han(question) { chinese::leans(question) } else { english::leans(question) }
}

/// The question with what it takes from the ones before, of which the last stands alone itself. It keeps its own words.
pub fn stand_alone(question: &str, earlier: &[String]) -> String {
    let Some(before) = earlier.last().map(|before| before.trim()) else { return question.to_owned() };
    let rewritten = match (has_han(question), has_han(before)) {
        (true, true) => chinese::rewritten(question, before).filter(|text| chinese::keeps_words(question, text)),
        (false, false) => {
            english::rewritten(question, before, earlier).filter(|text| english::keeps_words(question, text))
        }
        _ => None,
    };
    rewritten.unwrap_or_else(|| format!("{before} {}", question.trim()))
}

/// Whether a question that was rewritten still names every number, year and code of the follow-up.
pub fn keeps_names(question: &str, rewritten: &str) -> bool {
    let names = Names::of(rewritten);
    identifiers(question).iter().all(|identifier| names.contain(identifier))
}

#[cfg(test)]
mod tests;
