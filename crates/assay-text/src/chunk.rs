//! Cuts pages into chunks.

#[cfg(test)]
mod tests;

use std::iter;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use assay_domain::{Chunk, Page, ReadDocument};
use text_splitter::{ChunkConfig, ChunkSizer, MarkdownSplitter, TextSplitter};

use crate::error::TextError;
use crate::format::MARKDOWN;

/// Maximum bytes per token of a chunk. Tokenizers turn an endless "word" into one unknown token and a
/// run of blanks into none; ordinary text stays below this (English has about 5 bytes per token, Chinese
/// about 3). It also bounds the cost of sizing a candidate cut.
const MOST_BYTES_PER_TOKEN: usize = 16;

/// The splitter scans all remaining text before each cut, so long pages are passed to it in parts.
const MOST_PART_BYTES: usize = 32 * 1024;

/// Error in tokens of a slice's count when it is taken from the tokens of its part: a few at either end,
/// where the slice cuts a word. Within this distance of a limit the slice itself is tokenized, until
/// [`TRUSTED_FROM`] chunks in a row had the count that was estimated from their part.
const SLACK_TOKENS: usize = 4;
const TRUSTED_FROM: u32 = 8;

/// Returns the byte offsets at which the tokens of a text begin, in order.
pub type TokenStarts<'a> = &'a (dyn Fn(&str) -> Vec<usize> + Sync);

/// How large chunks are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChunkSize {
    /// Maximum number of tokens in a chunk, by the embedder's tokenizer.
    pub tokens: usize,
    /// Maximum number of tokens that a chunk shares with the one before it; less than `tokens`.
    pub overlap: usize,
}

/// Cuts the pages into chunks at the largest structure that fits: sections and blocks of Markdown or
/// blank lines, then lines, sentences, words, characters (text-splitter).
///
/// Each chunk is an exact slice of one page's text. Together the slices cover all of the
/// page except white space; none is only white space; none exceeds the size unless it
/// is a single character. Ordinals run over the whole document.
///
/// The iterator is lazy and cuts a few dozen chunks at a time. Cutting tokenizes a text about twice, and
/// a text without blanks up to eight times.
///
/// # Errors
/// [`TextError::ChunkSize`] if the size is 0 or the overlap not below it.
pub fn chunk<'a>(
    document: &'a ReadDocument,
    starts: TokenStarts<'a>,
    size: ChunkSize,
) -> Result<impl Iterator<Item = Chunk> + Send + 'a, TextError> {
    let bad_size = || TextError::ChunkSize { tokens: size.tokens, overlap: size.overlap };
    if size.tokens == 0 {
        return Err(bad_size());
    }
    let sizer = Sizer { starts, size, part: Arc::default() };
    let config =
        ChunkConfig::new(size.tokens).with_sizer(sizer.clone()).with_overlap(size.overlap).map_err(|_| bad_size())?;
    let splitter = if document.format == MARKDOWN.name {
        Splitter::Markdown(MarkdownSplitter::new(config))
    } else {
        Splitter::Plain(TextSplitter::new(config))
    };
    let of_sections = sizer.clone();
    let parts = document.pages.iter().enumerate().flat_map(move |(page_index, page)| {
        let parts = sections(page, of_sections.clone()).flat_map(|section| parts(&page.text, section));
        parts.map(move |part| (page_index, page, part))
    });
    let ranges = parts.flat_map(move |(page_index, page, part)| {
        let mut fitting = Vec::new();
        sizer.set_part(page.text.get(part.clone()).unwrap_or_default());
        for range in splitter.cut(&page.text, part) {
            sizer.halve(&page.text, range, &mut |range| fitting.push(range));
        }
        fitting.into_iter().map(move |range| (page_index, page, range))
    });
    Ok(ranges.enumerate().filter_map(|(ordinal, (page_index, page, range))| slice(page, page_index, ordinal, range)))
}

fn slice(page: &Page, page_index: usize, ordinal: usize, range: Range<usize>) -> Option<Chunk> {
    let text = page.text.get(range.clone())?.to_owned();
    let heading = page.heading_at(range.start).map(str::to_owned);
    Some(Chunk { ordinal: u32::try_from(ordinal).ok()?, page_index, page: page.number, range, heading, text })
}

enum Splitter<'a> {
    Markdown(MarkdownSplitter<Sizer<'a>>),
    Plain(TextSplitter<Sizer<'a>>),
}

impl Splitter<'_> {
    /// Returns the ranges of the page's text that a part of it is cut into.
    fn cut(&self, text: &str, part: Range<usize>) -> Vec<Range<usize>> {
        let within = text.get(part.clone()).unwrap_or_default();
        let moved = |(start, slice): (usize, &str)| part.start + start..part.start + start + slice.len();
        match self {
            Self::Markdown(splitter) => splitter.chunk_indices(within).map(moved).collect(),
            Self::Plain(splitter) => splitter.chunk_indices(within).map(moved).collect(),
        }
    }
}

