//! Pages to chunks.

#[cfg(test)]
mod tests;

use std::ops::Range;

use assay_domain::{Chunk, Page, ReadDocument};
use text_splitter::{ChunkConfig, ChunkSizer, MarkdownSplitter, TextSplitter};

use crate::TextError;
use crate::format::MARKDOWN;

/// Tokenizers give an endless "word" one unknown token and a wall of blanks none. No chunk is
/// longer than this many bytes for each token, which ordinary text never reaches (English has
/// about 5, Chinese about 3). It also bounds what a single call of the sizer can cost.
const MOST_BYTES_PER_TOKEN: usize = 16;

/// The splitter looks over all that is left before each cut, so long pages go to it in parts.
const MOST_PART_BYTES: usize = 32 * 1024;

/// How large chunks are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChunkSize {
    /// Most tokens in a chunk, by the embedder's tokenizer; special tokens count if the sizer counts them.
    pub tokens: usize,
    /// Tokens at most that a chunk shares with the one before it; less than `tokens`.
    pub overlap: usize,
}

/// Cuts the pages at the largest structure that fits: sections and blocks of Markdown or
/// blank lines, then lines, sentences, words, characters. `sizer` counts the tokens of a text.
///
/// Each chunk is an exact slice of one page's text. Together the slices cover all of the
/// page that is not white space; none is only white space; none is over the size unless it
/// is a single character. Ordinals run over the whole document.
///
/// # Errors
/// [`TextError::ChunkSize`] if the size is 0 or the overlap not below it.
pub fn chunk(document: &ReadDocument, sizer: &dyn Fn(&str) -> usize, size: ChunkSize) -> Result<Vec<Chunk>, TextError> {
    let refusal = || TextError::ChunkSize { tokens: size.tokens, overlap: size.overlap };
    if size.tokens == 0 {
        return Err(refusal());
    }
    let sizer = Sizer { count: sizer, tokens: size.tokens };
    let config = ChunkConfig::new(size.tokens).with_sizer(&sizer).with_overlap(size.overlap).map_err(|_| refusal())?;
    let splitter = if document.format == MARKDOWN.name {
        Splitter::Markdown(MarkdownSplitter::new(config))
    } else {
        Splitter::Plain(TextSplitter::new(config))
    };
    let mut chunks = Vec::new();
    for (page_index, page) in document.pages.iter().enumerate() {
        let parts = sections(page, &sizer).into_iter().flat_map(|section| parts(&page.text, section));
        for range in parts.flat_map(|part| splitter.cut(&page.text, part)) {
            sizer.halve(&page.text, range, &mut |range| chunks.extend(slice(page, page_index, chunks.len(), range)));
        }
    }
    Ok(chunks)
}

fn slice(page: &Page, page_index: usize, ordinal: usize, range: Range<usize>) -> Option<Chunk> {
    let text = page.text.get(range.clone())?.to_owned();
    let heading = page.heading_at(range.start).map(str::to_owned);
    Some(Chunk { ordinal: u32::try_from(ordinal).ok()?, page_index, page: page.number, range, heading, text })
}

enum Splitter<'a> {
    Markdown(MarkdownSplitter<&'a Sizer<'a>>),
    Plain(TextSplitter<&'a Sizer<'a>>),
}

impl Splitter<'_> {
    /// Ranges of the page's text that a part of it is cut into.
    fn cut(&self, text: &str, part: Range<usize>) -> Vec<Range<usize>> {
        let within = text.get(part.clone()).unwrap_or_default();
        let moved = |(start, slice): (usize, &str)| part.start + start..part.start + start + slice.len();
        match self {
            Self::Markdown(splitter) => splitter.chunk_indices(within).map(moved).collect(),
            Self::Plain(splitter) => splitter.chunk_indices(within).map(moved).collect(),
        }
    }
}

/// Counts tokens for the splitter.
struct Sizer<'a> {
    count: &'a dyn Fn(&str) -> usize,
    tokens: usize,
}

impl ChunkSizer for Sizer<'_> {
    fn size(&self, text: &str) -> usize {
        let floor = text.len().div_ceil(MOST_BYTES_PER_TOKEN);
        if floor > self.tokens { floor } else { (self.count)(text).max(floor) }
    }
}

impl Sizer<'_> {
    /// The splitter takes for granted that a text of as many bytes as tokens fits, which is
    /// not so when the sizer counts special tokens; what is still too large is halved.
    fn halve(&self, text: &str, range: Range<usize>, keep: &mut dyn FnMut(Range<usize>)) {
        let range = trimmed(text, range);
        let Some(slice) = text.get(range.clone()).filter(|slice| !slice.is_empty()) else { return };
        if self.size(slice) <= self.tokens || slice.chars().nth(1).is_none() {
            return keep(range);
        }
        let middle = range.start + ceil_char_boundary(slice, slice.len() / 2);
        self.halve(text, range.start..middle, keep);
        self.halve(text, middle..range.end, keep);
    }
}

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let slice = text.get(range.clone()).unwrap_or_default();
    let start = range.start + slice.len() - slice.trim_start().len();
    start..start + slice.trim().len()
}

/// A section of fewer tokens is the title of the next one, or too little to be found by.
const LEAST_SECTION_TOKENS: usize = 40;

/// Where the page's headings cut it. What stands under two headings is about two things, and a
/// chunk that holds both is found for neither.
fn sections(page: &Page, sizer: &Sizer) -> Vec<Range<usize>> {
    let cuts = page.headings.iter().map(|(at, _)| *at).filter(|at| page.text.is_char_boundary(*at));
    let mut sections: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    for cut in cuts.chain([page.text.len()]) {
        let last = cut == page.text.len();
        let section = page.text.get(start..cut).unwrap_or_default();
        if cut > start && (last || sizer.size(section) >= LEAST_SECTION_TOKENS) {
            sections.push(start..cut);
            start = cut;
        }
    }
    sections
}

/// Parts of a page that are short enough for the splitter, cut at a blank line if one is in
/// the second half of the part, else at a line end, a blank, or between two characters.
fn parts(text: &str, section: Range<usize>) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = section.start;
    while section.end - start > MOST_PART_BYTES {
        let half = ceil_char_boundary(text, start + MOST_PART_BYTES / 2);
        let full = ceil_char_boundary(text, start + MOST_PART_BYTES);
        let window = text.get(half..full).unwrap_or_default();
        let cut = window.rfind("\n\n").or_else(|| window.rfind('\n')).or_else(|| window.rfind(char::is_whitespace));
        let end = cut.map_or(full, |at| half + at);
        parts.push(start..end);
        start = end;
    }
    parts.push(start..section.end);
    parts
}

fn ceil_char_boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at += 1;
    }
    at
}
