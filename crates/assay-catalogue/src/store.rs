//! The open catalogue: one connection, and transactions on it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use crate::database;
use crate::error::CatalogueError;
use crate::open::{Upgrade, open};

/// How long a check of the whole file waits for a write to end.
const PATIENCE: Duration = Duration::from_secs(30);

/// The open catalogue. Calls wait for each other; each is one transaction.
#[derive(Debug)]
pub struct Store {
    connection: Mutex<Connection>,
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
        Ok(Self { connection: Mutex::new(connection), upgrade })
    }

    /// What was brought up to date when the file was opened.
    pub fn upgrade(&self) -> Option<Upgrade> {
        self.upgrade
    }

    /// Checks every page of the file, while other calls go on. Damage that is found is remembered
    /// next to the file, so that the next opening does not rely on it.
    ///
    /// # Errors
    /// [`CatalogueError::NotWhole`] or [`CatalogueError::Damaged`] if it is damaged.
    pub fn read_through(&self) -> Result<(), CatalogueError> {
        let path = self.read(|connection| Ok(PathBuf::from(connection.path().unwrap_or_default())))?;
        let connection = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        connection.busy_timeout(PATIENCE)?;
        let read = database::check_pages(&connection);
        let mark = database::sibling(&path, database::DAMAGED);
        let noted = match &read {
            Ok(()) if mark.exists() => fs::remove_file(&mark),
            Err(CatalogueError::NotWhole { .. } | CatalogueError::Damaged { .. }) => fs::write(&mark, b""),
            _ => Ok(()),
        };
        noted.map_err(|source| CatalogueError::Folder { path: mark, source })?;
        read
    }

    /// Runs reads and writes as one transaction; an error undoes them all.
    pub(crate) fn transact<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, CatalogueError>,
    ) -> Result<T, CatalogueError> {
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

    /// The connection, also after a panic: a panic inside a transaction drops it, and dropping rolls it back.
    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
