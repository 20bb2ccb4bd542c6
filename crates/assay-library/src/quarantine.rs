//! Files that end the program.

use assay_domain::port::{Catalogue, Reader};
use assay_domain::{DocumentId, DocumentState, Failure, Problem};

use crate::engines::Engines;

/// Quarantines documents that were at work whenever the last few runs ended, so that a file that ends the program
/// does not do so at every start.
pub(crate) fn quarantine_crashing(engines: &Engines, documents: &[DocumentId]) -> Result<(), Failure> {
    let (store, by) = (engines.store(), engines.reader().identity());
    for id in documents {
        let failure = Failure::new(
            Problem::ReaderDied,
            "Assay ended several times while it worked on this file",
            "try it again, or save it anew",
        );
        let hash = store.document(*id)?.and_then(|document| document.last_hash).map(|last| last.hash);
        for hash in hash.iter().flat_map(|hash| [hash, hash]) {
            store.record_failed_try(*id, hash, &by, &failure)?;
        }
        store.set_state(*id, DocumentState::Quarantined, Some(&failure))?;
    }
    Ok(())
}
