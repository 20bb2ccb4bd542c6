//! How much speaks for a sentence: its own score, its passage's, and what it names.
//!
//! The cross-encoder read whole passages first and put them in order. A sentence that is scored by itself has lost what
//! stood around it, so the weight of a sentence is
//!
//! ```text
//! its logit under its heading  +  PASSAGE x its passage's logit  +  NAMED x share of the question's identifiers it names
//!     +  LABELLED if it is an entry of a form whose label the question says
//! ```
//!
//! An entry of a form (`Contact: Ines Roth`) says only its own value, so that a cross-encoder that reads it alone prefers the
//! entry that has the question's other words (`Company: ...`).
//!
//! Weights were chosen on articles that the shipped reranker was trained on and checked on articles that it was not
//! (`tests/answers/README.md`).

use assay_domain::{Identifier, Names, asked_for};

use super::pool::Sentence;
use crate::sentences::label_of;
use crate::terms::distinct;

/// Weight of the passage's logit.
const PASSAGE: f32 = 0.5;
/// Weight of naming all of the question's identifiers.
const NAMED: f32 = 2.0;
/// Weight of a label whose words are all in the question.
const LABELLED: f32 = 2.0;

/// What speaks for each sentence, by logit where there are logits, by word overlap otherwise.
pub(super) fn weights(question: &str, sentences: &[Sentence<'_>], logits: Option<&[f32]>) -> Vec<f32> {
    let asked = asked_for(question);
    let words = distinct(question);
    let named = sentences.iter().map(|sentence| {
        NAMED * share_named(&asked, sentence) + if is_labelled(&words, sentence) { LABELLED } else { 0.0 }
    });
    match logits {
        Some(logits) => {
            let passage = |sentence: &Sentence<'_>| sentence.passage_logit().unwrap_or(0.0);
            let weigh =
                |((sentence, logit), named): ((&Sentence<'_>, &f32), f32)| logit + PASSAGE * passage(sentence) + named;
            sentences.iter().zip(logits).zip(named).map(weigh).collect()
        }
        None => sentences.iter().zip(named).map(|(sentence, named)| sentence.overlap * (1.0 + named / NAMED)).collect(),
    }
}

/// Whether a sentence is an entry of a form, and all words of its label stand in the question.
fn is_labelled(question: &[String], sentence: &Sentence<'_>) -> bool {
    let label = label_of(sentence.text()).map(distinct).filter(|label| !label.is_empty());
    label.is_some_and(|label| label.iter().all(|word| question.binary_search(word).is_ok()))
}

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
