//! Chunks and vectors, searched by similarity and by words.

use futures::future::BoxFuture;

use super::catalogue::Answering;
use crate::{ChunkId, EmbeddedChunk, Failure, GenerationId, Hit, Passage};

/// What a search leaves out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Search only these generations; `None` for all.
    pub only: Option<Vec<GenerationId>>,
    /// Generations that do not answer.
    pub excluded: Vec<GenerationId>,
    /// Generations with a greater number do not answer either; `None` for no limit.
    pub newest: Option<GenerationId>,
}

impl Filter {
    /// Whether a generation is searched.
    pub fn takes(&self, generation: GenerationId) -> bool {
        let newer = self.newest.is_some_and(|newest| generation > newest);
        let meant = self.only.as_ref().is_none_or(|only| only.contains(&generation));
        meant && !newer && !self.excluded.contains(&generation)
    }
}

impl From<Answering> for Filter {
    fn from(Answering { only, excluded, newest, narrowed: _ }: Answering) -> Self {
        Self { only, excluded, newest: Some(newest) }
    }
}

/// What the lexical retriever looks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LexicalQuery {
    /// The question as it was written, for an index that holds no folded words.
    pub written: String,
    /// The question folded as the words of rows are, with the words that replace unknown ones.
    pub folded: String,
}

/// A word that no row has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spelling {
    /// The word, folded.
    pub word: String,
    /// Words of rows that are spelt like it, nearest first; often none.
    pub near: Vec<String>,
}

impl Spelling {
    /// Letters of the longest word that is corrected. Longer ones are codes and addresses; looking for words spelt
    /// like them costs time and memory that grow with their length.
    pub const LONGEST: usize = 32;
}

/// The place of a passage in the whole order of a retriever.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// The passage.
    pub chunk: ChunkId,
    /// Its rank, from 1.
    pub rank: u32,
    /// Its raw score.
    pub score: f32,
}

/// The places of some passages in the whole order of a retriever, which goes on beyond every limit.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Places {
    /// Passages in the order.
    pub of: u32,
    /// Those that were asked for and are in it.
    pub found: Vec<Place>,
}

impl Places {
    /// The places of `chunks` among these scores. Equal scores are ordered by chunk, as hits are.
    pub fn among(scores: &[(ChunkId, f32)], chunks: &[ChunkId]) -> Self {
        let place = |wanted: &ChunkId| {
            let score = scores.iter().find(|(chunk, _)| chunk == wanted)?.1;
            let before = |(chunk, other): &&(ChunkId, f32)| score.total_cmp(other).then(chunk.cmp(wanted)).is_lt();
            Some(Place { chunk: *wanted, rank: scores.iter().filter(before).count() as u32 + 1, score })
        };
        Self { of: scores.len() as u32, found: chunks.iter().filter_map(place).collect() }
    }

    /// The place of a passage, if it is in the order.
    pub fn get(&self, chunk: ChunkId) -> Option<&Place> {
        self.found.iter().find(|place| place.chunk == chunk)
    }
}

/// The read side of the index: two retrievers with raw scores, best first.
pub trait IndexReader: Send + Sync {
    /// The vector retriever: up to `limit` chunks by the similarity of their vectors, in the index's
    /// [`Metric`](super::Metric).
    ///
    /// # Errors
    /// [`IndexDamaged`](crate::Problem::IndexDamaged), or what the disk reports; the same for the
    /// other methods.
    fn nearest(&self, vector: Vec<f32>, limit: usize, filter: Filter) -> BoxFuture<'_, Result<Vec<Hit>, Failure>>;

    /// The lexical retriever: up to `limit` chunks by BM25 (Robertson et al., TREC-3, 1994), over two fields where
    /// rows have names: BM25F (Robertson, Zaragoza and Taylor, CIKM 2004). Words of any language are found by Unicode
    /// segmentation.
    fn matching(&self, query: LexicalQuery, limit: usize, filter: Filter) -> BoxFuture<'_, Result<Vec<Hit>, Failure>>;

    /// Where chunks stand in the order of all chunks by cosine similarity, by exact search.
    fn places_by_vector(
        &self,
        vector: Vec<f32>,
        chunks: Vec<ChunkId>,
        filter: Filter,
    ) -> BoxFuture<'_, Result<Places, Failure>>;

    /// Where chunks stand in the order of all chunks that the lexical retriever finds.
    fn places_by_words(
        &self,
        query: LexicalQuery,
        chunks: Vec<ChunkId>,
        filter: Filter,
    ) -> BoxFuture<'_, Result<Places, Failure>>;

    /// For each word that no row has, the words of rows that are spelt like it, nearest first; a word that rows have
    /// is not in the result. Words are folded. A word over [`Spelling::LONGEST`] has none that are spelt like it.
    /// Empty if the index holds no folded words.
    fn spellings(&self, words: Vec<String>, filter: Filter) -> BoxFuture<'_, Result<Vec<Spelling>, Failure>>;

    /// All passages of a generation in the document's order.
    fn passages_of(&self, generation: GenerationId) -> BoxFuture<'_, Result<Vec<Passage>, Failure>>;

    /// Row count of each generation, for the comparison with the catalogue.
    fn generations(&self) -> BoxFuture<'_, Result<Vec<(GenerationId, u64)>, Failure>>;
}

/// What the index holds of a generation, read from the disk after it was written.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ReadBack {
    /// Rows of the generation.
    pub rows: u64,
    /// The sampled chunks, in the order of the sample.
    pub sampled: Vec<Sampled>,
}

/// A sampled chunk as it was read back.
#[derive(Debug, Clone, PartialEq)]
pub struct Sampled {
    /// Its place in the document.
    pub ordinal: u32,
    /// Its text; `None` if it is not there.
    pub text: Option<String>,
    /// Ordinals and cosine similarities of the chunks of its generation that are nearest to its
    /// vector: best first, at most eight, by exact search without a vector index.
    pub nearest: Vec<(u32, f32)>,
}

/// The write side of the index. One writer exists at a time.
pub trait IndexWriter: Send + Sync {
    /// Adds rows in one commit and makes them durable.
    ///
    /// # Errors
    /// [`DiskFull`](crate::Problem::DiskFull), [`IndexDamaged`](crate::Problem::IndexDamaged), or
    /// what the disk reports; the same for the other methods.
    fn add(&self, rows: Vec<EmbeddedChunk>) -> BoxFuture<'_, Result<(), Failure>>;

    /// Reads a generation back: its row count and the chunks of a sample of (ordinal, vector).
    /// Cheap for the generation that was added last.
    fn read_back(
        &self,
        generation: GenerationId,
        sample: Vec<(u32, Vec<f32>)>,
    ) -> BoxFuture<'_, Result<ReadBack, Failure>>;

    /// Replaces the names in the rows of a generation ([`ChunkWords::names`](crate::ChunkWords::names)): its file has
    /// another name or place now. Does nothing in an index without names.
    fn rename(&self, generation: GenerationId, names: String) -> BoxFuture<'_, Result<(), Failure>>;

    /// Removes whole generations.
    fn remove(&self, generations: Vec<GenerationId>) -> BoxFuture<'_, Result<(), Failure>>;

    /// Brings the full-text and vector indexes up to date and deletes what no version refers to.
    fn optimize(&self) -> BoxFuture<'_, Result<(), Failure>>;
}
