//! Collections: listed, renamed, and documents and watched folders moved between them. The catalogue alone changes: rows
//! of the index stay as they are, and a question asks the catalogue what is in its collection.

#[cfg(test)]
mod tests;

use assay_catalogue::Collection;
use assay_domain::{DocumentId, Failure, FolderId};
use tokio::sync::MutexGuard;

use crate::error::LibraryError;
use crate::library::Library;

/// Characters of a collection's name at most.
const NAME: usize = 100;

impl Library {
    /// All collections, by name.
    ///
    /// # Errors
    /// Fails if the catalogue cannot be read.
    pub fn collections(&self) -> Result<Vec<Collection>, Failure> {
        Ok(self.store.collections()?)
    }

    /// Gives a collection another name.
    ///
    /// # Errors
    /// [`LibraryError::UnknownCollection`], [`LibraryError::CollectionTaken`], [`LibraryError::BadName`],
    /// [`LibraryError::Reading`], or a fault of the catalogue.
    pub fn rename_collection(&self, old: &str, new: &str) -> Result<(), Failure> {
        self.takes_files()?;
        let new = checked(new)?;
        let _turn = self.turn_now()?;
        if !self.store.collections()?.iter().any(|known| known.name == old) {
            return Err(LibraryError::UnknownCollection { name: old.to_owned() }.into());
        }
        if old != new && !self.store.rename_collection(old, new)? {
            return Err(LibraryError::CollectionTaken { name: new.to_owned() }.into());
        }
        Ok(())
    }

    /// Moves documents to a collection, which need not exist. Documents of watched folders move with their folder
    /// alone, because a scan would take their files in again.
    ///
    /// # Errors
    /// [`LibraryError::UnknownDocument`], [`LibraryError::OfFolder`], [`LibraryError::TwiceInCollection`],
    /// [`LibraryError::BadName`], [`LibraryError::Reading`], or a fault of the catalogue. None is moved then.
    pub fn move_documents(&self, documents: &[DocumentId], to: &str) -> Result<(), Failure> {
        self.takes_files()?;
        let to = checked(to)?;
        let _turn = self.turn_now()?;
        let folders = self.store.folders()?;
        for id in documents {
            let document = self.store.document(*id)?.ok_or(LibraryError::UnknownDocument { id: id.0 })?;
            if let Some(folder) = folders.iter().find(|folder| Some(folder.id) == document.folder) {
                return Err(LibraryError::OfFolder { name: document.name, folder: folder.path.clone() }.into());
            }
        }
        match self.store.move_documents(documents, to)? {
            Some(path) => Err(LibraryError::TwiceInCollection { path, name: to.to_owned() }.into()),
            None => Ok(()),
        }
    }

    /// Moves a watched folder to a collection, which need not exist, with its documents and the files that were removed
    /// from it.
    ///
    /// # Errors
    /// [`LibraryError::UnknownFolder`], [`LibraryError::TwiceInCollection`], [`LibraryError::BadName`],
    /// [`LibraryError::Reading`], or a fault of the catalogue. Nothing is moved then.
    pub fn move_folder(&self, folder: FolderId, to: &str) -> Result<(), Failure> {
        self.takes_files()?;
        let to = checked(to)?;
        let _turn = self.turn_now()?;
        if self.store.folders()?.iter().all(|known| known.id != folder) {
            return Err(LibraryError::UnknownFolder { id: folder }.into());
        }
        match self.store.move_folder(folder, to)? {
            Some(path) => Err(LibraryError::TwiceInCollection { path, name: to.to_owned() }.into()),
            None => Ok(()),
        }
    }

    /// The turn to write, if nobody has it: a job keeps the names of the collections that it began with.
    fn turn_now(&self) -> Result<MutexGuard<'_, ()>, LibraryError> {
        self.writing.try_lock().map_err(|_| LibraryError::Reading)
    }
}

/// A name without spaces around it.
fn checked(name: &str) -> Result<&str, LibraryError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME || name.chars().any(char::is_control) {
        return Err(LibraryError::BadName { longest: NAME });
    }
    Ok(name)
}
