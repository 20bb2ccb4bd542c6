//! The rules for Chinese.

mod words;
mod leaning;
mod topic;
mod rewriting;

pub(super) use leaning::leans;
pub(super) use rewriting::{keeps_words, rewritten};
