//! The ports: what the pipelines need, and nothing of how it is done.
//!
//! Methods return boxed futures and streams, so this room needs no runtime. An engine is
//! synchronous inside and owned by one thread; dropping a future or stream cancels its work at
//! the next batch or token.

mod pairs;

use futures::future::BoxFuture;
use futures::stream::BoxStream;

use crate::{
    AnswerKind, Document, DocumentId, DocumentState, EmbeddedChunk, FailedTries, Failure, Fingerprint, FolderId,
    GenerationId, Hit, LastHash, OcrFault, Picture, Precision, Prompt, ReadDocument, RecognisedText, Stamp,
};

pub use pairs::{PassageScore, PretokenizedReranker, ScoreCache, ScoreKey};

/// Whether a text is a question or a passage; some models want a prefix for one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextKind {
    /// A question.
    Query,
    /// A passage of a document.
    Passage,
}

/// What a bi-encoder is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmbedderIdentity {
    /// Name of the model.
    pub name: String,
    /// BLAKE3 of its weights file, in hex.
    pub weights: String,
    /// Length of a vector.
    pub dimension: usize,
    /// `mean` or `cls`.
    pub pooling: String,
    /// Most tokens it reads, special tokens included.
    pub max_tokens: usize,
    /// Tokens that frame a text (`[CLS]`, `[SEP]`).
    pub special_tokens: usize,
    /// Put before questions.
    pub query_prefix: String,
    /// Put before passages.
    pub passage_prefix: String,
    /// ISO 639-3 codes of the languages it was trained on; empty if it is not stated.
    pub languages: Vec<String>,
    /// `cpu`, `cuda:0`, `metal`, with the reason a faster one was not used where there is one.
    pub device: String,
}

/// Reads what is written in a picture. Blocks until it is done; called inside the child that
/// reads a file.
pub trait Ocr: Send + Sync {
    /// The text of a picture, frame by frame; a grey one has one frame.
    fn recognise(&self, picture: &Picture<'_>) -> Result<Vec<RecognisedText>, OcrFault>;
}

/// Text to vector.
pub trait Embedder: Send + Sync {
    /// What it is.
    fn identity(&self) -> &EmbedderIdentity;

    /// Where in a text its tokens begin, in bytes and in order, without the special ones. Cheap
    /// enough to call for every candidate cut.
    fn token_starts(&self, text: &str) -> Vec<usize>;

    /// Vectors in the order of the texts, computed in length-sorted batches.
    fn embed(&self, kind: TextKind, texts: Vec<String>) -> BoxFuture<'_, Result<Vec<Vec<f32>>, Failure>>;
}

/// What a cross-encoder is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RerankerIdentity {
    /// Name of the model.
    pub name: String,
    /// BLAKE3 of its weights file, in hex.
    pub weights: String,
    /// Most tokens of a pair, special tokens included.
    pub max_tokens: usize,
    /// ISO 639-3 codes of the languages it was trained on; empty if it is not stated.
    pub languages: Vec<String>,
    /// As in [`EmbedderIdentity::device`].
    pub device: String,
    /// Arithmetic of its linear layers.
    pub precision: Precision,
}

/// What a reranker's logit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ScoreScale {
    /// The model's raw output.
    #[default]
    Logit,
    /// ln(p / (1 - p)) of the relevance p, 0 to 1, that a host gave in place of its logit: the
    /// sigmoid of it is the host's own number.
    LogOdds,
}

impl ScoreScale {
    /// The word in JSON and on screen.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Logit => "logit",
            Self::LogOdds => "log_odds",
        }
    }
}

/// One pair's score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairScore {
    /// Index of the passage in the list that was handed in.
    pub index: usize,
    /// Raw output of the model; log-odds where [`Reranker::scale`] says so.
    pub logit: f32,
    /// Tokens of the passage that were read; 0 of 0 where a host does not say.
    pub tokens_read: u32,
    /// Tokens that the passage has.
    pub tokens_total: u32,
}

/// Question and passages to logits.
pub trait Reranker: Send + Sync {
    /// What it is.
    fn identity(&self) -> &RerankerIdentity;

    /// What its logits are.
    fn scale(&self) -> ScoreScale {
        ScoreScale::Logit
    }

