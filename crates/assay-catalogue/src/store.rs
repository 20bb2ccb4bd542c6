//! The open catalogue: one connection, and transactions on it.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::error::CatalogueError;
use crate::open::{Upgrade, open};
use crate::writes::Writes;

/// The open catalogue. Calls wait for each other; each is one transaction.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    connection: Mutex<Connection>,
    writes: Writes,
    upgrade: Option<Upgrade>,
}

impl Store {
    /// Opens the catalogue's file. It is created if it does not exist, with its folder, both for this
    /// user only; a file of an earlier layout is brought up to date.
    ///
    /// # Errors
    /// [`CatalogueError::Newer`] if a later Assay wrote the file, [`CatalogueError::Damaged`] if
    /// it is no catalogue, and any failure of the disk.
    pub fn open(path: &Path) -> Result<Self, CatalogueError> {
        let (connection, upgrade) = open(path)?;
        Ok(Self { path: path.to_owned(), connection: Mutex::new(connection), writes: Writes::default(), upgrade })
    }

    /// What was brought up to date when the file was opened.
    pub fn upgrade(&self) -> Option<Upgrade> {
        self.upgrade
    }

    /// Rows written since the file was opened: the same number twice means that nothing was written between.
    pub fn changes(&self) -> u64 {
        self.lock().total_changes()
    }

    /// Runs reads and writes as one transaction; an error undoes them all.
    pub(crate) fn transact<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, CatalogueError>,
    ) -> Result<T, CatalogueError> {
        let _write = self.writes.begin();
        let mut connection = self.lock();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let value = work(&transaction)?;
        transaction.commit()?;
        Ok(value)
    }

    /// Runs reads without a transaction.
    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, CatalogueError>,
    ) -> Result<T, CatalogueError> {
        work(&self.lock())
    }

    /// The catalogue's file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes that are under way or wait.
    pub(crate) fn writes(&self) -> &Writes {
        &self.writes
    }

    /// The connection, also after a panic: a panic inside a transaction drops it, and dropping rolls it back.
    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
