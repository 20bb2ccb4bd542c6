//! What to do with a file: nothing, because its bytes are known; rename a document whose file is
//! gone; or read it.

use std::time::Instant;

use assay_domain::{Cancel, DocumentState, Failure, LastHash, ReadDocument};
use futures::future::{Either, select};

use super::inputs::Ingest;
use super::progress::Progress;
use super::queue::QueuedFile;
use super::renames::Renames;
use super::report::FileOutcome;

/// Tries at the same bytes if they crash the reader.
const MOST_TRIES: u32 = 2;

/// What happens to a file next.
pub(super) enum Decision {
    /// It was read; its pages are to be embedded.
    Embed(ReadDocument),
    /// It is finished.
    Finish(FileOutcome),
    /// It crashed its reader and gets another try.
    ReadAgain,
}

/// Hashes a file if its stamp changed, and reads it if its bytes did.
pub(super) async fn decide(
    with: &Ingest<'_>,
    renames: &Renames<'_>,
    mut file: QueuedFile,
    cancel: &Cancel,
    progress: &Progress<'_>,
) -> (QueuedFile, Decision) {
    file.begun = Instant::now();
    let decision = try_to_decide(with, renames, &mut file, cancel, progress).await;
    let decision = decision.unwrap_or_else(|failure| Decision::Finish(FileOutcome::of(failure)));
    (file, decision)
}

async fn try_to_decide(
    with: &Ingest<'_>,
    renames: &Renames<'_>,
    file: &mut QueuedFile,
    cancel: &Cancel,
    progress: &Progress<'_>,
) -> Result<Decision, Failure> {
    cancel.check()?;
    let hash = hash_of(with, file, cancel).await?;
    let renamed = renames.take(with, file, &hash).await?;
    if renamed.is_some() {
        with.catalogue.record_hash(file.row.id, &LastHash { hash: hash.clone(), stamp: file.source.stamp })?;
    }
    let by = with.reader.identity();
    if file.row.is_read(&hash, &by, with.reader.revision()) {
        return Ok(Decision::Finish(renamed.map_or(FileOutcome::Unchanged, |from| FileOutcome::Renamed { from })));
    }
    if let Some(failed) = with.catalogue.failed_tries(file.row.id, &hash)?.filter(|failed| failed.by == by)
        && let Some(outcome) = outcome_after(failed.tries, failed.failure)
    {
        return Ok(Decision::Finish(outcome));
    }
    progress.set_state(with, file, DocumentState::Reading, None)?;
    file.touched = true;
    // A stop comes first: a file that could not be read in the same moment waits, too.
    let failure = match select(cancel.stopped(), with.reader.read(&file.source)).await {
        Either::Left(_) => Failure::stopped(),
        Either::Right((Ok(document), _)) => return Ok(Decision::Embed(document)),
        Either::Right((Err(failure), _)) => failure,
    };
    if !failure.problem.is_content_fault() {
        return Err(failure);
    }
    let tries = with.catalogue.record_failed_try(file.row.id, &hash, &by, &failure)?;
    match outcome_after(tries, failure) {
        Some(outcome) => Ok(Decision::Finish(outcome)),
        None => {
            progress.set_state(with, file, DocumentState::Queued, None)?;
            Ok(Decision::ReadAgain)
        }
    }
}

/// The outcome of a file after so many failed tries; `None` if it gets another.
fn outcome_after(tries: u32, failure: Failure) -> Option<FileOutcome> {
    match (failure.problem.breaks_reader(), tries >= MOST_TRIES) {
        (true, false) => None,
        (true, true) => Some(FileOutcome::Quarantined(failure)),
        (false, _) => Some(FileOutcome::Failed(failure)),
    }
}

/// Hash of the content. The bytes are read only if the file system's stamp has changed.
async fn hash_of(with: &Ingest<'_>, file: &mut QueuedFile, cancel: &Cancel) -> Result<String, Failure> {
    if let Some(last) = file.row.last_hash.as_ref().filter(|_| file.looks_unchanged()) {
        return Ok(last.hash.clone());
    }
    let print = match select(cancel.stopped(), with.reader.fingerprint(&file.source)).await {
        Either::Left(_) => return Err(Failure::stopped()),
        Either::Right((print, _)) => print?,
    };
    file.bytes = print.bytes;
    let last = LastHash { hash: print.hash.clone(), stamp: file.source.stamp };
    if file.row.last_hash.as_ref() != Some(&last) {
        with.catalogue.record_hash(file.row.id, &last)?;
    }
    Ok(print.hash)
}
