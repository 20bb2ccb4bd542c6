//! The engines and files that an ingest needs.

use assay_domain::port::{Catalogue, Embedder, IndexWriter, Reader, ScoreCache};
use assay_domain::{Document, IngestControl, QueueReason};
use assay_text::ChunkSize;

/// The engines of an ingest, and how it treats files.
pub struct Ingest<'a> {
    /// Files to pages.
    pub reader: &'a dyn Reader,
    /// Chunks to vectors.
    pub embedder: &'a dyn Embedder,
    /// Where rows are written.
    pub index: &'a dyn IndexWriter,
    /// Where documents, their states and their pages are kept.
    pub catalogue: &'a dyn Catalogue,
    /// Token ids and scores of passages; those of a replaced generation are removed.
    pub score_cache: Option<&'a dyn ScoreCache>,
    /// Size of a chunk in the embedder's tokens.
    pub chunking: ChunkSize,
    /// Whether vectors and words get the context of their passages, as the rest of the index has it.
    pub context: bool,
    /// The collection that the files join.
    pub collection: &'a str,
    /// Why the files are read.
    pub why: QueueReason,
    /// Documents whose files are gone. A new file with the same bytes is one of them under another
    /// name.
    pub gone: &'a [Document],
    /// Whether the index is optimized at the end. If not, the caller does it later: until then the rows of replaced
    /// generations answer no more, and their text is still on the disk.
    pub optimize: bool,
    /// The pause button, and which documents come first.
    pub control: &'a IngestControl,
}
