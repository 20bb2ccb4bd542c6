//! Chunks to vectors: the index rows of one generation.

use assay_domain::port::{Embedder, TextKind};
use assay_domain::{Cancel, Chunk, DocumentId, EmbeddedChunk, Failure, GenerationId, IngestControl};

/// Chunks cut and embedded between two looks at the stop and pause buttons.
const CHUNKS_PER_STEP: usize = 64;

/// Chunks passed on together, so that a long file is written while the rest of it is embedded.
const CHUNKS_PER_PART: usize = 512;

/// Makes the index rows of one generation, part by part.
pub(crate) struct RowMaker<'a, C> {
    pub(crate) embedder: &'a dyn Embedder,
    pub(crate) control: &'a IngestControl,
    pub(crate) document: DocumentId,
    pub(crate) generation: GenerationId,
    pub(crate) collection: &'a str,
    pub(crate) chunks: C,
    /// Chunks that are cut and not embedded yet.
    pub(crate) ahead: Vec<Chunk>,
}

impl<C: Iterator<Item = Chunk> + Send> RowMaker<'_, C> {
    /// The next rows, at most about 512; none at the end. Cutting can take as long as embedding, so
    /// the next chunks are cut while the ones before are embedded.
    pub(crate) async fn next(&mut self, cancel: &Cancel) -> Result<Vec<EmbeddedChunk>, Failure> {
        let mut rows = Vec::new();
        while rows.len() < CHUNKS_PER_PART {
            if self.ahead.is_empty() {
                self.ahead = self.cut();
            }
            let step = std::mem::take(&mut self.ahead);
            if step.is_empty() {
                break;
            }
            self.control.wait(cancel).await?;
            let texts = step.iter().map(|chunk| chunk.text.clone()).collect();
            let vectors = self.embedder.embed(TextKind::Passage, texts);
            self.ahead = self.cut();
            let vectors = vectors.await?;
            if vectors.len() != step.len() {
                return Err(Failure::bug(format!("{} vectors came back for {} chunks", vectors.len(), step.len())));
            }
            rows.extend(step.into_iter().zip(vectors).map(|(chunk, vector)| EmbeddedChunk {
                document: self.document,
                generation: self.generation,
                collection: self.collection.to_owned(),
                chunk,
                vector,
            }));
        }
        Ok(rows)
    }

    fn cut(&mut self) -> Vec<Chunk> {
        self.chunks.by_ref().take(CHUNKS_PER_STEP).collect()
    }
}
