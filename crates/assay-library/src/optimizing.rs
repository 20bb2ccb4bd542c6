//! Optimizing the index when nothing is being saved. A saved file answers without it. It costs the more the larger the
//! library is, because the parts of the search indexes that hold replaced rows are built again; so saves that follow
//! each other share one.

#[cfg(test)]
mod tests;

use std::time::Instant;

use assay_domain::Failure;
use assay_domain::port::Catalogue;
use assay_pipeline::consistency::purge;

use crate::engines::Engines;
use crate::index::Index;
use crate::library::Library;

/// Files of a scan whose index is optimized later. Of more, the search indexes would lack too many rows meanwhile.
pub(crate) const FEW: usize = 32;

impl Library {
    /// Purges what saved files replaced and optimizes the index, if nothing was saved for five minutes at this time, or
    /// something all the time for an hour, and nobody writes. Else it does nothing.
    ///
    /// # Errors
    /// What the catalogue or the index reports; it is tried again after the same time.
    pub(crate) async fn optimize_if_idle(&self, now: Instant) -> Result<(), Failure> {
        if !self.unoptimized.is_due(now) {
            return Ok(());
        }
        let Ok(_turn) = self.writing.try_lock() else { return Ok(()) };
        self.unoptimized.clear();
        self.unoptimized.note(now);
        let engines = self.engines().await;
        let index = engines.index().await?;
        if self.store.dead_generations()?.is_empty() {
            index.writer().optimize().await?;
        } else {
            purge(self.store.as_ref(), index.writer(), engines.score_cache()).await?;
        }
        self.unoptimized.clear();
        Ok(())
    }

    /// Purges dead rows. If the index is optimized later, those of replaced readings wait; what the user removed does
    /// not.
    ///
    /// # Errors
    /// What the catalogue or the index reports.
    pub(crate) async fn purge_dead(&self, engines: &Engines, index: &Index, later: bool) -> Result<(), Failure> {
        if later && !self.store.has_dead_documents()? {
            return Ok(());
        }
        purge(self.store.as_ref(), index.writer(), engines.score_cache()).await
    }
}
