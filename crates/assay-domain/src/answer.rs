//! What the writer returns.

use std::ops::Range;
use std::sync::Arc;

use crate::{ChunkId, DocumentId};

/// How an answer came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerKind {
    /// Sentences quoted from the passages.
    Extractive,
    /// Written by a language model.
    Written,
    /// No passage was kept, so there is no answer.
    Refused,
    /// From the library's list of files: the question is about the files and not about what they say.
    Catalogue,
}

impl AnswerKind {
    /// The code in JSON and on screen.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Extractive => "extractive",
            Self::Written => "written",
            Self::Refused => "refused",
            Self::Catalogue => "catalogue",
        }
    }
}

/// The source of a part of the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citation {
    /// The number in the answer's text, as in `[1]`.
    pub number: u32,
    /// The cited chunk.
    pub chunk: ChunkId,
    /// Its document.
    pub document: DocumentId,
    /// The page's own number, where the format has pages.
    pub page: Option<u32>,
    /// The quoted words, an exact slice of the passage; the whole passage if the writer quoted none.
    pub quote: String,
}

/// What is shown as the answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The text, with citation numbers in square brackets.
    pub text: String,
    /// How it came about.
    pub kind: AnswerKind,
    /// One for each number in the text that names a passage.
    pub citations: Vec<Citation>,
    /// Numbers in the text that name no passage.
    pub unknown: Vec<u32>,
    /// Codes and years of the question that no passage that was found names; only a refusal has them.
    pub unnamed: Vec<String>,
    /// Its sentences, if a language model wrote them.
    pub sentences: Vec<AnswerSentence>,
    /// What a model wrote to itself before the answer; nothing is cited from it, and no conversation keeps it.
    pub thinking: String,
}

impl Answer {
    /// A text without citations.
    pub fn of(kind: AnswerKind, text: impl Into<String>) -> Self {
        let (citations, unknown, unnamed, sentences) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { text: text.into(), kind, citations, unknown, unnamed, sentences, thinking: String::new() }
    }
}

/// A sentence of a written answer, with what it cites.
#[derive(Debug, Clone, PartialEq)]
pub struct AnswerSentence {
    /// Its bytes in the answer's text.
    pub range: Range<usize>,
    /// The numbers that it cites and that name a passage, each once.
    pub cites: Vec<u32>,
    /// How near it is to the passages that it cites, if that was checked.
    pub check: Option<CitationCheck>,
}

/// What is known of a sentence and the passages that it cites.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CitationVerdict {
    /// It cites no passage.
    Uncited,
    /// It was not checked.
    Unchecked,
    /// Its score reaches the limit.
    Found,
    /// Its score is below the limit.
    NotFound,
}

impl AnswerSentence {
    /// What is known of it.
    pub fn verdict(&self) -> CitationVerdict {
        match &self.check {
            _ if self.cites.is_empty() => CitationVerdict::Uncited,
            None => CitationVerdict::Unchecked,
            Some(check) if check.is_below() => CitationVerdict::NotFound,
            Some(_) => CitationVerdict::Found,
        }
    }
}

/// How near a sentence is to the passages that it cites, by a model: a score, and no proof of either.
#[derive(Debug, Clone, PartialEq)]
pub struct CitationCheck {
    /// Name of the model.
    pub model: Arc<str>,
    /// The best score of the cited passages.
    pub score: CheckScore,
    /// The sentence counts as not found below it: on the sigmoid of a logit, or on a cosine.
    pub limit: f32,
}

/// The score of a sentence and a passage.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum CheckScore {
    /// Of a cross-encoder.
    Rerank {
        /// The model's raw output.
        logit: f32,
        /// Sigmoid of the logit.
        probability: f32,
    },
    /// The cosine of both vectors of the bi-encoder, -1 to 1.
    Cosine(f32),
}

impl CitationCheck {
    /// Whether the score is below the limit. NaN is.
    pub fn is_below(&self) -> bool {
        let score = match self.score {
            CheckScore::Rerank { probability, .. } => probability,
            CheckScore::Cosine(cosine) => cosine,
        };
        score.is_nan() || score < self.limit
    }
}

#[cfg(test)]
mod tests {
    use super::{AnswerSentence, CheckScore, CitationCheck, CitationVerdict};

    #[test]
    fn a_sentence_is_not_found_below_the_limit_and_uncited_without_a_number() {
        let check = |score, limit| Some(CitationCheck { model: "m".into(), score, limit });
        let rerank = |probability| CheckScore::Rerank { logit: 0.0, probability };
        for (cites, check, verdict) in [
            (vec![], None, CitationVerdict::Uncited),
            (vec![1], None, CitationVerdict::Unchecked),
            (vec![1], check(rerank(0.5), 0.5), CitationVerdict::Found),
            (vec![1], check(rerank(0.49), 0.5), CitationVerdict::NotFound),
            (vec![1], check(rerank(f32::NAN), 0.5), CitationVerdict::NotFound),
            (vec![1], check(CheckScore::Cosine(0.8), 0.9), CitationVerdict::NotFound),
        ] {
            assert_eq!(AnswerSentence { range: 0..1, cites, check: check.clone() }.verdict(), verdict, "{check:?}");
        }
    }
}
