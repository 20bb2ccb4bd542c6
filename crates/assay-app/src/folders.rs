//! Watched folders.

use std::path::Path;

use assay_contract::{FolderList, IngestReply, LibraryEvent};
use assay_domain::{Cancel, Failure, FolderId};

use crate::app::App;
use crate::convert;

impl App {
    /// Watches a folder from now on; [`App::follow`] takes its files in. A folder inside a watched folder
    /// of the same collection is not added again. Returns the number of the folder that is watched.
    ///
    /// # Errors
    /// Fails if the folder cannot be watched, with the reason.
    pub async fn watch_folder(&self, folder: &Path, collection: &str) -> Result<i64, Failure> {
        Ok(self.library.watch_folder(folder, collection).await?.0)
    }

    /// Watches a folder no longer. Its documents stay in the library.
    ///
    /// # Errors
    /// Fails if no watched folder has the number.
    pub async fn unwatch_folder(&self, folder: i64) -> Result<(), Failure> {
        self.library.unwatch_folder(FolderId(folder)).await
    }

    /// All watched folders, with their paths.
    ///
    /// # Errors
    /// Fails if the catalogue cannot be read.
    pub async fn folders(&self) -> Result<FolderList, Failure> {
        let folders = self.library.folders().await?;
        Ok(FolderList { folders: folders.into_iter().map(|row| convert::library::folder(row, true)).collect() })
    }

    /// Scans all watched folders once. The reply has a row for everything in them.
    ///
    /// # Errors
    /// As [`App::ingest`].
    pub async fn rescan_all(
        &self,
        cancel: &Cancel,
        on: &mut (dyn FnMut(LibraryEvent) + Send),
    ) -> Result<IngestReply, Failure> {
        let mut forward = |event| on(convert::ingest::ingest_event(event));
        Ok(convert::ingest::ingest_reply(self.library.rescan_all(cancel, &mut forward).await?))
    }

    /// Follows all watched folders, those that are added meanwhile too, until it is stopped.
    ///
    /// # Errors
    /// Fails if the catalogue cannot be read. A scan that fails is an event.
    pub async fn follow(&self, cancel: &Cancel, on: &mut (dyn FnMut(LibraryEvent) + Send)) -> Result<(), Failure> {
        self.library.follow(cancel, &mut |event| on(convert::ingest::follow_event(event))).await
    }
}
