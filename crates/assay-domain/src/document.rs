//! A file that the library knows.

use std::fmt;

use crate::port::EmbedderIdentity;
use crate::{FolderId, LastHash, Problem};

/// The catalogue's number for a file in a collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DocumentId(pub i64);

/// One reading of a document. Index rows carry it, and they count only while the catalogue
/// names it as the document's committed generation. Numbers are never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GenerationId(pub i64);

impl fmt::Display for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for GenerationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What identifies the content of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    /// BLAKE3 of the bytes, in lower-case hex.
    pub hash: String,
    /// Length in bytes.
    pub bytes: u64,
}

/// Where a document stands on the ingest way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DocumentState {
    /// Found, not started.
    Queued,
    /// Its text is being read.
    Reading,
    /// Its chunks are being embedded and written.
    Embedding,
    /// Searchable.
    Committed,
    /// Could not be ingested; the reason is kept. An earlier committed generation stays searchable.
    Failed,
    /// Brought its reader down twice with the same bytes: it is left alone until it changes or the
    /// user asks for another try. An earlier committed generation stays searchable.
    Quarantined,
    /// Its folder or drive is not there now, which is not the same as deleted. What was read of it
    /// stays searchable.
    Offline,
    /// Taken out of the library.
    Removed,
}

impl DocumentState {
    /// The word stored and shown for the state.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Reading => "reading",
            Self::Embedding => "embedding",
            Self::Committed => "committed",
            Self::Failed => "failed",
            Self::Quarantined => "quarantined",
            Self::Offline => "offline",
            Self::Removed => "removed",
        }
    }

    /// The state for a stored word.
    pub fn parse(word: &str) -> Option<Self> {
        [
            Self::Queued,
            Self::Reading,
            Self::Embedding,
            Self::Committed,
            Self::Failed,
            Self::Quarantined,
            Self::Offline,
            Self::Removed,
        ]
        .into_iter()
        .find(|state| state.as_str() == word)
    }
}

/// A row of the library.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The catalogue's number.
    pub id: DocumentId,
    /// The collection it belongs to.
    pub collection: String,
    /// Absolute path of the original, which is only ever read.
    pub path: String,
    /// File name, for people.
    pub name: String,
    /// Where it stands.
    pub state: DocumentState,
    /// Why it failed, or what was incomplete about a committed reading.
    pub reason: Option<String>,
    /// Which problem the reason tells of, if it failed or is out of reach.
    pub problem: Option<Problem>,
    /// Content of the committed generation, if there is one.
    pub fingerprint: Option<Fingerprint>,
    /// The generation that answers, if there is one.
    pub generation: Option<GenerationId>,
    /// Pages that the file has.
    pub pages: u32,
    /// Pages that gave text.
    pub pages_with_text: u32,
    /// Chunks in the index.
    pub chunks: u32,
    /// The format that the content of the last reading showed: [`ReadDocument::format`](crate::ReadDocument).
    pub format: Option<String>,
    /// ISO 639-3 code of the main language, where it could be told.
    pub language: Option<String>,
    /// The watched folder that brought it in, if one did.
    pub folder: Option<FolderId>,
    /// The disk that its folder lay on when it was last looked at.
    pub device: Option<u64>,
    /// The content it had when it was last hashed.
    pub last_hash: Option<LastHash>,
    /// What read the committed generation ([`Reader::identity`](crate::port::Reader::identity)), if it left something
    /// out: another may do better. Empty once the user wants another try.
    pub partly_by: Option<String>,
}

impl Document {
    /// Whether this reader has made of these bytes what it can.
    pub fn is_read(&self, hash: &str, by: &str) -> bool {
        let same = self.fingerprint.as_ref().is_some_and(|print| print.hash == hash);
        same && self.generation.is_some() && self.partly_by.as_ref().is_none_or(|earlier| earlier == by)
    }
}

/// What filled an index. Two indexes with different identities cannot be mixed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexIdentity {
    /// Name of the bi-encoder.
    pub embedder: String,
    /// BLAKE3 of its weights file, in hex.
    pub weights: String,
    /// Length of a vector.
    pub dimension: usize,
    /// `mean` or `cls`.
    pub pooling: String,
    /// Text put before each passage, often empty.
    pub passage_prefix: String,
    /// Text put before each question, often empty.
    pub query_prefix: String,
    /// Most tokens in a chunk.
    pub chunk_tokens: usize,
    /// Tokens shared by neighbouring chunks.
    pub chunk_overlap: usize,
}

impl IndexIdentity {
    /// What an index is that this model fills with chunks of this size.
    pub fn of(model: &EmbedderIdentity, chunk_tokens: usize, chunk_overlap: usize) -> Self {
        Self {
            embedder: model.name.clone(),
            weights: model.weights.clone(),
            dimension: model.dimension,
            pooling: model.pooling.clone(),
            passage_prefix: model.passage_prefix.clone(),
            query_prefix: model.query_prefix.clone(),
            chunk_tokens,
            chunk_overlap,
        }
    }

    /// The first way in which two identities differ, in words, or `None` if they agree.
    pub fn difference(&self, wanted: &Self) -> Option<String> {
        let rows: [(&str, String, String); 8] = [
            ("model", self.embedder.clone(), wanted.embedder.clone()),
            ("model weights", self.weights.clone(), wanted.weights.clone()),
            ("dimension", self.dimension.to_string(), wanted.dimension.to_string()),
            ("pooling", self.pooling.clone(), wanted.pooling.clone()),
            ("passage prefix", self.passage_prefix.clone(), wanted.passage_prefix.clone()),
            ("query prefix", self.query_prefix.clone(), wanted.query_prefix.clone()),
            ("chunk size", self.chunk_tokens.to_string(), wanted.chunk_tokens.to_string()),
            ("chunk overlap", self.chunk_overlap.to_string(), wanted.chunk_overlap.to_string()),
        ];
        rows.into_iter()
            .find(|(_, filled, asked)| filled != asked)
            .map(|(what, filled, asked)| format!("{what} was {filled:?} when it was filled and is {asked:?} now"))
    }
}