/// Counts tokens for the splitter, which sizes about twenty candidates per cut. Most counts are
/// estimated from the tokens of the part that the candidate lies in.
#[derive(Clone)]
struct Sizer<'a> {
    starts: TokenStarts<'a>,
    size: ChunkSize,
    part: Arc<Mutex<Part>>,
}

/// The part that is being cut.
#[derive(Default)]
struct Part {
    address: usize,
    bytes: usize,
    starts: Vec<usize>,
    /// Chunks in a row whose estimate was right.
    right: u32,
}

impl Part {
    /// Estimates the tokens of a slice of this part; `None` if the slice lies elsewhere.
    fn tokens_in(&self, slice: &str) -> Option<usize> {
        let from = slice.as_ptr().addr().checked_sub(self.address)?;
        let to = from.checked_add(slice.len()).filter(|to| *to <= self.bytes)?;
        let before = |at| self.starts.partition_point(|start| *start < at);
        Some(before(to) - before(from))
    }
}

impl ChunkSizer for Sizer<'_> {
    fn size(&self, text: &str) -> usize {
        let floor = least_tokens(text);
        if floor > self.size.tokens {
            return floor;
        }
        let part = self.part();
        let limits = [self.size.tokens, self.size.overlap];
        let estimate = part.tokens_in(text).filter(|tokens| {
            part.right >= TRUSTED_FROM || limits.iter().all(|limit| tokens.abs_diff(*limit) > SLACK_TOKENS)
        });
        drop(part);
        estimate.map_or_else(|| self.exactly(text), |tokens| tokens.max(floor))
    }
}

fn least_tokens(text: &str) -> usize {
    text.len().div_ceil(MOST_BYTES_PER_TOKEN)
}

impl Sizer<'_> {
    fn part(&self) -> MutexGuard<'_, Part> {
        self.part.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tokenizes the part in which the next candidates lie.
    fn set_part(&self, text: &str) {
        let (address, bytes, starts) = (text.as_ptr().addr(), text.len(), (self.starts)(text));
        let mut part = self.part();
        *part = Part { address, bytes, starts, right: part.right };
    }

    /// Whether a chunk fits the size by its own tokens; also checks the estimate from its part.
    fn fits(&self, chunk: &str) -> bool {
        let tokens = self.exactly(chunk);
        let mut part = self.part();
        let right = part.tokens_in(chunk).is_some_and(|estimate| estimate.max(least_tokens(chunk)) == tokens);
        part.right = if right { part.right.saturating_add(1) } else { 0 };
        tokens <= self.size.tokens
    }

    /// Counts the tokens of a text by itself.
    fn exactly(&self, text: &str) -> usize {
        let floor = least_tokens(text);
        if floor > self.size.tokens { floor } else { (self.starts)(text).len().max(floor) }
    }

    /// Halves a range until it fits. Ranges can be too large because the splitter assumes that a text of as
    /// many bytes as tokens fits, and because estimates can be off.
    fn halve(&self, text: &str, range: Range<usize>, keep: &mut dyn FnMut(Range<usize>)) {
        let range = trimmed(text, range);
        let Some(slice) = text.get(range.clone()).filter(|slice| !slice.is_empty()) else { return };
        if self.fits(slice) || slice.chars().nth(1).is_none() {
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

/// A section of fewer tokens is joined to the next one: it is a mere title, or too short to be found.
const LEAST_SECTION_TOKENS: usize = 40;

/// Returns the sections between the page's headings. A chunk never spans two sections, because text about
/// two subjects is found for neither.
fn sections<'a>(page: &'a Page, sizer: Sizer<'a>) -> impl Iterator<Item = Range<usize>> + 'a {
    let cuts = page.headings.iter().map(|(at, _)| *at).filter(|at| page.text.is_char_boundary(*at));
    let mut start = 0;
    cuts.chain([page.text.len()]).filter_map(move |cut| {
        let last = cut == page.text.len();
        let section = page.text.get(start..cut).unwrap_or_default();
        let ends = cut > start && (last || sizer.exactly(section) >= LEAST_SECTION_TOKENS);
        ends.then(|| std::mem::replace(&mut start, cut)..cut)
    })
}

/// Returns parts of a section that are short enough for the splitter, cut at a blank line if one is in
/// the second half of the part, else at a line end, a blank, or between two characters.
fn parts(text: &str, section: Range<usize>) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut start = section.start;
    iter::from_fn(move || {
        let end = if section.end - start > MOST_PART_BYTES { end_of_part(text, start) } else { section.end };
        (end > start).then(|| std::mem::replace(&mut start, end)..end)
    })
}

fn end_of_part(text: &str, start: usize) -> usize {
    let half = ceil_char_boundary(text, start + MOST_PART_BYTES / 2);
    let full = ceil_char_boundary(text, start + MOST_PART_BYTES);
    let window = text.get(half..full).unwrap_or_default();
    let cut = window.rfind("\n\n").or_else(|| window.rfind('\n')).or_else(|| window.rfind(char::is_whitespace));
    cut.map_or(full, |at| half + at)
}

fn ceil_char_boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at += 1;
    }
    at
}
