//! Pages to chunks.

#[cfg(test)]
mod tests;

use std::iter;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use assay_domain::{Chunk, Page, ReadDocument};
use text_splitter::{ChunkConfig, ChunkSizer, MarkdownSplitter, TextSplitter};

use crate::TextError;
use crate::format::MARKDOWN;

/// Tokenizers give an endless "word" one unknown token and a wall of blanks none. No chunk is
/// longer than this many bytes for each token, which ordinary text never reaches (English has
/// about 5, Chinese about 3). It also bounds what sizing a candidate cut can cost.
const MOST_BYTES_PER_TOKEN: usize = 16;

/// The splitter looks over all that is left before each cut, so long pages go to it in parts.
const MOST_PART_BYTES: usize = 32 * 1024;

/// Tokens by which a count taken from the tokens of a whole part can be off for a slice of it: a
/// few at either end, where the slice cuts a word. Nearer to a limit, the slice itself is counted,
/// until [`TRUSTED_FROM`] chunks in a row had as many tokens as their part said.
const SLACK_TOKENS: usize = 4;
const TRUSTED_FROM: u32 = 8;

/// Where in a text its tokens begin, in bytes and in order.
pub type TokenStarts<'a> = &'a (dyn Fn(&str) -> Vec<usize> + Sync);

/// How large chunks are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChunkSize {
    /// Most tokens in a chunk, by the embedder's tokenizer.
    pub tokens: usize,
    /// Tokens at most that a chunk shares with the one before it; less than `tokens`.
    pub overlap: usize,
}

/// Cuts the pages at the largest structure that fits: sections and blocks of Markdown or
/// blank lines, then lines, sentences, words, characters.
///
/// Each chunk is an exact slice of one page's text. Together the slices cover all of the
/// page that is not white space; none is only white space; none is over the size unless it
/// is a single character. Ordinals run over the whole document.
///
/// No more is cut than is asked for: chunks come as they are taken, a few dozen at a time. Finding
/// where to cut tokenizes a text about twice over, and one without blanks up to eight times.
///
/// # Errors
/// [`TextError::ChunkSize`] if the size is 0 or the overlap not below it.
pub fn chunk<'a>(
    document: &'a ReadDocument,
    starts: TokenStarts<'a>,
    size: ChunkSize,
) -> Result<impl Iterator<Item = Chunk> + Send + 'a, TextError> {
    let refusal = || TextError::ChunkSize { tokens: size.tokens, overlap: size.overlap };
    if size.tokens == 0 {
        return Err(refusal());
    }
    let sizer = Sizer { starts, size, part: Arc::default() };
    let config =
        ChunkConfig::new(size.tokens).with_sizer(sizer.clone()).with_overlap(size.overlap).map_err(|_| refusal())?;
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
        sizer.look_at(page.text.get(part.clone()).unwrap_or_default());
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

/// Counts tokens for the splitter, which sizes about twenty candidates for each cut: most of them
/// from the tokens of the part that they lie in.
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
    /// Chunks in a row that had as many tokens as their part said.
    right: u32,
}

impl Part {
    /// About how many tokens a slice of this part has; `None` if it lies elsewhere.
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
        let told = part.tokens_in(text).filter(|tokens| {
            part.right >= TRUSTED_FROM || limits.iter().all(|limit| tokens.abs_diff(*limit) > SLACK_TOKENS)
        });
        drop(part);
        told.map_or_else(|| self.exactly(text), |tokens| tokens.max(floor))
    }
}

fn least_tokens(text: &str) -> usize {
    text.len().div_ceil(MOST_BYTES_PER_TOKEN)
}

impl Sizer<'_> {
    fn part(&self) -> MutexGuard<'_, Part> {
        self.part.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is sized next lies in this part.
    fn look_at(&self, text: &str) {
        let (address, bytes, starts) = (text.as_ptr().addr(), text.len(), (self.starts)(text));
        let mut part = self.part();
        *part = Part { address, bytes, starts, right: part.right };
    }

    /// Whether a chunk is as small as its part said, by its own tokens.
    fn fits(&self, chunk: &str) -> bool {
        let tokens = self.exactly(chunk);
        let mut part = self.part();
        let right = part.tokens_in(chunk).is_some_and(|told| told.max(least_tokens(chunk)) == tokens);
        part.right = if right { part.right.saturating_add(1) } else { 0 };
        tokens <= self.size.tokens
    }

    /// Tokens of a text by itself.
    fn exactly(&self, text: &str) -> usize {
        let floor = least_tokens(text);
        if floor > self.size.tokens { floor } else { (self.starts)(text).len().max(floor) }
    }

    /// The splitter takes for granted that a text of as many bytes as tokens fits, and a count
    /// from the part can be off; what is still too large is halved.
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

/// A section of fewer tokens is the title of the next one, or too little to be found by.
const LEAST_SECTION_TOKENS: usize = 40;

/// Where the page's headings cut it. What stands under two headings is about two things, and a
/// chunk that holds both is found for neither.
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

/// Parts of a page that are short enough for the splitter, cut at a blank line if one is in
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
