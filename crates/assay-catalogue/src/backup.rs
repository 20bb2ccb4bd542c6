//! The catalogue in a backup: a copy taken while it is in use, what is in it, and the way of its documents to other
//! folders.

mod roots;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::database;
use crate::error::CatalogueError;
use crate::schema;
use crate::snapshot;
use crate::store::Store;

pub use roots::{Root, new_place, repoint};

/// How long a copy waits for a pause between writes before it lets them wait.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is in a copy of a catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyFacts {
    /// Layout of its tables.
    pub layout: i64,
    /// Documents.
    pub documents: u32,
    /// Kept questions.
    pub turns: u32,
    /// Judgements.
    pub labels: u32,
    /// Folder of the index that answers, if the catalogue names one.
    pub index: Option<String>,
    /// The folders that its documents lie in.
    pub roots: Vec<Root>,
}

impl CopyFacts {
    /// Whether nothing would be lost with the catalogue.
    pub fn is_empty(&self) -> bool {
        self.documents == 0 && self.turns == 0 && self.labels == 0 && self.roots.is_empty()
    }
}

impl Store {
    /// Copies the catalogue into a new file, at the state of one moment, while other calls go on.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn copy_for_backup(&self, new: &Path) -> Result<CopyFacts, CatalogueError> {
        let again = || database::connect_again(self.path(), OpenFlags::SQLITE_OPEN_READ_WRITE);
        let copy = |connection: &Connection| {
            snapshot::delete(new).map_err(|source| CatalogueError::Folder { path: new.to_owned(), source })?;
            snapshot::copy(connection, new)
        };
        match self.beside(PATIENCE, again, copy) {
            Err(CatalogueError::GaveWay) => self.read(copy)?,
            done => done?,
        }
        finish_copy(new)
    }
}

/// Copies the catalogue of a library that another process may have open.
///
/// # Errors
/// Fails if the disk does, if the catalogue is damaged, or if a later Assay wrote it.
pub fn copy_for_backup(catalogue: &Path, new: &Path) -> Result<CopyFacts, CatalogueError> {
    snapshot::copy(&database::connect_again(catalogue, OpenFlags::SQLITE_OPEN_READ_WRITE)?, new)?;
    finish_copy(new)
}

/// Brings a copy to the newest layout, takes out what belongs to the shadow index, which is in no backup, and reads
/// the copy through.
fn finish_copy(new: &Path) -> Result<CopyFacts, CatalogueError> {
    let mut connection = database::connect(new)?;
    schema::migrate(&mut connection)?;
    let transaction = connection.transaction()?;
    transaction.execute_batch("DELETE FROM shadow_index; DELETE FROM indexes WHERE state <> 'answers';")?;
    transaction.commit()?;
    let facts = facts(&connection)?;
    drop(connection);
    snapshot::sync(new).map_err(|source| CatalogueError::Folder { path: new.to_owned(), source })?;
    inspect(new).map(|_| facts)
}

/// Reads a catalogue through that comes from elsewhere, and says what is in it. Nothing is written.
///
/// # Errors
/// [`CatalogueError::NotWhole`] or [`CatalogueError::Damaged`] if it is no whole catalogue,
/// [`CatalogueError::Newer`] if a later Assay wrote it.
pub fn inspect(catalogue: &Path) -> Result<CopyFacts, CatalogueError> {
    let connection = database::connect_again(catalogue, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.pragma_update(None, "trusted_schema", "OFF")?;
    connection.pragma_update(None, "cell_size_check", "ON")?;
    let said = |said: &str| CatalogueError::NotWhole { said: said.to_owned() };
    let found = database::layout(&connection)?;
    if found > schema::NEWEST {
        return Err(CatalogueError::Newer { found, known: schema::NEWEST });
    }
    // No version of Assay makes triggers or views; others would run while the library is used.
    let foreign: u32 = connection.query_row(
        "SELECT count(*) FROM sqlite_master WHERE type NOT IN ('table', 'index') OR sql LIKE 'CREATE VIRTUAL%'",
        [],
        |row| row.get(0),
    )?;
    if foreign > 0 {
        return Err(said("it holds more than tables"));
    }
    database::check_pages(&connection)?;
    if found < schema::NEWEST {
        return Err(said("it is not of the layout that backups have"));
    }
    let orphans: u32 = connection.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0))?;
    if orphans > 0 {
        return Err(said("some of its rows belong to nothing"));
    }
    facts(&connection)
}

fn facts(connection: &Connection) -> Result<CopyFacts, CatalogueError> {
    let count = |table: &str| connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0));
    let mut index = connection.prepare("SELECT folder FROM indexes WHERE state = 'answers'")?;
    let index = index.query_map([], |row| row.get(0))?.next().transpose()?;
    Ok(CopyFacts {
        layout: database::layout(connection)?,
        documents: count("documents")?,
        turns: count("turns")?,
        labels: count("labels")?,
        index,
        roots: roots::roots(connection)?,
    })
}
