//! The sentences and rows that a quoted answer may be made of.

use std::collections::HashSet;
use std::ops::Range;

use assay_domain::{HEADING_SEPARATOR, Judged, NumberedPassage, PassageContext, PassageRole, Prompt};

use crate::sentences::{heading_above, units};
use crate::terms::{is_dense, overlaps};

/// A sentence or row and its place.
#[derive(Debug, Clone)]
pub(super) struct Sentence<'a> {
    pub passage: &'a NumberedPassage,
    /// Its number in the passage, from 0.
    pub place: usize,
    pub range: Range<usize>,
    /// The end of it in another passage, if a page break cuts it.
    pub end: Option<(&'a NumberedPassage, Range<usize>)>,
    /// Whether it is a row of a table.
    pub row: bool,
    /// Share of the question's words, weighted by rarity, that stand in it or in its heading.
    pub overlap: f32,
}

impl<'a> Sentence<'a> {
    pub fn text(&self) -> &'a str {
        slice(self.passage, &self.range)
    }

    /// Its slices with the passages that they are quoted from: one, or two if a page break cuts it.
    pub fn quotes(&self) -> impl Iterator<Item = (&'a NumberedPassage, &'a str)> {
        let end = self.end.as_ref().map(|(passage, range)| (*passage, slice(passage, range)));
        [Some((self.passage, self.text())), end].into_iter().flatten()
    }

    /// Its words, also those after a page break.
    pub fn whole(&self) -> String {
        let mut whole = String::new();
        for (_, quote) in self.quotes() {
            if !whole.is_empty() && !whole.ends_with(is_dense) {
                whole.push(' ');
            }
            whole.push_str(quote);
        }
        whole
    }

    /// What the cross-encoder reads: the sentence under its heading, because a sentence alone does not say which model,
    /// year or person its section is about.
    pub fn in_context(&self) -> String {
        match self.heading() {
            Some(heading) => format!("{heading}: {}", self.whole()),
            None => self.whole(),
        }
    }

    /// What a cross-encoder says of its passage; of two, of the kept one.
    pub fn judged(&self) -> Option<&'a Judged> {
        self.passage.judged.as_ref().or_else(|| self.end.as_ref().and_then(|(passage, _)| passage.judged.as_ref()))
    }

    /// The headings that it stands under and does not say itself, without ranges of cells and lines.
    pub fn heading(&self) -> Option<String> {
        let context = PassageContext { heading: Some(self.path()), ..PassageContext::default() };
        let unsaid: Vec<&str> =
            context.segments(self.text()).filter(|heading| !self.text().contains(heading)).collect();
        (!unsaid.is_empty()).then(|| unsaid.join(HEADING_SEPARATOR))
    }

    /// The heading path of its passage, and the heading that stands above it within the passage, if there is one: a passage
    /// may begin with a mere title.
    pub fn path(&self) -> String {
        let passage = self.passage.heading.as_deref().unwrap_or_default();
        let above = heading_above(&self.passage.text, self.range.start).filter(|above| !passage.ends_with(above));
        [Some(passage), above]
            .into_iter()
            .flatten()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(HEADING_SEPARATOR)
    }
}

/// All sentences and rows of the passages, the best passage's first. Neighbouring chunks overlap, so what was said under
/// the same heading before is left out.
pub(super) fn all(prompt: &Prompt) -> Vec<Sentence<'_>> {
    let mut seen = HashSet::new();
    let mut all = Vec::new();
    for passage in &prompt.passages {
        let mut sentences = units(&passage.text);
        let end = sentences.last().filter(|last| !last.row).and_then(|_| end_on_the_next_page(prompt, passage));
        if passage.role == PassageRole::Continuation {
            // Of its own it says nothing that was kept: only the sentence that a page break cuts.
            sentences.drain(..sentences.len() - usize::from(end.is_some()));
        } else if continues_another(prompt, passage) && !sentences.is_empty() {
            sentences.remove(0);
        }
        let last = sentences.len();
        for (place, unit) in sentences.into_iter().enumerate() {
            let end = end.clone().filter(|_| place + 1 == last);
            let sentence = Sentence { passage, place, range: unit.range, end, row: unit.row, overlap: 0.0 };
            // Rows of one table stand under ranges of cells that overlap like the passages.
            let heading = passage.heading.as_deref().filter(|_| !sentence.row);
            if seen.insert((passage.document, heading, sentence.text())) {
                all.push(sentence);
            }
        }
    }
    let texts: Vec<String> = all.iter().map(Sentence::in_context).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let shares = overlaps(&prompt.question, &texts);
    for (sentence, share) in all.iter_mut().zip(shares) {
        sentence.overlap = share;
    }
    all
}

fn slice<'a>(passage: &'a NumberedPassage, range: &Range<usize>) -> &'a str {
    passage.text.get(range.clone()).unwrap_or_default()
}

/// The first sentence of the passage in which the last one of this passage goes on.
fn end_on_the_next_page<'a>(
    prompt: &'a Prompt,
    passage: &NumberedPassage,
) -> Option<(&'a NumberedPassage, Range<usize>)> {
    let next = prompt.passages.iter().find(|next| next.continues == Some(passage.chunk))?;
    Some((next, units(&next.text).into_iter().next()?.range))
}

/// Whether its first sentence begins in another passage of the prompt, with which it is quoted.
fn continues_another(prompt: &Prompt, passage: &NumberedPassage) -> bool {
    passage.continues.is_some_and(|first| prompt.passages.iter().any(|other| other.chunk == first))
}

/// Those to score, at most `limit`: the largest word overlap first; among equals, the first of each passage before the
/// second of any.
pub(super) fn pool(mut all: Vec<Sentence<'_>>, limit: usize) -> Vec<Sentence<'_>> {
    all.sort_by(|a, b| {
        let early = (a.place, a.passage.number).cmp(&(b.place, b.passage.number));
        b.overlap.total_cmp(&a.overlap).then(early)
    });
    all.truncate(limit);
    all
}
