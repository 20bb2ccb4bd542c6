//! How much speaks for a sentence: its own score, its passage's, and what it names.
//!
//! The cross-encoder read whole passages first and put them in order. A sentence that is scored by itself has lost what
//! stood around it, so the weight of a sentence is
//!
//! ```text
//! its logit under its heading  +  PASSAGE x its passage's logit  +  NAMED x share of the question's identifiers it names
//! ```
//!
//! where a logit is what lies between it and the threshold of its model, because passages of different languages may have
//! been read by different models.
//!
//! An entry of a form (`Contact: Ines Roth`) says only its own value, so that a cross-encoder that reads it alone prefers the
//! entry that has the question's other words (`Company: ...`). In the best passage, an entry whose label the question says
//! weighs as much as the heaviest sentence.
//!
//! The head of a mail says when it was sent and by whom, which is rarely when and by whom that happens of which it tells. Its
//! lines weigh less unless the question asks for the mail itself.
//!
//! Weights were chosen on articles that the shipped reranker was trained on and checked on articles that it was not
//! (`tests/answers/README.md`).

use assay_domain::{Identifier, Judged, Names, asked_for};

use super::pool::Sentence;
use crate::sentences::label_of;
use crate::terms::distinct;

/// Weight of the passage's logit.
const PASSAGE: f32 = 0.5;
/// Weight of naming all of the question's identifiers.
const NAMED: f32 = 2.0;
/// What puts such an entry before a sentence of the same weight.
const FIRST: f32 = 0.01;

/// What a line of a mail's head weighs less.
const HEAD_OF_MAIL: f32 = 6.0;
/// Extensions of mails, beginnings of the lines of their heads, and what a question about the mail itself says.
const MAILS: [&str; 6] = [".eml", ".msg", ".mbox", ".mbx", ".mht", ".mhtml"];
const HEADS: [&str; 4] = ["From: ", "To: ", "Cc: ", "Date: "];
const ABOUT_MAIL: [&str; 13] =
    ["who", "whom", "from", "sent", "send", "sender", "wrote", "write", "written", "mail", "email", "date", "cc"];
const ABOUT_MAIL_IN_CHINESE: [&str; 9] = ["谁", "发件", "收件", "抄送", "邮件", "来信", "发给", "发来", "寄"];

/// What speaks for each sentence, by what lies between its logit and the threshold where there are logits, by word overlap
/// otherwise. A passage that no model has judged counts as one at the threshold.
pub(super) fn weights(question: &str, sentences: &[Sentence<'_>], above: Option<&[f32]>) -> Vec<f32> {
    let asked = asked_for(question);
    let named = sentences.iter().map(|sentence| share_named(&asked, sentence));
    match above {
        Some(above) => {
            let passage = |sentence: &Sentence<'_>| sentence.judged().map_or(0.0, Judged::above);
            let weigh = |((sentence, above), named): ((&Sentence<'_>, &f32), f32)| {
                above + PASSAGE * passage(sentence) + NAMED * named
            };
            let mut weights: Vec<f32> = sentences.iter().zip(above).zip(named).map(weigh).collect();
            raise_labelled(question, sentences, &mut weights);
            lower_heads_of_mail(question, sentences, &mut weights);
            weights
        }
        None => sentences.iter().zip(named).map(|(sentence, named)| sentence.overlap * (1.0 + named)).collect(),
    }
}

/// Lets entries of a form in the best passage weigh as much as the heaviest sentence, if the question says their labels.
fn raise_labelled(question: &str, sentences: &[Sentence<'_>], weights: &mut [f32]) {
    let words = distinct(question);
    let heaviest = weights.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let above = |sentence: &Sentence<'_>| sentence.judged().map(Judged::above);
    let best = sentences.iter().filter_map(above).max_by(f32::total_cmp);
    for (sentence, weight) in sentences.iter().zip(weights) {
        if best.is_some() && above(sentence) == best && is_labelled(&words, sentence) {
            *weight = weight.max(heaviest) + FIRST;
        }
    }
}

/// Lets the lines of a mail's head weigh less, unless the question asks for the mail itself.
fn lower_heads_of_mail(question: &str, sentences: &[Sentence<'_>], weights: &mut [f32]) {
    let words = distinct(question);
    let is_about_mail = ABOUT_MAIL.iter().any(|word| words.iter().any(|known| known == word))
        || ABOUT_MAIL_IN_CHINESE.iter().any(|word| question.contains(word));
    if is_about_mail {
        return;
    }
    for (sentence, weight) in sentences.iter().zip(weights) {
        let name = sentence.passage.name.to_ascii_lowercase();
        let is_mail = MAILS.iter().any(|extension| name.ends_with(extension));
        if is_mail && HEADS.iter().any(|head| sentence.text().starts_with(head)) {
            *weight -= HEAD_OF_MAIL;
        }
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
