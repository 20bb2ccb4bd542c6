//! Years and identifiers that change places between two questions.

use assay_domain::{Identifier, IdentifierKind, identifiers};

/// The last year of a text.
pub(super) fn last_year(text: &str) -> Option<i32> {
    let year = identifiers(text).into_iter().rfind(|one| one.kind == IdentifierKind::Year)?;
    year.written.parse().ok()
}

/// The text with its last year moved; `None` if it has none.
pub(super) fn year_moved(text: &str, by: i32) -> Option<String> {
    let year = last_year(text)?;
    replaced_last(text, &year.to_string(), &(year + by).to_string())
}

/// The text before with the last identifier of the follow-up's kind replaced by the follow-up's; `None` if there is none, or
/// if the follow-up says anything that the text before does not.
pub(super) fn identifier_exchanged(question: &str, before: &str) -> Option<String> {
    let new: Identifier = identifiers(question).into_iter().next()?;
    let old = identifiers(before).into_iter().rfind(|one| one.kind == new.kind && one.written != new.written)?;
    let said = |c: char| !c.is_alphanumeric();
    let lower = before.to_lowercase();
    let rest = question.replacen(&new.written, " ", 1).to_lowercase();
    let known =
        rest.split(said).filter(|word| !word.is_empty() && !LITTLE.contains(word)).all(|word| lower.contains(word));
    known.then(|| replaced_last(before, &old.written, &new.written)).flatten()
}

/// Words around an identifier that say nothing.
const LITTLE: [&str; 8] = ["the", "a", "for", "of", "in", "款", "型", "年"];

/// The text with the last occurrence replaced.
pub(super) fn replaced_last(text: &str, old: &str, new: &str) -> Option<String> {
    let at = text.rfind(old)?;
    Some(format!("{}{new}{}", text.get(..at)?, text.get(at + old.len()..)?))
}
