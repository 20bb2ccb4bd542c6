//! The sentences and rows that a quoted answer may be made of.

use std::collections::HashSet;
use std::ops::Range;

use assay_domain::{HEADING_SEPARATOR, NumberedPassage, PassageContext, Prompt};

use crate::sentences::{heading_above, units};
use crate::terms::overlaps;

/// A sentence or row and its place.
#[derive(Debug, Clone)]
pub(super) struct Sentence<'a> {
    pub passage: &'a NumberedPassage,
    /// Its number in the passage, from 0.
    pub place: usize,
    pub range: Range<usize>,
    /// Whether it is a row of a table.
    pub row: bool,
    /// Share of the question's words, weighted by rarity, that stand in it or in its heading.
    pub overlap: f32,
}

impl<'a> Sentence<'a> {
    pub fn text(&self) -> &'a str {
        self.passage.text.get(self.range.clone()).unwrap_or_default()
    }

    /// What the cross-encoder reads: the sentence under its heading, because a sentence alone does not say which model,
    /// year or person its section is about.
    pub fn in_context(&self) -> String {
        match self.heading() {
            Some(heading) => format!("{heading}: {}", self.text()),
            None => self.text().to_owned(),
        }
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
        for (place, unit) in units(&passage.text).into_iter().enumerate() {
            let sentence = Sentence { passage, place, range: unit.range, row: unit.row, overlap: 0.0 };
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
