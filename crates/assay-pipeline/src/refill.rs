//! stored pages -> chunks -> vectors -> index: fills an index again without the files

use assay_domain::port::{Embedder, IndexWriter};
use assay_domain::{Cancel, Document, Failure, GenerationId, IngestControl, Page, ReadDocument};
use assay_text::ChunkSize;

use crate::ingest::rows::RowMaker;
use crate::ingest::verify::{SentRows, verify};

/// The engines of a refill.
pub struct Refill<'a> {
    /// Chunks to vectors.
    pub embedder: &'a dyn Embedder,
    /// Where rows are written.
    pub index: &'a dyn IndexWriter,
    /// Size of a chunk in the embedder's tokens.
    pub chunking: ChunkSize,
    /// As [`Ingest::context`](crate::ingest::Ingest::context).
    pub context: bool,
    /// The pause button.
    pub control: &'a IngestControl,
}

/// Cuts a document's stored pages, embeds the chunks and writes them under a generation that has no
/// rows in the index yet. Returns the number of rows after they were read back.
///
/// # Errors
/// What the embedder or the index reports; [`Failure::stopped`] when `cancel` is set.
pub async fn refill(
    with: &Refill<'_>,
    document: &Document,
    pages: Vec<Page>,
    generation: GenerationId,
    cancel: &Cancel,
) -> Result<u32, Failure> {
    let read = ReadDocument {
        format: document.format.clone().unwrap_or_default(),
        pages,
        language: document.language.clone(),
        hash: document.fingerprint.as_ref().map(|print| print.hash.clone()).unwrap_or_default(),
    };
    let starts = |text: &str| with.embedder.token_starts(text);
    let chunks = assay_text::chunk(&read, &starts, with.chunking).map_err(Failure::from)?;
    let mut rows = RowMaker {
        embedder: with.embedder,
        control: with.control,
        document,
        generation,
        context: with.context,
        chunks,
        ahead: Vec::new(),
    };
    let mut sent = SentRows::new(generation);
    loop {
        let part = rows.next(cancel).await?;
        if part.is_empty() {
            break;
        }
        sent.add(&part);
        with.index.add(part).await?;
    }
    let count = sent.rows as u32;
    verify(with.index, sent).await?;
    Ok(count)
}
