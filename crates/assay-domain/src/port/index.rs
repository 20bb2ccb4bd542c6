//! Chunks and vectors, searched by similarity and by words.

use futures::future::BoxFuture;

use super::catalogue::Answering;
use crate::{EmbeddedChunk, Failure, GenerationId, Hit, Passage};

/// What a search leaves out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Search only this collection.
    pub collection: Option<String>,
    /// Generations that do not answer.
    pub excluded: Vec<GenerationId>,
    /// Generations with a greater number do not answer either; `None` for no limit.
    pub newest: Option<GenerationId>,
}

impl Filter {
    /// What answers for a collection, or for all of them.
    pub fn of(collection: Option<String>, answering: Answering) -> Self {
        Self { collection, excluded: answering.excluded, newest: Some(answering.newest) }
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
