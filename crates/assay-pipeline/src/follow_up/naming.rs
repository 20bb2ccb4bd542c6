//! Years and identifiers that change places between two questions.

use assay_domain::{Identifier, IdentifierKind, identifiers};

/// The text with its last year moved; `None` if it has none.
pub(super) fn year_moved(text: &str, by: i32) -> Option<String> {
    let year = identifiers(text).into_iter().rfind(|one| one.kind == IdentifierKind::Year)?;
    let moved = year.written.parse::<i32>().ok()? + by;
    replaced_last(text, &year.written, &moved.to_string())
}

/// The text before with the last identifier of the follow-up's kind replaced by the follow-up's; `None` if there is none.
pub(super) fn identifier_exchanged(question: &str, before: &str) -> Option<String> {
    let new: Identifier = identifiers(question).into_iter().next()?;
    let old = identifiers(before).into_iter().rfind(|one| one.kind == new.kind && one.written != new.written)?;
    replaced_last(before, &old.written, &new.written)
}

/// The text with the last occurrence replaced.
pub(super) fn replaced_last(text: &str, old: &str, new: &str) -> Option<String> {
    let at = text.rfind(old)?;
    Some(format!("{}{new}{}", text.get(..at)?, text.get(at + old.len()..)?))
}
