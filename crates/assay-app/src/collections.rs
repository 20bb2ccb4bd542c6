//! Collections: listing, renaming, and moving documents and watched folders between them.

use assay_contract::CollectionList;
use assay_domain::{DocumentId, Failure, FolderId};

use crate::app::App;
use crate::convert;

impl App {
    /// All collections, by name.
    ///
    /// # Errors
    /// Fails if the catalogue cannot be read.
    pub fn collection_list(&self) -> Result<CollectionList, Failure> {
        let rows = self.library.collections()?.into_iter();
        Ok(CollectionList { collections: rows.map(convert::library::collection).collect() })
    }

    /// Gives a collection another name.
    ///
    /// # Errors
    /// Fails if there is no such collection, if the new name is taken or none, or while files are read.
    pub fn rename_collection(&self, old: &str, new: &str) -> Result<(), Failure> {
        self.library.rename_collection(old, new)
    }

    /// Moves documents to a collection, which need not exist.
    ///
    /// # Errors
    /// Fails if one of them is unknown, lies in a watched folder, or is there already, and while files are read; none
    /// is moved then.
    pub fn move_documents(&self, documents: &[i64], to: &str) -> Result<(), Failure> {
        let documents: Vec<DocumentId> = documents.iter().map(|id| DocumentId(*id)).collect();
        self.library.move_documents(&documents, to)
    }

    /// Moves a watched folder and its documents to a collection, which need not exist.
    ///
    /// # Errors
    /// Fails if it is unknown, if it or one of its files is there already, and while files are read; nothing is moved
    /// then.
    pub fn move_folder(&self, folder: i64, to: &str) -> Result<(), Failure> {
        self.library.move_folder(FolderId(folder), to)
    }
}
