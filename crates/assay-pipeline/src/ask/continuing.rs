//! kept passages -> the passages on the next page in which their last sentences go on
//!
//! A chunk is a slice of one page, so a sentence over a page break lies in two chunks, and neither is an answer.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use assay_domain::{Candidate, ChunkId, Failure, GenerationId, Outcome, Passage, PassageRole};

use super::inputs::Ask;
use crate::language::is_han;
use crate::prompt::{MorePassage, ReadOn};

/// The other halves of sentences that a page break cuts in a kept passage.
pub(super) async fn continued(with: &Ask<'_>, candidates: &[Candidate]) -> Result<ReadOn, Failure> {
    let kept: Vec<&Candidate> = candidates.iter().filter(|candidate| candidate.outcome == Outcome::Kept).collect();
    let mut documents: HashMap<GenerationId, Vec<Passage>> = HashMap::new();
    let mut read_on = ReadOn::default();
    for candidate in kept.iter().filter(|candidate| may_be_cut(&candidate.passage)) {
        let generation = candidate.passage.chunk.generation;
        let passages = match documents.entry(generation) {
            Entry::Occupied(read) => read.into_mut(),
            Entry::Vacant(unread) => unread.insert(with.index.passages_of(generation).await?),
        };
        for (first, second) in cut_sentences(passages, candidate.passage.chunk) {
            read_on.joined.insert(second.chunk, first.chunk);
            for passage in [first, second] {
                let is_known = kept.iter().any(|candidate| candidate.passage.chunk == passage.chunk)
                    || read_on.passages.iter().any(|more| more.passage.chunk == passage.chunk);
                if !is_known {
                    let (folder, name) = (candidate.folder.clone(), candidate.name.clone());
                    let role = PassageRole::Continuation;
                    read_on.passages.push(MorePassage { folder, name, passage: passage.clone(), role });
                }
            }
        }
    }
    Ok(read_on)
}

/// Whether a passage may end or begin within a sentence at a page break, by its own text.
fn may_be_cut(passage: &Passage) -> bool {
    // A passage that begins within a sentence at a page break is the first of its page, after white space at most.
    let begins = passage.range.start < 8 && goes_on(&passage.text).is_some();
    passage.page.is_some() && (begins || is_unfinished(&passage.text).is_some())
}

/// The pairs of neighbouring passages, one of them `chunk`, between which a page break cuts a sentence.
fn cut_sentences(passages: &[Passage], chunk: ChunkId) -> impl Iterator<Item = (&Passage, &Passage)> {
    let of = move |first: &Passage, second: &Passage| first.chunk == chunk || second.chunk == chunk;
    let pairs = passages.iter().zip(passages.iter().skip(1));
    pairs.filter(move |(first, second)| of(first, second) && is_cut(first, second))
}

fn is_cut(first: &Passage, second: &Passage) -> bool {
    let (Some(last), Some(next)) = (is_unfinished(&first.text), goes_on(&second.text)) else { return false };
    let fits = if is_han(next) {
        is_han(last) || "、，".contains(last)
    } else if next.is_lowercase() {
        !is_han(last)
    } else {
        last.is_lowercase() || ",，、".contains(last) || is_han(last)
    };
    first.page_index < second.page_index && first.heading == second.heading && fits
}

/// The last character of a text that ends within a sentence; `None` after a sentence's end, a heading or a row of a table.
fn is_unfinished(text: &str) -> Option<char> {
    let line = text.trim_end().lines().last()?.trim();
    let is_prose = !line.starts_with('#') && !line.contains(" | ") && !line.contains('\t') && line.chars().count() > 3;
    let last = line.trim_end_matches(['"', '\'', '”', '’', ')', '）']).chars().last()?;
    (is_prose && (last.is_alphanumeric() || ",，、-–".contains(last))).then_some(last)
}

/// The first character of a text that may begin within a sentence; `None` before a heading, an item of a list, a capital or a
/// row of a table.
fn goes_on(text: &str) -> Option<char> {
    let mut lines = text.trim_start().lines();
    let line = lines.next()?;
    let first = line.chars().next()?;
    let may = first.is_lowercase() || is_han(first) || first.is_ascii_digit();
    let is_row = line.contains(" | ") || line.contains('\t');
    let is_title = is_title(line) && lines.any(|line| !line.trim().is_empty());
    (may && !is_row && !is_title && !is_numbered(line) && !is_chinese_item(line)).then_some(first)
}

/// Most characters of a line that is a title.
const TITLE: usize = 24;

