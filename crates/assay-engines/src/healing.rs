//! Opening a library that a power cut, a full disk or another program has damaged: what is whole
//! is used, what is not is set aside, and the rest is filled in from what is known elsewhere.

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use assay_catalogue::{CatalogueError, Snapshot, Store, restore, snapshots};
use assay_domain::port::{Catalogue, IndexReader};
use assay_domain::{DocumentId, Failure, GenerationId};

use crate::notices::Notices;
use crate::synced::synced_by;
use crate::{EnginesError, Home};

/// Opens the catalogue. One that is damaged is set aside and the newest snapshot that is whole
/// takes its place; without one the damage is named.
pub fn open_catalogue(home: &Home, notices: &Notices) -> Result<Store, Failure> {
    if let Some(program) = synced_by(home.folder()) {
        notices.add(
            "synced_folder",
            format!("the data folder {} is copied to other machines by {program}", home.folder().display()),
            "close Assay, move the folder to a place that is not synced, and name it with --data or ASSAY_DATA: \
             a copy taken while Assay writes may be damaged",
        );
    }
    let path = home.catalogue();
    let emptied = fs::metadata(&path).map_or(true, |metadata| metadata.len() == 0);
    let damage = match Store::open(&path) {
        Ok(store) if !emptied => return Ok(store),
        Ok(store) => {
            drop(store);
            None
        }
        Err(error @ (CatalogueError::Damaged { .. } | CatalogueError::NotWhole { .. })) => Some(error),
        Err(other) => return Err(other.into()),
    };
    let Some(snapshot) = snapshots(&home.snapshots()).into_iter().next() else {
        // An empty file is also what a new library begins with.
        return match damage {
            Some(damage) => Err(damage.into()),
            None => Ok(Store::open(&path)?),
        };
    };
    let how = damage.map_or("it was empty or gone".to_owned(), |damage| damage.to_string());
    put_back(home, &snapshot)?;
    let (what, action) = (put_back_words(&snapshot), put_back_action(&snapshot));
    notices.add("healed", format!("the catalogue could not be used ({how}); {what}"), action);
    Ok(Store::open(&path)?)
}

/// Looks at every page of the open catalogue. What is damaged answers as long as it can, and gives way to a
/// snapshot when the library is opened next.
pub async fn read_through(store: Arc<Store>, notices: &Notices) -> Result<(), Failure> {
    let reading = tokio::task::spawn_blocking(move || store.read_through());
    let read = reading.await.map_err(|_| Failure::bug("reading the catalogue through panicked"))?;
    if let Err(CatalogueError::Damaged { .. } | CatalogueError::NotWhole { .. }) = &read {
        let action = "close Assay and open it again: the newest copy that is whole takes its place, and your files \
                      are read again where it lacks them";
        notices.add("damaged", "the catalogue on the disk is damaged", action);
    }
    Ok(read?)
}

/// Puts a snapshot in the catalogue's place; what is there now is set aside.
pub fn put_back(home: &Home, snapshot: &Snapshot) -> Result<(), Failure> {
    Ok(restore(snapshot, &home.catalogue(), &home.damaged())?)
}

fn put_back_words(snapshot: &Snapshot) -> String {
    let Snapshot { name, documents, .. } = snapshot;
    format!("it was set aside and the snapshot {name} with {documents} documents took its place")
}

fn put_back_action(snapshot: &Snapshot) -> String {
    if snapshot.with_text {
        "add your folders again to take in what changed since".to_owned()
    } else {
        "the documents answer as before; their text is read from the originals again at the next ingest".to_owned()
    }
}

/// Moves an index that cannot be opened out of the way, and says so.
pub fn set_index_aside(home: &Home, folder: &Path, reason: &str, notices: &Notices) -> Result<(), Failure> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let aside = home.damaged().join(format!("{now}-{name}"));
    fs::create_dir_all(home.damaged()).map_err(EnginesError::file(&home.blocking()))?;
    fs::rename(folder, &aside).map_err(EnginesError::file(folder))?;
    notices.add(
        "rebuilding",
        format!("the index could not be opened ({reason}); it was set aside and is filled again from the stored text"),
        "",
    );
    Ok(())
}

/// Compares an index that was just opened with the catalogue, both ways. Rows that belong to no
/// reading answer no more and are swept later. Returns the documents that lack rows.
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
        store.bury(&unknown)?;
        notices.add("healed", format!("{} readings in the index belonged to no document", unknown.len()), "");
    }
    if !lacking.is_empty() {
        let documents =
            if lacking.len() == 1 { "1 document lacks".into() } else { format!("{} documents lack", lacking.len()) };
        notices.add(
            "rebuilding",
            format!("{documents} passages in the index, which are filled in again from the stored text"),
            "",
        );
    }
    Ok(lacking)
}

/// Deletes what was set aside: it may hold the text of a document that is removed now.
pub fn forget_aside(home: &Home) -> Result<(), Failure> {
    remove_folder(&home.damaged()).map_err(|source| EnginesError::File { path: home.blocking(), source }.into())
}

pub fn remove_folder(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
