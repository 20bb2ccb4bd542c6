//! Chunks to vectors: the index rows of one generation.

use assay_domain::port::{Embedder, TextKind};
use assay_domain::{Cancel, Chunk, ChunkWords, Document, EmbeddedChunk, Failure, GenerationId, IngestControl};
use assay_text::fold;

/// Chunks cut and embedded between two looks at the stop and pause buttons.
const CHUNKS_PER_STEP: usize = 64;

/// Chunks passed on together, so that a long file is written while the rest of it is embedded.
const CHUNKS_PER_PART: usize = 512;

/// Makes the index rows of one generation, part by part.
pub(crate) struct RowMaker<'a, C> {
    pub(crate) embedder: &'a dyn Embedder,
    pub(crate) control: &'a IngestControl,
    pub(crate) document: &'a Document,
    pub(crate) generation: GenerationId,
    pub(crate) context: bool,
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
            let texts = step.iter().map(|chunk| self.to_embed(chunk)).collect();
            let vectors = self.embedder.embed(TextKind::Passage, texts);
            self.ahead = self.cut();
            let vectors = vectors.await?;
            if vectors.len() != step.len() {
                return Err(Failure::bug(format!("{} vectors came back for {} chunks", vectors.len(), step.len())));
            }
            rows.extend(step.into_iter().zip(vectors).map(|(chunk, vector)| EmbeddedChunk {
                document: self.document.id,
                generation: self.generation,
                collection: self.document.collection.clone(),
                words: self.words(&chunk),
                chunk,
                vector,
            }));
        }
        Ok(rows)
    }

    /// What the bi-encoder reads: the headings that the chunk lacks, then its text.
    fn to_embed(&self, chunk: &Chunk) -> String {
        if !self.context {
            return chunk.text.clone();
        }
        let tokens = |text: &str| self.embedder.token_starts(text).len();
        let headings = self.document.context(chunk.heading.as_deref()).headings(&chunk.text, &tokens);
        if headings.is_empty() { chunk.text.clone() } else { format!("{headings}\n{}", chunk.text) }
    }

    /// What the lexical retriever reads.
    fn words(&self, chunk: &Chunk) -> ChunkWords {
        if !self.context {
            return ChunkWords { text: fold(&chunk.text), names: String::new() };
        }
        let context = self.document.context(chunk.heading.as_deref());
        let mut read: Vec<&str> = context.segments(&chunk.text).collect();
        read.push(&chunk.text);
        ChunkWords { text: fold(&read.join("\n")), names: fold(&context.names()) }
    }

    fn cut(&mut self) -> Vec<Chunk> {
        self.chunks.by_ref().take(CHUNKS_PER_STEP).collect()
    }
}
