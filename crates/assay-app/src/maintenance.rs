//! Upkeep of a library: rebuild, repair, check, snapshots, notices.

use std::path::PathBuf;

use assay_contract::{CheckReply, IngestReply, LibraryEvent, NoticeRow, SnapshotList, SnapshotRow};
use assay_domain::{Cancel, Failure};
use assay_library::Home;

use crate::app::App;
use crate::convert;

impl App {
    /// Fills a new index with the model and the chunking of the settings, and swaps it in when it is
    /// complete. The old index answers until then.
    ///
    /// # Errors
    /// As [`App::ingest`], or the new index lacks rows.
    pub async fn rebuild(
        &self,
        cancel: &Cancel,
        on: &mut (dyn FnMut(LibraryEvent) + Send),
    ) -> Result<IngestReply, Failure> {
        let mut forward = |event| on(convert::ingest::ingest_event(event));
        Ok(convert::ingest::ingest_reply(self.library.rebuild(cancel, &mut forward).await?))
    }

    /// Fills in the rows that documents lack since the index was damaged or a snapshot was restored. Does
    /// nothing if no row is missing.
    ///
    /// # Errors
    /// As [`App::ingest`].
    pub async fn repair(&self, cancel: &Cancel, on: &mut (dyn FnMut(LibraryEvent) + Send)) -> Result<(), Failure> {
        self.library.repair(cancel, &mut |event| on(convert::ingest::ingest_event(event))).await
    }

    /// Reads every page of the catalogue: a large one is not read through when it is opened.
    ///
    /// # Errors
    /// Fails if the catalogue is damaged or cannot be read.
    pub async fn read_catalogue_through(&self) -> Result<(), Failure> {
        self.library.read_catalogue_through().await
    }

    /// Is the catalogue whole, and does the index hold what it says?
    ///
    /// # Errors
    /// Fails if rows cannot be counted; a catalogue or index that cannot be used is a reply.
    pub async fn check(&self) -> Result<CheckReply, Failure> {
        Ok(convert::library::check_reply(self.library.check().await?))
    }

    /// What happened to the library itself since it was opened.
    pub async fn notices(&self) -> Vec<NoticeRow> {
        let notices = self.library.notices().await.into_iter().map(convert::library::notice);
        notices.chain(self.rebuild_offer().await).collect()
    }
}

/// The snapshots of a data folder, the platform's own if none is named, newest first.
pub fn snapshot_rows(data: Option<PathBuf>) -> SnapshotList {
    let snapshots = assay_library::snapshots_of(&data.unwrap_or_else(Home::usual));
    SnapshotList { snapshots: snapshots.into_iter().map(convert::library::snapshot).collect() }
}

/// Puts a snapshot in the place of the catalogue: the named one, else the newest with text. The catalogue
/// that is there moves to `damaged/`.
///
/// # Errors
/// Fails while the library is open, if there is no such snapshot, or if a file cannot be written.
pub fn restore(data: Option<PathBuf>, name: Option<&str>) -> Result<SnapshotRow, Failure> {
    Ok(convert::library::snapshot(assay_library::restore(&data.unwrap_or_else(Home::usual), name)?))
}
