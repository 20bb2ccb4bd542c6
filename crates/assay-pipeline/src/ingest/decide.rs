//! What is to be done with a file: nothing, because its bytes are known; another name for a
//! document whose file is gone; or reading it.

use std::collections::HashMap;
use std::time::Instant;

use assay_domain::{Cancel, Document, DocumentState, Failure, ReadDocument, Seen};

use super::Ingest;
use futures::future::{Either, select};

use super::queue::Queued;
use super::report::FileEnd;
use super::settle::Told;

/// Tries at the same bytes with a reader that they bring down.
const MOST_TRIES: u32 = 2;

/// What became of a file before anything of it was embedded.
pub(super) enum Decided {
    /// Its pages.
    Read(ReadDocument),
    /// That is all.
    End(FileEnd),
    /// It brought its reader down and gets another try.
    Again,
}

/// Documents whose files are gone, by the content that they had.
pub(super) struct Renames<'a>(HashMap<&'a str, Vec<&'a Document>>);

impl<'a> Renames<'a> {
    pub(super) fn of(with: &Ingest<'a>) -> Self {
        let mut gone: HashMap<&str, Vec<&Document>> = HashMap::new();
        for document in with.gone {
            if let Some(hash) = content(document) {
                gone.entry(hash).or_default().push(document);
            }
        }
        Self(gone)
    }

    /// Moves a document to the file's place if its content is the file's. The same words under
    /// another ending may be another format, so those are read anew.
    fn take(&self, with: &Ingest<'_>, file: &mut Queued, hash: &str) -> Result<Option<String>, Failure> {
        if file.row.generation.is_some() {
            return Ok(None);
        }
        for document in self.0.get(hash).into_iter().flatten() {
            let same_ending = ending(&document.name) == ending(&file.source.name);
            let there = with.catalogue.find(with.collection, &document.path)?.is_some_and(|row| row.id == document.id);
            if same_ending && there {
                with.catalogue.rename(document.id, file.row.id, &file.source)?;
                let lost = || Failure::bug(format!("{} is nowhere after it was renamed", file.source.path));
                file.row = with.catalogue.find(with.collection, &file.source.path)?.ok_or_else(lost)?;
                return Ok(Some(document.name.clone()));
            }
        }
        Ok(None)
    }
}

fn content(document: &Document) -> Option<&str> {
    let seen = document.seen.as_ref().map(|seen| seen.hash.as_str());
    seen.or(document.fingerprint.as_ref().map(|print| print.hash.as_str()))
}

fn ending(name: &str) -> Option<&str> {
    name.rsplit_once('.').map(|(_, ending)| ending)
}

/// Looks at a file and reads it if that is needed.
pub(super) async fn decide(
    with: &Ingest<'_>,
    renames: &Renames<'_>,
    mut file: Queued,
    cancel: &Cancel,
    told: &Told<'_>,
) -> (Queued, Decided) {
    file.begun = Instant::now();
    let decided = look(with, renames, &mut file, cancel, told).await;
    let decided = decided.unwrap_or_else(|failure| Decided::End(FileEnd::of(failure)));
    (file, decided)
}

async fn look(
    with: &Ingest<'_>,
    renames: &Renames<'_>,
    file: &mut Queued,
    cancel: &Cancel,
    told: &Told<'_>,
) -> Result<Decided, Failure> {
    cancel.check()?;
    let hash = hash_of(with, file).await?;
    let renamed = renames.take(with, file, &hash)?;
    if renamed.is_some() {
        with.catalogue.saw(file.row.id, &Seen { hash: hash.clone(), stamp: file.source.stamp })?;
    }
    let by = with.reader.identity();
    if file.row.is_read(&hash, &by) {
        return Ok(Decided::End(renamed.map_or(FileEnd::Unchanged, |from| FileEnd::Renamed { from })));
    }
    if let Some(tried) = with.catalogue.tried(file.row.id, &hash)?.filter(|tried| tried.by == by)
        && let Some(end) = end_of_tries(tried.tries, tried.failure)
    {
        return Ok(Decided::End(end));
    }
    told.state(with, file, DocumentState::Reading, None)?;
    file.touched = true;
    let failure = match select(with.reader.read(&file.source), cancel.stopped()).await {
        Either::Left((Ok(document), _)) => return Ok(Decided::Read(document)),
        Either::Left((Err(failure), _)) => failure,
        Either::Right(_) => Failure::stopped(),
    };
    if !failure.problem.lies_in_the_file() {
        return Err(failure);
    }
    let tries = with.catalogue.count_try(file.row.id, &hash, &by, &failure)?;
    match end_of_tries(tries, failure) {
        Some(end) => Ok(Decided::End(end)),
        None => {
            told.state(with, file, DocumentState::Queued, None)?;
            Ok(Decided::Again)
        }
    }
}

/// How a file ends that so many tries failed at; `None` if it gets another.
fn end_of_tries(tries: u32, failure: Failure) -> Option<FileEnd> {
    match (failure.problem.breaks_the_reader(), tries >= MOST_TRIES) {
        (true, false) => None,
        (true, true) => Some(FileEnd::Quarantined(failure)),
        (false, _) => Some(FileEnd::Failed(failure)),
    }
}

/// The content's hash; the bytes are read for it only if the file system does not vouch for them.
async fn hash_of(with: &Ingest<'_>, file: &mut Queued) -> Result<String, Failure> {
    if let Some(seen) = file.row.seen.as_ref().filter(|_| file.looks_unchanged()) {
        return Ok(seen.hash.clone());
    }
    let print = with.reader.fingerprint(&file.source).await?;
    file.bytes = print.bytes;
    let seen = Seen { hash: print.hash.clone(), stamp: file.source.stamp };
    if file.row.seen.as_ref() != Some(&seen) {
        with.catalogue.saw(file.row.id, &seen)?;
    }
    Ok(print.hash)
}