    /// Scores in small batches, roughly in the order of the passages, each batch as soon as it
    /// is computed. The stream ends after the last batch or the first error.
    fn score(&self, question: String, passages: Vec<String>) -> BoxStream<'_, Result<Vec<PairScore>, Failure>>;

    /// The same model over sides that were cut into tokens before, if it can do that.
    fn as_pretokenized(&self) -> Option<&dyn PretokenizedReranker> {
        None
    }

    /// Bytes of the passage that are read beside this question; `None` if all of it is read or the
    /// model cannot tell.
    fn truncated_at(&self, _question: &str, _passage: &str) -> Option<usize> {
        None
    }
}

/// What to leave out of a search.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only this collection.
    pub collection: Option<String>,
    /// Generations that the catalogue no longer (or not yet) counts.
    pub excluded: Vec<GenerationId>,
}

/// The read side of the index. The legs are apart and return raw scores, best first.
pub trait IndexReader: Send + Sync {
    /// Nearest by cosine similarity.
    fn nearest(&self, vector: Vec<f32>, limit: usize, filter: Filter) -> BoxFuture<'_, Result<Vec<Hit>, Failure>>;

    /// Best by BM25 over words; the words of any language are found by Unicode segmentation.
    fn matching(&self, words: String, limit: usize, filter: Filter) -> BoxFuture<'_, Result<Vec<Hit>, Failure>>;

    /// Rows per generation, for the check against the catalogue.
    fn generations(&self) -> BoxFuture<'_, Result<Vec<(GenerationId, u64)>, Failure>>;
}

/// What the index holds of a generation that was written just now, read from the disk again.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ReadBack {
    /// Rows of the generation.
    pub rows: u64,
    /// The chunks that were asked for, in that order.
    pub sampled: Vec<Sampled>,
}

/// One chunk read back.
#[derive(Debug, Clone, PartialEq)]
pub struct Sampled {
    /// Its place in the document.
    pub ordinal: u32,
    /// Its text; `None` if it is not there.
    pub text: Option<String>,
    /// What a search for its vector among the generation's chunks finds without a vector index:
    /// places and cosine similarities, best first, eight at most.
    pub nearest: Vec<(u32, f32)>,
}

/// The write side of the index. One writer exists at a time.
pub trait IndexWriter: Send + Sync {
    /// Adds the rows of one generation in one commit and makes them durable.
    fn add(&self, rows: Vec<EmbeddedChunk>) -> BoxFuture<'_, Result<(), Failure>>;

    /// Reads a generation back: how many rows it has and what became of a few chunks, each given
    /// by its place and its vector. Cheap for the generation that was added last.
    fn read_back(
        &self,
        generation: GenerationId,
        sample: Vec<(u32, Vec<f32>)>,
    ) -> BoxFuture<'_, Result<ReadBack, Failure>>;

    /// Removes whole generations.
    fn remove(&self, generations: Vec<GenerationId>) -> BoxFuture<'_, Result<(), Failure>>;

    /// Brings the full-text and vector indexes up to date and drops what is no longer reachable.
    fn optimize(&self) -> BoxFuture<'_, Result<(), Failure>>;
}

/// A file as the user named it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Source {
    /// Absolute path.
    pub path: String,
    /// File name, for people.
    pub name: String,
    /// Length in bytes when it was found; 0 if nobody looked.
    pub bytes: u64,
    /// What the file system said of it when it was found, if that can be trusted.
    pub stamp: Option<Stamp>,
    /// The disk that its folder lies on.
    pub device: Option<u64>,
}

impl Source {
    /// A file of which nothing but its place is known.
    pub fn at(path: impl Into<String>, name: impl Into<String>) -> Self {
        Self { path: path.into(), name: name.into(), ..Self::default() }
    }
}

/// From files to pages. Reading happens where a crash cannot hurt.
pub trait Reader: Send + Sync {
    /// Hash and length of a file.
    fn fingerprint(&self, source: &Source) -> BoxFuture<'_, Result<Fingerprint, Failure>>;

    /// The text of a file, page by page.
    fn read(&self, source: &Source) -> BoxFuture<'_, Result<ReadDocument, Failure>>;

    /// What reads, with its limits: another one, or the same with other limits, may read what could
    /// not be read before.
    fn identity(&self) -> String {
        String::new()
    }
}

