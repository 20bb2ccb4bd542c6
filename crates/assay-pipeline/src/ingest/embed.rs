//! Pages to chunks to vectors: rows, handed on part by part.

use assay_domain::port::{Embedder, TextKind};
use assay_domain::{
    Cancel, Chunk, DocumentId, DocumentState, EmbeddedChunk, Failure, GenerationId, IngestControl, ReadDocument,
};
use futures::channel::mpsc::{Receiver, Sender};
use futures::sink::SinkExt;
use futures::stream::StreamExt;

use super::decide::Decided;
use super::queue::Queued;
use super::settle::Told;
use super::verify::Sent;
use super::{FileEnd, Held, Ingest, Looked};

/// Chunks cut and embedded between two looks at the stop and pause buttons.
const CHUNKS_PER_STEP: usize = 64;

/// Chunks handed on together: a long file is written while the rest of it is embedded.
const CHUNKS_PER_PART: usize = 512;

/// What is on its way to the index.
pub(super) enum Made {
    /// Rows of the file that is being embedded.
    Rows(Vec<EmbeddedChunk>),
    /// A file of which nothing more will come.
    File(Box<Queued>, Ended),
}

/// How a file left the embedder.
pub(super) enum Ended {
    /// All its rows were handed on.
    Whole(Read),
    /// It gave no rows, or not all.
    Early(FileEnd),
}

/// A reading of which all rows were handed on.
pub(super) struct Read {
    pub(super) document: ReadDocument,
    pub(super) sent: Sent,
    pub(super) held: Option<Held>,
}

/// Pages to rows.
pub(super) async fn embed_files(
    with: &Ingest<'_>,
    mut read: Receiver<Looked>,
    cancel: &Cancel,
    told: &Told<'_>,
    mut out: Sender<Made>,
) -> Result<(), Failure> {
    while let Some(Looked { file, decided, held }) = read.next().await {
        let end = match decided {
            Decided::Read(document) => match embed_file(with, &file, &document, cancel, told, &mut out).await {
                Ok(sent) => Ended::Whole(Read { document, sent, held }),
                Err(failure) => Ended::Early(FileEnd::of(failure)),
            },
            Decided::End(end) => Ended::Early(end),
            Decided::Again => continue,
        };
        drop(out.send(Made::File(Box::new(file), end)).await);
    }
    Ok(())
}

async fn embed_file(
    with: &Ingest<'_>,
    file: &Queued,
    document: &ReadDocument,
    cancel: &Cancel,
    told: &Told<'_>,
    out: &mut Sender<Made>,
) -> Result<Sent, Failure> {
    told.state(with, file, DocumentState::Embedding, None)?;
    let starts = |text: &str| with.embedder.token_starts(text);
    let chunks = assay_text::chunk(document, &starts, with.chunking).map_err(Failure::from)?;
    let generation = with.catalogue.begin(file.row.id)?;
    let mut rows = Rows {
        embedder: with.embedder,
        control: with.control,
        document: file.row.id,
        generation,
        collection: with.collection,
        chunks,
        ahead: Vec::new(),
    };
    let mut sent = Sent::new(generation);
    loop {
        let some = rows.next(cancel).await?;
        if some.is_empty() {
            return Ok(sent);
        }
        sent.and(&some);
        drop(out.send(Made::Rows(some)).await);
    }
}

/// Makes the rows of one reading.
pub(crate) struct Rows<'a, C> {
    pub(crate) embedder: &'a dyn Embedder,
    pub(crate) control: &'a IngestControl,
    pub(crate) document: DocumentId,
    pub(crate) generation: GenerationId,
    pub(crate) collection: &'a str,
    pub(crate) chunks: C,
    /// Chunks that were cut and not embedded yet.
    pub(crate) ahead: Vec<Chunk>,
}

impl<C: Iterator<Item = Chunk> + Send> Rows<'_, C> {
    /// Those of the next chunks, as many as are handed on together; none at the end. Cutting can
    /// take as long as embedding, so some are cut while those before them are embedded, and not
    /// many before the next look at the buttons.
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
