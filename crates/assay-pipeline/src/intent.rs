//! What a question is after: passages, everything of a kind, or the library's list of files.
//!
//! Rules over words in English and Chinese. A question that no rule knows is after passages.

mod english;
mod chinese;

use assay_domain::Wanted;

/// What a question is after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Intent {
    /// What passages say.
    Passages(Wanted),
    /// The list of files: `What is in here?`
    Library,
    /// The files about a topic: `Which files do I have about recipes?`
    Files {
        /// The topic in the question's words.
        topic: String,
    },
}

/// What a question is after.
pub fn intent(question: &str) -> Intent {
    let plain = question.trim().trim_end_matches(['?', '？', '.', '。', '!', '！', ' ']);
    let lower = plain.to_lowercase();
    let words: Vec<&str> = lower.split_whitespace().collect();
    if let Some(topic) = english::topic(&words).or_else(|| chinese::topic(plain)) {
        return Intent::Files { topic };
    }
    if english::asks_for_library(&words) || chinese::asks_for_library(plain) {
        return Intent::Library;
    }
    if english::asks_how(&words) || chinese::asks_how(plain) {
        return Intent::Passages(Wanted::Best);
    }
    let wanted = [english::wanted(&words), chinese::wanted(plain)];
    let most = |wanted: &Wanted| *wanted == Wanted::Everything;
    let some = |wanted: &Wanted| *wanted != Wanted::Best;
    let found = wanted.iter().find(|wanted| most(wanted)).or_else(|| wanted.iter().find(|wanted| some(wanted)));
    Intent::Passages(found.copied().unwrap_or_default())
}

#[cfg(test)]
mod tests;
