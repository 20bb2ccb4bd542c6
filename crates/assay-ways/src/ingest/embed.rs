//! Pages to chunks to vectors: rows, handed on part by part.

use assay_domain::socket::{Embedder, TextKind};
use assay_domain::{Cancel, Chunk, DocumentState, EmbeddedChunk, Failure, ReadDocument, Reins};
use futures::channel::mpsc::{Receiver, Sender};
use futures::sink::SinkExt;
use futures::stream::StreamExt;

use super::decide::Decided;
use super::queue::Queued;
use super::settle::Told;
use super::verify::Sent;
use super::{FileEnd, Held, Ingest, Looked};

/// Chunks embedded between two looks at the stop and pause buttons.
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
    let sizer = |text: &str| with.embedder.count_tokens(text);
    let chunks = assay_text::chunk(document, &sizer, with.chunking).map_err(Failure::from)?;
    let generation = with.catalogue.begin(file.row.id)?;
    let mut sent = Sent::new(generation);
    let mut chunks = chunks.into_iter();
    loop {
        let some: Vec<Chunk> = chunks.by_ref().take(CHUNKS_PER_PART).collect();
        if some.is_empty() {
            return Ok(sent);
        }
        let vectors = embed(with.embedder, with.reins, &some, cancel).await?;
        let rows = some.into_iter().zip(vectors).map(|(chunk, vector)| EmbeddedChunk {
            document: file.row.id,
            generation,
            collection: with.collection.to_owned(),
            chunk,
            vector,
        });
        let rows: Vec<_> = rows.collect();
        sent.and(&rows);
        drop(out.send(Made::Rows(rows)).await);
    }
}

/// Vectors of chunks, with a look at the buttons now and then.
pub(crate) async fn embed(
    embedder: &dyn Embedder,
    reins: &Reins,
    chunks: &[Chunk],
    cancel: &Cancel,
) -> Result<Vec<Vec<f32>>, Failure> {
    let mut vectors = Vec::with_capacity(chunks.len());
    for step in chunks.chunks(CHUNKS_PER_STEP) {
        reins.wait(cancel).await?;
        let texts = step.iter().map(|chunk| chunk.text.clone()).collect();
        vectors.extend(embedder.embed(TextKind::Passage, texts).await?);
    }
    if vectors.len() != chunks.len() {
        return Err(Failure::bug(format!("{} vectors came back for {} chunks", vectors.len(), chunks.len())));
    }
    Ok(vectors)
}
