//! The open catalogue and its socket.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use assay_domain::port::{Catalogue, GenerationContent, Source};
use assay_domain::{Document, DocumentId, DocumentState, FailedTries, Failure, FolderId, GenerationId, LastHash};
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use crate::{CatalogueError, document, file, generation, schema};

/// How long a look at the whole file waits for a write to end.
const PATIENCE: Duration = Duration::from_secs(30);

/// The open catalogue. Calls wait for each other; each is one transaction.
#[derive(Debug)]
pub struct Store {
    connection: Mutex<Connection>,
}

impl Store {
    /// Opens the catalogue's file. It is made if it is not there, with its folder, both for this
    /// user alone; a file of an earlier layout is brought up to date.
    ///
    /// # Errors
    /// [`CatalogueError::Newer`] if a later Assay wrote the file, [`CatalogueError::Damaged`] if
    /// it is no catalogue, and whatever the disk does.
    pub fn open(path: &Path) -> Result<Self, CatalogueError> {
        Ok(Self { connection: Mutex::new(schema::open(path)?) })
    }

    /// Looks at every page of the file, beside whatever else is done with it. Damage that is found is
    /// remembered beside the file, so that whoever opens it next does not rely on it.
    ///
    /// # Errors
    /// [`CatalogueError::NotWhole`] or [`CatalogueError::Damaged`] if it is damaged.
    pub fn read_through(&self) -> Result<(), CatalogueError> {
        let path = self.read(|connection| Ok(PathBuf::from(connection.path().unwrap_or_default())))?;
        let connection = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        connection.busy_timeout(PATIENCE)?;
        let read = schema::read_through(&connection);
        let mark = schema::beside(&path, schema::DAMAGED);
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

    /// Runs reads alone.
    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, CatalogueError>,
    ) -> Result<T, CatalogueError> {
        work(&self.lock())
    }

    /// A panic inside a transaction drops it, and dropping undoes it, so a poisoned lock guards
    /// nothing broken.
    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Catalogue for Store {
    fn documents(&self) -> Result<Vec<Document>, Failure> {
        Ok(self.read(document::all)?)
    }

    fn find(&self, collection: &str, path: &str) -> Result<Option<Document>, Failure> {
        Ok(self.read(|connection| document::at(connection, collection, path))?)
    }

    fn enqueue(&self, collection: &str, source: &Source) -> Result<DocumentId, Failure> {
        Ok(self.transact(|transaction| document::enqueue(transaction, collection, source))?)
    }

    /// So many rows at once that nobody waits for the disk after each, and so few that a question
    /// does not wait for all.
    fn admit(&self, collection: &str, folder: Option<FolderId>, sources: &[Source]) -> Result<Vec<Document>, Failure> {
        let mut rows = Vec::with_capacity(sources.len());
        for some in sources.chunks(500) {
            rows.extend(self.transact(|transaction| file::admit(transaction, collection, folder, some))?);
        }
        Ok(rows)
    }

    fn record_hash(&self, document: DocumentId, seen: &LastHash) -> Result<(), Failure> {
        Ok(self.transact(|transaction| file::record_hash(transaction, document, seen))?)
    }

    fn failed_tries(&self, document: DocumentId, hash: &str) -> Result<Option<FailedTries>, Failure> {
        Ok(self.read(|connection| file::failed_tries(connection, document, hash))?)
    }

    fn record_failed_try(&self, document: DocumentId, hash: &str, by: &str, failure: &Failure) -> Result<u32, Failure> {
        Ok(self.transact(|transaction| file::record_failed_try(transaction, document, hash, by, failure))?)
    }

    fn allow_retry(&self, documents: &[DocumentId]) -> Result<(), Failure> {
        Ok(self.transact(|transaction| file::allow_retry(transaction, documents))?)
    }

    fn rename(&self, document: DocumentId, new: DocumentId, source: &Source) -> Result<(), Failure> {
        Ok(self.transact(|transaction| file::rename(transaction, document, new, source))?)
    }

    fn set_state(&self, document: DocumentId, state: DocumentState, why: Option<&Failure>) -> Result<(), Failure> {
        Ok(self.transact(|transaction| document::set_state(transaction, document, state, why))?)
    }

    fn begin(&self, document: DocumentId) -> Result<GenerationId, Failure> {
        Ok(self.transact(|transaction| generation::begin(transaction, document))?)
    }

    fn commit(
        &self,
        document: DocumentId,
        generation: GenerationId,
        reading: &GenerationContent,
    ) -> Result<Option<GenerationId>, Failure> {
        Ok(self.transact(|transaction| generation::commit(transaction, document, generation, reading))?)
    }

    fn remove(&self, documents: &[DocumentId]) -> Result<Vec<GenerationId>, Failure> {
        Ok(self.transact(|transaction| document::remove_all(transaction, documents))?)
    }

    fn dead_generations(&self) -> Result<Vec<GenerationId>, Failure> {
        Ok(self.read(generation::that_must_not_answer)?)
    }

    fn forget(&self, generations: &[GenerationId]) -> Result<(), Failure> {
        Ok(self.transact(|transaction| generation::forget(transaction, generations))?)
    }
}
