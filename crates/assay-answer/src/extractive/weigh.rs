//! How much speaks for a sentence: its own score, its passage's, and what it names.
//!
//! The cross-encoder read whole passages first and put them in order. A sentence that is scored by itself has lost what
//! stood around it, so the weight of a sentence is
//!
//! ```text
//! its logit under its heading  +  PASSAGE x its passage's logit  +  NAMED x share of the question's identifiers it names
//! ```
//!
//! Weights were chosen on articles that the shipped reranker was trained on and checked on articles that it was not
//! (`tests/answers/README.md`).

use assay_domain::{Identifier, Names, identifiers};

use super::pool::Sentence;

/// Weight of the passage's logit.
const PASSAGE: f32 = 0.5;
/// Weight of naming all of the question's identifiers.
const NAMED: f32 = 2.0;

/// What speaks for each sentence, by logit where there are logits, by word overlap otherwise.
pub(super) fn weights(question: &str, sentences: &[Sentence<'_>], logits: Option<&[f32]>) -> Vec<f32> {
    let asked = asked_for(question);
    let named = sentences.iter().map(|sentence| share_named(&asked, sentence));
    match logits {
        Some(logits) => {
            let passage = |sentence: &Sentence<'_>| sentence.passage_logit().unwrap_or(0.0);
            let weigh = |((sentence, logit), named): ((&Sentence<'_>, &f32), f32)| {
                logit + PASSAGE * passage(sentence) + NAMED * named
            };
            sentences.iter().zip(logits).zip(named).map(weigh).collect()
        }
        None => sentences.iter().zip(named).map(|(sentence, named)| sentence.overlap * (1.0 + named)).collect(),
    }
}

/// The identifiers that an answer has to name; none where the question takes them out (`all but the KX-300`).
fn asked_for(question: &str) -> Vec<Identifier> {
    let lower = question.to_lowercase();
    if TAKEN_OUT.iter().any(|words| lower.contains(words)) { Vec::new() } else { identifiers(question) }
}

const TAKEN_OUT: [&str; 12] = [
    "except",
    "other than",
    "besides",
    "without",
    " but the ",
    " not ",
    "n't ",
    "除了",
    "以外",
    "不是",
    "没有",
    "不含",
];

/// The share of the identifiers that a sentence names, in its own words or in those of its heading, file and folders.
fn share_named(asked: &[Identifier], sentence: &Sentence<'_>) -> f32 {
    if asked.is_empty() {
        return 0.0;
    }
    let mut names = Names::of(&sentence.whole());
    names.add(&sentence.path());
    names.add(&sentence.passage.name);
    names.add(&sentence.passage.folder);
    asked.iter().filter(|identifier| names.contain(identifier)).count() as f32 / asked.len() as f32
}

#[cfg(test)]
mod tests {
    use super::asked_for;

    #[test]
    fn an_identifier_that_is_taken_out_is_not_asked_for() {
        for (question, count) in [
            ("How are the bolts of the KX-300 tightened?", 1),
            ("Which models other than the KX-300 have a lid?", 0),
            ("Which report does not cover 2021?", 0),
            ("除了KX-300以外还有哪些型号？", 0),
            ("KX-300的螺栓怎么拧？", 1),
        ] {
            assert_eq!(asked_for(question).len(), count, "{question}");
        }
    }
}
