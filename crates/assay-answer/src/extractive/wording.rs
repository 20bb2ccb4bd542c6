//! Quotes as the text of an answer.

use std::collections::HashSet;

use assay_domain::Unread;
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
    /// Whether all of it is in another language than the question, and no model has judged it.
    pub foreign: bool,
    /// Rows that do not say whether they fulfil the question.
    pub apart: Apart<'a>,
}

/// Rows that are listed apart.
#[derive(Default)]
pub(super) struct Apart<'a> {
    /// How many there are.
    pub count: usize,
    /// Those that are quoted.
    pub sentences: Vec<Sentence<'a>>,
}

/// How much was read for a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Read {
    /// Rows of tables, or sentences if `rows` is false.
    pub count: usize,
    /// Whether rows were counted.
    pub rows: bool,
    /// Files they stand in.
    pub files: usize,
    /// What was not read.
    pub unread: Unread,
    /// Words of the question that no row says.
    pub unsaid: Vec<String>,
}

impl Read {
    /// Of all sentences and rows.
    pub fn of(all: &[Sentence<'_>], unread: Unread) -> Self {
        let files: HashSet<_> = all.iter().map(|sentence| sentence.passage.document).collect();
        Self { count: all.len(), rows: false, files: files.len(), unread, unsaid: Vec::new() }
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
    if quoted.foreign {
        parts.push(AnswerPart::Text(words.foreign().to_owned()));
    }
    quote(&mut parts, &quoted.sentences);
    if quoted.more > 0 {
        parts.push(AnswerPart::Text(format!("\n{}", words.more(quoted.more))));
    }
    if quoted.apart.count > 0 {
        parts.push(AnswerPart::Text(format!("\n{}", words.apart(quoted.apart.count))));
        quote(&mut parts, &quoted.apart.sentences);
        let left = quoted.apart.count - quoted.apart.sentences.len();
        if left > 0 {
            parts.push(AnswerPart::Text(format!("\n{}", words.more(left))));
        }
    }
    parts
}

fn quote(parts: &mut Vec<AnswerPart>, sentences: &[Sentence<'_>]) {
    for sentence in sentences {
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
}

#[derive(Clone, Copy)]
enum Words {
    English,
    Chinese,
}

impl Words {
    /// What stands before quotes in another language.
    fn foreign(self) -> &'static str {
        match self {
            Self::English => "Nearest passages in another language, which no reranker has judged:",
            Self::Chinese => "以下是其他语言中最接近的段落，未经重排模型判断：",
        }
    }

    fn lead(self, found: usize, read: Read) -> String {
        let Read { count, rows, files, .. } = read;
        let notes = self.notes(&read);
        match self {
            Self::English => {
                let kind = if rows { "row" } else { "sentence" };
                format!("{found} of {} read in {}{notes}:", many(count, kind), many(files, "file"))
            }
            Self::Chinese => {
                let kind = if rows { "行" } else { "句" };
                format!("在 {files} 个文件中读了 {count} {kind}，其中 {found} {kind}符合{notes}：")
            }
        }
    }

    /// What was not read, and what no row says, in brackets.
    fn notes(self, read: &Read) -> String {
        let Unread { passages, documents } = read.unread;
        let mut notes = Vec::new();
        match self {
            Self::English => {
                if passages > 0 {
                    notes.push(format!("{} of them not read", many(passages, "passage")));
                }
                if documents > 0 {
                    notes.push(format!("{} not read", many(documents, "more file")));
                }
                if !read.unsaid.is_empty() {
                    notes.push(format!("no row says “{}”", read.unsaid.join("” or “")));
                }
                if notes.is_empty() { String::new() } else { format!(" ({})", notes.join("; ")) }
            }
            Self::Chinese => {
                if passages > 0 {
                    notes.push(format!("其中 {passages} 个段落未读"));
                }
                if documents > 0 {
                    notes.push(format!("另有 {documents} 个文件未读"));
                }
                if !read.unsaid.is_empty() {
                    notes.push(format!("没有一行提到“{}”", read.unsaid.join("”或“")));
                }
                if notes.is_empty() { String::new() } else { format!("（{}）", notes.join("；")) }
            }
        }
    }

    /// The line above rows that do not say whether they fulfil the question.
    fn apart(self, count: usize) -> String {
        match self {
            Self::English if count == 1 => "1 row does not say:".to_owned(),
            Self::English => format!("{count} rows do not say:"),
            Self::Chinese => format!("另有 {count} 行没有写明："),
        }
    }

    fn more(self, count: usize) -> String {
        match self {
            Self::English => format!("… and {count} more"),
            Self::Chinese => format!("……另有 {count} 处"),
        }
    }
}

fn many(count: usize, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}
