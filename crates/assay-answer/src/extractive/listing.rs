//! Rows of tables that a question asks for all of.
//!
//! A row of any format is `header: value | header: value` (`assay_text`). A cell whose whole value stands in the question is
//! a condition: `List all open issues` takes the rows whose status is `open`, and `that are not open` the others. Conditions on
//! one column are alternatives, conditions on several columns hold together. `over 500` and `before March` are bounds on a
//! column of numbers or dates (`listing/bound.rs`). A row that does not say what is asked about is listed apart, because
//! nobody knows whether it fulfils the question.

mod value;
mod bound;
mod table;
mod frame;
mod condition;

use std::collections::{BTreeSet, HashSet};

use assay_domain::{DocumentId, Unread, Wanted};

use super::pool::Sentence;
use super::wording::{Apart, Quoted, Read};
use crate::terms::distinct;
use condition::{Asked, Fulfils};
use table::tables;

/// Most rows of an answer.
const MOST: usize = 60;

/// The rows that fulfil the question's conditions, in the order of their tables. `None` if no row fulfils any, or if a
/// sentence answers a question such as `which` better: then the question is not about a table.
pub(super) fn rows<'a>(question: &str, (wanted, unread): (Wanted, Unread), all: &[Sentence<'a>]) -> Option<Quoted<'a>> {
    let asked = Asked::of(question);
    let (mut found, mut open): (Vec<&Sentence<'a>>, Vec<&Sentence<'a>>) = (Vec::new(), Vec::new());
    let mut read = 0;
    let mut files: HashSet<DocumentId> = HashSet::new();
    let mut unsaid: Option<BTreeSet<String>> = None;
    for table in tables(all) {
        let Some(conditions) = asked.conditions(&table) else { continue };
        read += table.rows.len();
        files.extend(table.rows.iter().map(|row| row.passage.document));
        let known = found.len() + open.len();
        for row in table.rows.iter().copied() {
            match conditions.of_row(row.text()) {
                Fulfils::Yes => found.push(row),
                Fulfils::Unsaid => open.push(row),
                Fulfils::No => (),
            }
        }
        if found.len() + open.len() > known {
            let of_table: BTreeSet<String> = conditions.unsaid.iter().cloned().collect();
            unsaid = Some(unsaid.map_or(of_table.clone(), |unsaid| &unsaid & &of_table));
        }
    }
    let both = [found.as_slice(), open.as_slice()].concat();
    if both.is_empty() || (wanted == Wanted::Rows && may_be_prose(question) && is_in_prose(&asked, all, &both)) {
        return None;
    }
    for rows in [&mut found, &mut open] {
        rows.sort_by_key(|row| (row.passage.document, row.passage.chunk, row.range.start));
    }
    let more = found.len().saturating_sub(MOST);
    let apart = Apart { count: open.len(), sentences: open.into_iter().take(MOST_APART).cloned().collect() };
    let sentences = found.into_iter().take(MOST).cloned().collect();
    let unsaid = unsaid.unwrap_or_default().into_iter().take(MOST_UNSAID).collect();
    let read = Read { count: read, rows: true, files: files.len(), unread, unsaid };
    Some(Quoted { sentences, more, read: Some(read), foreign: false, apart })
}

/// Most rows that are listed apart.
const MOST_APART: usize = 20;

/// Most words of the question that an answer calls unsaid.
const MOST_UNSAID: usize = 3;

/// Whether a sentence may answer the question as well as a table. `How many` and `all` ask for rows.
fn may_be_prose(question: &str) -> bool {
    let lower = question.trim().to_lowercase();
    let counts = ["多少个", "多少条", "多少份", "多少项", "多少张", "多少行", "一共", "总共", "所有", "全部", "每"];
    lower.starts_with("which")
        || (["多少", "哪些"].iter().any(|word| lower.contains(word)) && !counts.iter().any(|word| lower.contains(word)))
}

/// Whether a sentence says more of the question's words than any row that was found, or as many in a better passage.
fn is_in_prose(asked: &Asked, all: &[Sentence<'_>], found: &[&Sentence<'_>]) -> bool {
    let nearness = |sentence: &Sentence<'_>| {
        let there = distinct(&format!("{} {}", sentence.in_context(), sentence.passage.name));
        let said = asked.content().filter(|word| there.binary_search(word).is_ok()).count();
        (said, u32::MAX - sentence.passage.number)
    };
    let row = found.iter().map(|row| nearness(row)).max();
    let prose = all.iter().filter(|sentence| !sentence.row).map(nearness).max();
    prose > row
}
