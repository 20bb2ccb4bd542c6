//! What the catalogue knows about the candidates' documents.

use std::collections::{BTreeSet, HashMap};

use assay_domain::port::Catalogue;
use assay_domain::{Candidate, DocumentId, DocumentState, Failure};

/// Sets the name and folder of each candidate's document, and whether its file is unreachable.
pub(crate) fn name(candidates: &mut [Candidate], catalogue: &dyn Catalogue) -> Result<(), Failure> {
    let named: BTreeSet<DocumentId> = candidates.iter().map(|candidate| candidate.passage.document).collect();
    let documents = catalogue.some_documents(&named.into_iter().collect::<Vec<_>>())?;
    let documents: HashMap<_, _> = documents.into_iter().map(|row| (row.id, row)).collect();
    for candidate in candidates {
        let Some(document) = documents.get(&candidate.passage.document) else { continue };
        candidate.name.clone_from(&document.name);
        candidate.folder = document.folders();
        candidate.offline = document.state == DocumentState::Offline;
    }
    Ok(())
}
