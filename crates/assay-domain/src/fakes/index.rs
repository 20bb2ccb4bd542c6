//! An index in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use futures::future::{BoxFuture, FutureExt};

use super::words::words;
use crate::port::{Filter, IndexReader, IndexWriter, LexicalQuery, Places, ReadBack, Sampled, Spelling};
use crate::score::cosine;
use crate::{ChunkId, EmbeddedChunk, Failure, GenerationId, Hit, Passage, Problem};

/// Rows in memory, searched one by one; the lexical score is the number of shared words.
#[derive(Default)]
pub struct MemoryIndex {
    /// All rows.
    pub rows: Mutex<Vec<EmbeddedChunk>>,
    /// Set to make writes fail with a full disk.
    pub full: Mutex<bool>,
    /// Set to make the search for spellings fail.
    pub unspelt: Mutex<bool>,
    /// Set to change rows before they are written.
    pub spoil: Mutex<Option<fn(&mut Vec<EmbeddedChunk>)>>,
}

impl MemoryIndex {
    fn fits(&self) -> Result<(), Failure> {
        let full = *self.full.lock().expect("no test panics while holding it");
        if full { Err(Failure::new(Problem::DiskFull, "the disk is full", "free some space")) } else { Ok(()) }
    }

    fn by_vector(&self, vector: &[f32], limit: usize, filter: &Filter) -> Vec<Hit> {
        self.best(filter, limit, |row| row.vector.iter().zip(vector).map(|(a, b)| a * b).sum())
    }

    fn by_words(&self, query: &LexicalQuery, limit: usize, filter: &Filter) -> Vec<Hit> {
        let asked = words(&query.folded);
        self.best(filter, limit, |row| {
            let there = words_of(row);
            asked.iter().filter(|word| there.contains(word)).count() as f32
        })
    }

    fn best(&self, filter: &Filter, limit: usize, score: impl Fn(&EmbeddedChunk) -> f32) -> Vec<Hit> {
        let rows = self.rows.lock().expect("no test panics while holding it");
        let counted = rows.iter().filter(|row| filter.takes(row.generation));
        let mut hits: Vec<Hit> = counted.map(|row| Hit { passage: passage(row), score: score(row) }).collect();
        hits.retain(|hit| hit.score > 0.0);
        hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.passage.chunk.cmp(&b.passage.chunk)));
        hits.truncate(limit);
        hits
    }
}

fn places(hits: &[Hit], chunks: &[ChunkId]) -> Places {
    let scores: Vec<(ChunkId, f32)> = hits.iter().map(|hit| (hit.passage.chunk, hit.score)).collect();
    Places::among(&scores, chunks)
}

fn words_of(row: &EmbeddedChunk) -> Vec<String> {
    words(&format!("{} {}", row.words.text, row.words.names))
}

/// Whether two words differ in one letter that one of them lacks.
fn is_near(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() < other.len() { (one, other) } else { (other, one) };
    let without = |at: usize| long.char_indices().filter(|(place, _)| *place != at).map(|(_, c)| c).collect::<String>();
    long.char_indices().any(|(at, _)| without(at) == short)
}

fn passage(row: &EmbeddedChunk) -> Passage {
    let chunk = ChunkId { generation: row.generation, ordinal: row.chunk.ordinal };
    Passage {
        chunk,
        document: row.document,
        page_index: row.chunk.page_index,
        page: row.chunk.page,
        range: row.chunk.range.clone(),
        heading: row.chunk.heading.clone(),
        text: row.chunk.text.clone(),
    }
}

