//! Copies of the catalogue: snapshots, and what removed documents leave behind in them.

use std::path::PathBuf;

use assay_domain::Failure;

use crate::engines::Engines;
use crate::notices::NoticeKind;
use crate::recovery;

impl Engines {
    /// Takes a whole snapshot of the catalogue; `why` becomes part of its name.
    ///
    /// # Errors
    /// Fails if the snapshot cannot be written.
    pub fn take_snapshot(&self, why: &str) -> Result<PathBuf, Failure> {
        Ok(self.store().take_snapshot(&self.home().snapshots(), why)?)
    }

    /// Reads every page of the catalogue. Damage becomes a notice, and is repaired at the next opening.
    ///
    /// # Errors
    /// Fails if the catalogue is damaged or cannot be read.
    pub async fn read_catalogue_through(&self) -> Result<(), Failure> {
        recovery::read_through(self.store().clone(), self.notices()).await
    }

    /// Renews the copies of the catalogue after documents were added or removed: removed documents leave
    /// the snapshots, `damaged/` is deleted, and the small snapshot is taken again. A failure becomes a
    /// notice, because only the copies are affected.
    pub fn renew_copies(&self, removed: bool) {
        let folder = self.home().snapshots();
        let renewed = self.store().purge_snapshots(&folder).map_err(Failure::from).and_then(|forgotten| {
            self.delete_dropped_indexes()?;
            if removed || forgotten > 0 {
                recovery::delete_damaged(self.home())?;
            }
            self.store().pack()?;
            Ok(self.store().take_small_snapshot(&folder)?)
        });
        if let Err(failure) = renewed {
            let what = format!("the copies of the catalogue could not be renewed: {}", failure.message);
            self.notices().add(NoticeKind::Snapshot, what, failure.action);
        }
    }
}