/// Whether a line that is not the only one is a title: it is short and ends without a mark.
fn is_title(line: &str) -> bool {
    let line = line.trim();
    line.chars().count() <= TITLE && line.ends_with(char::is_alphanumeric)
}

/// `3. Payment`, `2.1 Scope`, `3 Payment`, `a) the rent`, `iv. the deposit`; `45 days` and `3.5 bar` are none.
fn is_numbered(line: &str) -> bool {
    let end = line.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(line.len());
    let (number, rest) = line.split_at(end);
    if number.starts_with(|c: char| c.is_ascii_digit()) {
        let titled = rest.trim_start().starts_with(|c: char| c.is_uppercase()) && rest.starts_with(char::is_whitespace);
        return rest.starts_with([')', '）', '、', '．']) || number.ends_with('.') || titled;
    }
    let Some((mark, rest)) = line.split_once([')', '.']) else { return false };
    let is_letter = mark.len() == 1 && mark.chars().all(|c| c.is_ascii_lowercase());
    let is_roman = mark.len() <= 5 && !mark.is_empty() && mark.chars().all(|c| "ivxl".contains(c));
    (is_letter || is_roman) && rest.starts_with(char::is_whitespace)
}

/// `一、付款`, `第三条 付款`
fn is_chinese_item(line: &str) -> bool {
    const NUMERALS: &str = "一二三四五六七八九十百〇零0123456789";
    let rest = line.trim_start_matches(|c| NUMERALS.contains(c));
    let is_decimal = rest.strip_prefix('.').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let counted = rest.len() < line.len() && rest.starts_with(['、', '．', '.']) && !is_decimal;
    let part = line.strip_prefix('第').map(|rest| rest.trim_start_matches(|c: char| NUMERALS.contains(c) || c == ' '));
    counted || part.is_some_and(|rest| rest.starts_with(['条', '章', '节', '款', '部', '编']))
}

#[cfg(test)]
mod tests {
    use assay_domain::{ChunkId, DocumentId, GenerationId, Passage};

    use super::is_cut;

    fn passage(ordinal: u32, text: &str) -> Passage {
        Passage {
            chunk: ChunkId { generation: GenerationId(1), ordinal },
            document: DocumentId(1),
            page_index: ordinal as usize,
            page: Some(ordinal + 1),
            range: 0..text.len(),
            heading: None,
            text: text.into(),
        }
    }

    #[test]
    fn a_page_break_cuts_a_sentence_that_does_not_end_before_it() {
        for (first, second, cut) in [
            ("The rest of the deposit is paid back within", "forty-five days after the keys are returned.", true),
            ("The rest is paid back within", "45 days after that.", true),
            ("The rest is paid back in full,", "less the cost of repairs.", true),
            ("余下的押金应当在交还钥匙之后", "四十五天之内退还。", true),
            ("余下的押金应当在交还钥匙之后", "45天之内退还。", true),
            ("The rest is paid back in full.", "forty-five days is the limit.", false),
            ("The rest is paid back (see below)", "forty-five days is the limit.", true),
            ("The rest is paid back in full", "Notice is given in writing.", false),
            ("The rest is paid back in full", "4. Notice is given in writing.", false),
            ("# Deposits and fees", "are paid back.", false),
            ("name: deposit | days: 45", "name: rent | days: 30", false),
            ("余下的押金应当退还。", "四十五天之内退还。", false),
            ("The pressure is at most", "3.5 bar at the pump.", true),
            // A heading, an item of a list or a row of a table is no continuation.
            ("The rest is paid back in full", "2.1 Scope of the notice", false),
            ("The rest is paid back in full", "3 Notice", false),
            ("The tenant pays for", "a) the rent", false),
            ("The tenant pays for", "iv. the deposit", false),
            ("The tenant pays for", "- the rent", false),
            ("The tenant pays for", "definitions\n\nA tenant is who signs.", false),
            ("The tenant pays for", "rent\t450\tmonthly", false),
            ("余下的押金应当在交还钥匙之后", "第三条 付款方式", false),
            ("余下的押金应当在交还钥匙之后", "三、付款方式", false),
            ("余下的押金应当在交还钥匙之后", "付款方式\n\n租金按月支付。", false),
        ] {
            assert_eq!(is_cut(&passage(0, first), &passage(1, second)), cut, "{first} / {second}");
        }
        let (first, second) = (passage(0, "is paid back within"), passage(1, "forty-five days."));
        assert!(!is_cut(&first, &Passage { page_index: 0, ..second.clone() }), "both stand on one page");
        assert!(!is_cut(&first, &Passage { heading: Some("Notice".into()), ..second }), "another section begins");
    }
}