impl IndexReader for MemoryIndex {
    fn nearest(&self, vector: Vec<f32>, limit: usize, filter: Filter) -> BoxFuture<'_, Result<Vec<Hit>, Failure>> {
        let hits = self.by_vector(&vector, limit, &filter);
        async move { Ok(hits) }.boxed()
    }

    fn matching(&self, query: LexicalQuery, limit: usize, filter: Filter) -> BoxFuture<'_, Result<Vec<Hit>, Failure>> {
        let hits = self.by_words(&query, limit, &filter);
        async move { Ok(hits) }.boxed()
    }

    fn places_by_vector(
        &self,
        vector: Vec<f32>,
        chunks: Vec<ChunkId>,
        filter: Filter,
    ) -> BoxFuture<'_, Result<Places, Failure>> {
        let places = places(&self.by_vector(&vector, usize::MAX, &filter), &chunks);
        async move { Ok(places) }.boxed()
    }

    fn places_by_words(
        &self,
        query: LexicalQuery,
        chunks: Vec<ChunkId>,
        filter: Filter,
    ) -> BoxFuture<'_, Result<Places, Failure>> {
        let places = places(&self.by_words(&query, usize::MAX, &filter), &chunks);
        async move { Ok(places) }.boxed()
    }

    fn spellings(&self, asked: Vec<String>, filter: Filter) -> BoxFuture<'_, Result<Vec<Spelling>, Failure>> {
        if *self.unspelt.lock().expect("no test panics while holding it") {
            let failure = Failure::new(Problem::IndexDamaged, "the words cannot be read", "rebuild the index");
            return async move { Err(failure) }.boxed();
        }
        let rows = self.rows.lock().expect("no test panics while holding it");
        let there: BTreeSet<String> =
            rows.iter().filter(|row| filter.takes(row.generation)).flat_map(words_of).collect();
        let unknown = asked.into_iter().filter(|word| !there.contains(word));
        let near =
            |word: &String| -> Vec<String> { there.iter().filter(|known| is_near(known, word)).cloned().collect() };
        let spellings = unknown.map(|word| Spelling { near: near(&word), word }).collect();
        async move { Ok(spellings) }.boxed()
    }

    fn passages_of(&self, generation: GenerationId) -> BoxFuture<'_, Result<Vec<Passage>, Failure>> {
        let rows = self.rows.lock().expect("no test panics while holding it");
        let mut passages: Vec<Passage> = rows.iter().filter(|row| row.generation == generation).map(passage).collect();
        passages.sort_by_key(|passage| passage.chunk);
        async move { Ok(passages) }.boxed()
    }

    fn generations(&self) -> BoxFuture<'_, Result<Vec<(GenerationId, u64)>, Failure>> {
        let mut counts: BTreeMap<GenerationId, u64> = BTreeMap::new();
        for row in self.rows.lock().expect("no test panics while holding it").iter() {
            *counts.entry(row.generation).or_default() += 1;
        }
        async move { Ok(counts.into_iter().collect()) }.boxed()
    }
}

impl IndexWriter for MemoryIndex {
    fn add(&self, mut rows: Vec<EmbeddedChunk>) -> BoxFuture<'_, Result<(), Failure>> {
        if let Some(spoil) = *self.spoil.lock().expect("no test panics while holding it") {
            spoil(&mut rows);
        }
        let result = self.fits();
        if result.is_ok() {
            self.rows.lock().expect("no test panics while holding it").extend(rows);
        }
        async move { result }.boxed()
    }

    fn read_back(
        &self,
        generation: GenerationId,
        sample: Vec<(u32, Vec<f32>)>,
    ) -> BoxFuture<'_, Result<ReadBack, Failure>> {
        let rows = self.rows.lock().expect("no test panics while holding it");
        let rows: Vec<&EmbeddedChunk> = rows.iter().filter(|row| row.generation == generation).collect();
        let sampled = sample.into_iter().map(|(ordinal, vector)| {
            let text = rows.iter().find(|row| row.chunk.ordinal == ordinal).map(|row| row.chunk.text.clone());
            let mut nearest: Vec<(u32, f32)> =
                rows.iter().map(|row| (row.chunk.ordinal, cosine(&row.vector, &vector))).collect();
            nearest.sort_by(|a, b| b.1.total_cmp(&a.1));
            nearest.truncate(8);
            Sampled { ordinal, text, nearest }
        });
        let back = ReadBack { rows: rows.len() as u64, sampled: sampled.collect() };
        async move { Ok(back) }.boxed()
    }

    fn rename(&self, generation: GenerationId, names: String) -> BoxFuture<'_, Result<(), Failure>> {
        let mut rows = self.rows.lock().expect("no test panics while holding it");
        rows.iter_mut().filter(|row| row.generation == generation).for_each(|row| row.words.names.clone_from(&names));
        async move { Ok(()) }.boxed()
    }

    fn remove(&self, generations: Vec<GenerationId>) -> BoxFuture<'_, Result<(), Failure>> {
        self.rows.lock().expect("no test panics while holding it").retain(|row| !generations.contains(&row.generation));
        async move { Ok(()) }.boxed()
    }

    fn optimize(&self) -> BoxFuture<'_, Result<(), Failure>> {
        let result = self.fits();
        async move { result }.boxed()
    }
}
