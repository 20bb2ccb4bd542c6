//! Recovery: opening a library that a power cut, a full disk or another program has damaged. What is
//! whole is used, what is damaged moves to `damaged/`, and the rest is filled in from other copies.

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use assay_catalogue::{Fault, Snapshot, Store, restore, snapshots};
use assay_domain::port::{Catalogue, IndexReader};
use assay_domain::{DocumentId, Failure, GenerationId};
use assay_models::blocking;

use crate::error::LibraryError;
use crate::home::Home;
use crate::notices::{NoticeFact, NoticeKind, Notices};
use crate::synced::synced_by;

/// Opens the catalogue. A damaged one moves to `damaged/` and the newest whole snapshot takes its place.
///
/// # Errors
/// Fails if the catalogue is damaged and there is no snapshot, or if the disk reports an error.
pub fn open_catalogue(home: &Home, notices: &Notices) -> Result<Store, Failure> {
    if let Some(program) = synced_by(home.folder()) {
        notices.add(
            NoticeKind::SyncedFolder,
            NoticeFact::Synced(program),
            format!("the data folder {} is copied to other machines by {program}", home.folder().display()),
            "close Assay, move the folder to a place that is not synced, and name it with --data or ASSAY_DATA: \
             a copy taken while Assay writes may be damaged",
        );
    }
    let path = home.catalogue();
    let emptied = match fs::metadata(&path) {
        Ok(metadata) => metadata.len() == 0,
        Err(error) if error.kind() == io::ErrorKind::NotFound => true,
        Err(error) => return Err(LibraryError::file(&path)(error).into()),
    };
    let damage = match Store::open(&path) {
        Ok(store) if !emptied => {
            report_upgrade(&store, notices);
            return Ok(store);
        }
        Ok(store) => {
            drop(store);
            None
        }
        Err(error) if error.fault() == Fault::Damage => Some(error),
        Err(other) => return Err(other.into()),
    };
    let Some(snapshot) = snapshots(&home.snapshots()).into_iter().next() else {
        // A new library begins with an empty file, too.
        return match damage {
            Some(damage) => Err(damage.into()),
            None => Ok(Store::open(&path)?),
        };
    };
    let how = damage.map_or("it was empty or gone".to_owned(), |damage| damage.to_string());
    put_back(home, &snapshot)?;
    let Snapshot { name, documents, .. } = &snapshot;
    let what = format!(
        "the catalogue could not be used ({how}); it was moved to damaged/ and the snapshot {name} with {documents} \
         documents took its place"
    );
    let fact = NoticeFact::CatalogueRestored { snapshot: name.clone(), documents: *documents };
    notices.add(NoticeKind::Recovered, fact, what, after_restoring(&snapshot));
    let store = Store::open(&path)?;
    report_upgrade(&store, notices);
    Ok(store)
}

/// Reports kept questions of an earlier version that could not be read.
fn report_upgrade(store: &Store, notices: &Notices) {
    let unreadable = store.upgrade().map_or(0, |upgrade| upgrade.unreadable_turns);
    if unreadable > 0 {
        let questions = if unreadable == 1 { "1 kept question".into() } else { format!("{unreadable} kept questions") };
        let what = format!(
            "{questions} of an earlier version could not be read in full; their answers are shown without the passages that were found"
        );
        notices.add(NoticeKind::Recovered, NoticeFact::TurnsUnreadable(unreadable), what, "");
    }
}

/// What to do after a snapshot took the place of a damaged catalogue.
fn after_restoring(snapshot: &Snapshot) -> &'static str {
    if snapshot.with_text {
        "add your folders again to take in what changed since"
    } else {
        "the documents answer as before; their text is read from the originals again at the next ingest"
    }
}

/// Reads every page of the open catalogue. A damaged catalogue answers as long as it can; a snapshot
/// replaces it at the next opening.
///
/// # Errors
/// Fails if the catalogue is damaged or cannot be read.
pub async fn read_through(store: Arc<Store>, notices: &Notices) -> Result<(), Failure> {
    let read = blocking("reading the catalogue through", move || store.read_through()).await?;
    if read.as_ref().is_err_and(|error| error.fault() == Fault::Damage) {
        let action = "close Assay and open it again: the newest copy that is whole takes its place, and your files \
                      are read again where it lacks them";
        notices.add(NoticeKind::Damaged, NoticeFact::CatalogueDamaged, "the catalogue on the disk is damaged", action);
    }
    Ok(read?)
}

/// Puts a snapshot in the catalogue's place; the catalogue that is there moves to `damaged/`.
///
/// # Errors
/// Fails if a file cannot be copied or moved.
pub fn put_back(home: &Home, snapshot: &Snapshot) -> Result<(), Failure> {
    Ok(restore(snapshot, &home.catalogue(), &home.damaged())?)
}

/// Moves an index that cannot be opened to `damaged/`, with a notice.
///
/// # Errors
/// Fails if the folder cannot be moved.
pub fn move_index_away(home: &Home, folder: &Path, reason: &str, notices: &Notices) -> Result<(), Failure> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    fs::create_dir_all(home.damaged()).map_err(LibraryError::file(&home.damaged()))?;
    fs::rename(folder, home.damaged().join(format!("{now}-{name}"))).map_err(LibraryError::file(folder))?;
    let what = format!(
        "the index could not be opened ({reason}); it was moved to damaged/ and is filled again from the stored text"
    );
    notices.add(NoticeKind::Rebuilding, NoticeFact::IndexMoved { reason: reason.to_owned() }, what, "");
    Ok(())
}

/// Compares an index that was just opened with the catalogue, in both directions, and returns the
/// documents that lack rows. Rows of unknown generations are marked dead: they answer no more and are
/// removed at the next ingest.
///
/// # Errors
/// Fails if the index or the catalogue cannot be read.
pub async fn reconcile(
    store: &Store,
    reader: &assay_index::Reader,
    notices: &Notices,
) -> Result<Vec<DocumentId>, Failure> {
    let mut rows: HashMap<GenerationId, u64> = reader.generations().await?.into_iter().collect();
    let mut lacking = Vec::new();
    for (generation, document, chunks) in store.live_generations()? {
        if rows.remove(&generation).unwrap_or(0) != u64::from(chunks) {
            lacking.push(document);
        }
    }
    let known: HashSet<GenerationId> = store.dead_generations()?.into_iter().collect();
    let unknown: Vec<GenerationId> = rows.into_keys().filter(|generation| !known.contains(generation)).collect();
    if !unknown.is_empty() {
        store.mark_dead(&unknown)?;
        let what = format!("{} readings in the index belonged to no document", unknown.len());
        notices.add(NoticeKind::Recovered, NoticeFact::ReadingsUnknown(counted(unknown.len())), what, "");
    }
    if !lacking.is_empty() {
        let documents =
            if lacking.len() == 1 { "1 document lacks".into() } else { format!("{} documents lack", lacking.len()) };
        let what = format!("{documents} passages in the index, which are filled in again from the stored text");
        notices.add(NoticeKind::Rebuilding, NoticeFact::PassagesLacking(counted(lacking.len())), what, "");
    }
    Ok(lacking)
}

fn counted(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Deletes a folder and all that is in it, if it exists.
///
/// # Errors
/// Fails if the folder exists and cannot be deleted.
pub fn remove_folder(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
