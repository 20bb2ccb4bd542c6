//! The catalogue in a backup: a copy taken while it is in use, what is in it, and the way of its documents to other
//! folders.

mod roots;
mod facts;
mod inspect;
mod empty;
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

pub use empty::is_empty;
pub use facts::CopyFacts;
use facts::facts;
use inspect::inspect;
pub use inspect::inspect_and_upgrade;
pub use roots::{Root, new_place, repoint};

/// How long a copy waits for a pause between writes before it lets them wait.
const PATIENCE: Duration = Duration::from_secs(10);

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

/// Brings a copy to the newest layout, takes out what belongs to the shadow index, which is in no backup, with the
/// rebuild that fills it, and reads the copy through.
fn finish_copy(new: &Path) -> Result<CopyFacts, CatalogueError> {
    let mut connection = database::connect(new)?;
    schema::migrate(&mut connection)?;
    let transaction = connection.transaction()?;
    transaction.execute_batch(
        "DELETE FROM shadow_index; DELETE FROM indexes WHERE state <> 'answers'; DELETE FROM queue WHERE what = 'rebuild';",
    )?;
    transaction.commit()?;
    let facts = facts(&connection)?;
    drop(connection);
    snapshot::sync(new).map_err(|source| CatalogueError::Folder { path: new.to_owned(), source })?;
    inspect(new).map(|_| facts)
}
