//! The check: is the catalogue whole, and does the index hold what the catalogue says?

use assay_domain::Failure;
use assay_pipeline::consistency::{CheckReport, check};

use crate::library::Library;

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckOutcome {
    /// Catalogue and index were compared.
    Compared(CheckReport),
    /// Catalogue or index cannot be used.
    NotOpened(Failure),
}

impl Library {
    /// Reads every page of the catalogue: a large one is not read through when it is opened.
    ///
    /// # Errors
    /// Fails if the catalogue is damaged or cannot be read.
    pub async fn read_catalogue_through(&self) -> Result<(), Failure> {
        self.engines().await.read_catalogue_through().await
    }

    /// Reads the catalogue through and compares the index with it.
    ///
    /// # Errors
    /// Fails if rows cannot be counted; a catalogue or index that cannot be used is a report.
    pub async fn check(&self) -> Result<CheckOutcome, Failure> {
        let engines = self.engines().await;
        if let Err(failure) = engines.read_catalogue_through().await {
            return Ok(CheckOutcome::NotOpened(failure));
        }
        match engines.index().await {
            Ok(index) => Ok(CheckOutcome::Compared(check(engines.store().as_ref(), index.reader()).await?)),
            Err(failure) => Ok(CheckOutcome::NotOpened(failure)),
        }
    }
}