/// What a committed generation is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct GenerationContent {
    /// Content that was read.
    pub fingerprint: Fingerprint,
    /// Pages as read, kept so that a citation can be opened.
    pub document: ReadDocument,
    /// Chunks written to the index.
    pub chunks: u32,
    /// What was incomplete about it, if anything.
    pub reason: Option<String>,
    /// What read it: [`Reader::identity`].
    pub by: String,
}

/// The truth about documents. Calls are short, synchronous and durable when they return.
pub trait Catalogue: Send + Sync {
    /// All documents that were not removed.
    fn documents(&self) -> Result<Vec<Document>, Failure>;

    /// The document at a path in a collection, if it was not removed.
    fn find(&self, collection: &str, path: &str) -> Result<Option<Document>, Failure>;

    /// Makes sure that a row exists and puts it in the queue; a committed generation stays.
    fn enqueue(&self, collection: &str, source: &Source) -> Result<DocumentId, Failure>;

    /// The rows of files, in their order. A file that has none gets one and is queued; the others
    /// stay as they are, for only their bytes can tell whether there is anything to do.
    fn admit(&self, collection: &str, folder: Option<FolderId>, sources: &[Source]) -> Result<Vec<Document>, Failure>;

    /// Keeps what a file was when it was hashed, so that it need not be hashed again.
    fn record_hash(&self, document: DocumentId, seen: &LastHash) -> Result<(), Failure>;

    /// What is known of earlier tries at these bytes that failed.
    fn failed_tries(&self, document: DocumentId, hash: &str) -> Result<Option<FailedTries>, Failure>;

    /// Counts a try that failed. Tries of another reader do not count. Returns how many there are now.
    fn record_failed_try(&self, document: DocumentId, hash: &str, by: &str, failure: &Failure) -> Result<u32, Failure>;

    /// Forgets the tries at documents, and what read them in part: the user wants another.
    fn allow_retry(&self, documents: &[DocumentId]) -> Result<(), Failure>;

    /// A document's file has another name now: its row takes the place of the new one, which nothing
    /// was read for, and everything that was read stays.
    fn rename(&self, document: DocumentId, new: DocumentId, source: &Source) -> Result<(), Failure>;

    /// Moves a document along, with a reason where there is one.
    fn set_state(&self, document: DocumentId, state: DocumentState, why: Option<&Failure>) -> Result<(), Failure>;

    /// A new generation number for a document; it does not count until it is committed.
    fn begin(&self, document: DocumentId) -> Result<GenerationId, Failure>;

    /// From this call on the generation answers and the previous one does not. Returns the previous.
    fn commit(
        &self,
        document: DocumentId,
        generation: GenerationId,
        reading: &GenerationContent,
    ) -> Result<Option<GenerationId>, Failure>;

    /// From this call on the documents are in no answer, kept ones included: all of them or, where one
    /// is not there, none. Returns the generations they had.
    fn remove(&self, documents: &[DocumentId]) -> Result<Vec<GenerationId>, Failure>;

    /// Generations that may have rows in the index and must not answer.
    fn dead_generations(&self) -> Result<Vec<GenerationId>, Failure>;

    /// Forgets dead generations whose rows are gone from the index.
    fn forget(&self, generations: &[GenerationId]) -> Result<(), Failure>;
}

/// A part of an answer as it is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerPart {
    /// More text.
    Text(String),
    /// Exact words of a passage behind a number in the text (extractive answers).
    Quote {
        /// The passage's number.
        number: u32,
        /// An exact slice of its text.
        quote: String,
    },
}

/// Prompt to answer.
pub trait Writer: Send + Sync {
    /// Name of the model, or `extractive`.
    fn name(&self) -> String;

    /// Whether it writes or quotes.
    fn kind(&self) -> AnswerKind;

    /// Most tokens for a prompt, the answer's share already taken off; `None` if it has no limit.
    fn budget(&self) -> Option<usize>;

    /// Tokens of each text by the writer's own tokenizer.
    fn count_tokens(&self, texts: Vec<String>) -> BoxFuture<'_, Result<Vec<usize>, Failure>>;

    /// The answer, part by part.
    fn write(&self, prompt: Prompt) -> BoxStream<'_, Result<AnswerPart, Failure>>;
}
