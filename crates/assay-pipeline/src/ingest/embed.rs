//! Pages to chunks to vectors: rows for the index, passed on part by part.

use assay_domain::{Cancel, DocumentState, EmbeddedChunk, Failure, ReadDocument};
use futures::channel::mpsc::{Receiver, Sender};
use futures::sink::SinkExt;
use futures::stream::StreamExt;

use super::decide::Decision;
use super::inputs::Ingest;
use super::progress::Progress;
use super::queue::QueuedFile;
use super::read::ReadFile;
use super::report::FileOutcome;
use super::rows::RowMaker;
use super::text_budget::Permit;
use super::verify::SentRows;

/// What goes to the index writer.
pub(super) enum ToWrite {
    /// Rows of the file that is being embedded.
    Rows(Vec<EmbeddedChunk>),
    /// The end of a file: all its rows came before.
    End(Box<QueuedFile>, Embedded),
}

/// How a file left the embedder.
pub(super) enum Embedded {
    /// All its rows were sent.
    Complete(EmbeddedFile),
    /// It gave no rows, or not all.
    Early(FileOutcome),
}

/// A file of which all rows were sent, ready for the commit.
pub(super) struct EmbeddedFile {
    pub(super) document: ReadDocument,
    pub(super) sent: SentRows,
    pub(super) permit: Option<Permit>,
}

/// Embeds the files that were read, and passes on those that need no embedding.
pub(super) async fn embed_files(
    with: &Ingest<'_>,
    mut read: Receiver<ReadFile>,
    cancel: &Cancel,
    progress: &Progress<'_>,
    mut out: Sender<ToWrite>,
) -> Result<(), Failure> {
    while let Some(ReadFile { file, decision, permit }) = read.next().await {
        let embedded = match decision {
            Decision::Embed(document) => match embed_file(with, &file, &document, cancel, progress, &mut out).await {
                Ok(sent) => Embedded::Complete(EmbeddedFile { document, sent, permit }),
                Err(failure) => Embedded::Early(FileOutcome::of(failure)),
            },
            Decision::Finish(outcome) => Embedded::Early(outcome),
            Decision::ReadAgain => continue,
        };
        drop(out.send(ToWrite::End(Box::new(file), embedded)).await);
    }
    Ok(())
}

async fn embed_file(
    with: &Ingest<'_>,
    file: &QueuedFile,
    document: &ReadDocument,
    cancel: &Cancel,
    progress: &Progress<'_>,
    out: &mut Sender<ToWrite>,
) -> Result<SentRows, Failure> {
    progress.set_state(with, file, DocumentState::Embedding, None)?;
    let starts = |text: &str| with.embedder.token_starts(text);
    let chunks = assay_text::chunk(document, &starts, with.chunking).map_err(Failure::from)?;
    let generation = with.catalogue.begin(file.row.id)?;
    let mut rows = RowMaker {
        embedder: with.embedder,
        control: with.control,
        document: &file.row,
        generation,
        context: with.context,
        chunks,
        ahead: Vec::new(),
    };
    let mut sent = SentRows::new(generation);
    loop {
        let part = rows.next(cancel).await?;
        if part.is_empty() {
            return Ok(sent);
        }
        sent.add(&part);
        drop(out.send(ToWrite::Rows(part)).await);
    }
}
