//! Quotes as the text of an answer.

use std::collections::HashSet;

use assay_domain::port::AnswerPart;

use super::pool::Sentence;
use crate::terms::is_dense;

/// What is quoted, and what was left out of it.
pub(super) struct Quoted<'a> {
    /// In the order in which they are shown.
    pub sentences: Vec<Sentence<'a>>,
    /// How many more speak nearly as much for an answer.
    pub more: usize,
    /// For a list: rows or sentences that were read, and in how many files.
    pub read: Option<Read>,
}

/// How much was read for a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Read {
    /// Rows of tables, or sentences if `rows` is false.
    pub count: usize,
    /// Whether rows were counted.
    pub rows: bool,
    /// Files they stand in.
    pub files: usize,
}

impl Read {
    /// Of all sentences and rows.
    pub fn of(all: &[Sentence<'_>]) -> Self {
        let files: HashSet<_> = all.iter().map(|sentence| sentence.passage.document).collect();
        Self { count: all.len(), rows: false, files: files.len() }
    }
}

/// The parts of the answer: for a list its length first, then each quote with the heading that it stands under, then what
/// was left out.
pub(super) fn parts(question: &str, quoted: Quoted<'_>) -> Vec<AnswerPart> {
    let words = if question.chars().any(is_dense) { Words::Chinese } else { Words::English };
    let mut parts = Vec::with_capacity(quoted.sentences.len() * 2 + 2);
    if let Some(read) = quoted.read {
        parts.push(AnswerPart::Text(words.lead(quoted.sentences.len() + quoted.more, read)));
    }
    for sentence in quoted.sentences {
        let mut gap = if parts.is_empty() { "" } else { "\n" };
        for (passage, quote) in sentence.quotes() {
            let number = passage.number;
            parts.push(AnswerPart::Text(format!("{gap}“{quote}” [{number}]")));
            parts.push(AnswerPart::Quote { number, quote: quote.to_owned() });
            gap = " ";
        }
        if let Some(heading) = sentence.heading() {
            parts.push(AnswerPart::Text(format!(" ({heading})")));
        }
    }
    if quoted.more > 0 {
        parts.push(AnswerPart::Text(format!("\n{}", words.more(quoted.more))));
    }
    parts
}

#[derive(Clone, Copy)]
enum Words {
    English,
    Chinese,
}

impl Words {
    fn lead(self, found: usize, read: Read) -> String {
        let Read { count, rows, files } = read;
        match self {
            Self::English => {
                let what = |n: usize, one: &str| if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") };
                let kind = if rows { "row" } else { "sentence" };
                format!("{} of {} read in {}:", found, what(count, kind), what(files, "file"))
            }
            Self::Chinese => {
                let kind = if rows { "行" } else { "句" };
                format!("在 {files} 个文件中读了 {count} {kind}，其中 {found} {kind}符合：")
            }
        }
    }

    fn more(self, count: usize) -> String {
        match self {
            Self::English => format!("… and {count} more"),
            Self::Chinese => format!("……另有 {count} 处"),
        }
    }
}
