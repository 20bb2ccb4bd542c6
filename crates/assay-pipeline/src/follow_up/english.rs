//! The rules for English.

mod words;
mod pronoun;
mod leaning;
mod naming;
mod rewriting;

pub(super) use leaning::leans;
pub(super) use rewriting::{keeps_words, rewritten};
