//! What the last run left in the queue.

use assay_catalogue::{Waiting, Work};
use assay_domain::port::{Catalogue, Reader};
use assay_domain::{DocumentId, DocumentState, Failure, Problem};

use crate::engines::Engines;
use crate::notices::NoticeKind;

/// Says at the opening what waits.
pub(crate) fn say_what_waits(engines: &Engines) -> Result<(), Failure> {
    let rows: Vec<Waiting> = engines.store().queue()?.into_iter().filter(|row| !row.stopped).collect();
    if !rows.is_empty() {
        let action = "the next `assay ingest` goes on with it, and `assay retry` does so now";
        engines.notices().add(NoticeKind::Queue, left_over(&rows), action);
    }
    Ok(())
}

/// What waits, in one sentence.
pub(crate) fn left_over(rows: &[Waiting]) -> String {
    let count = |is: fn(&Work) -> bool| rows.iter().filter(|row| is(&row.work)).count();
    let files = count(|work| matches!(work, Work::Read(_)));
    let parts = [
        (files, if files == 1 { "file" } else { "files" }),
        (count(|work| matches!(work, Work::Walk { .. })), "dropped paths"),
        (count(|work| matches!(work, Work::Rebuild)), "rebuild of the index"),
    ];
    let parts = parts.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
    format!("{} waited when Assay last ended", parts.collect::<Vec<_>>().join(" and "))
}

/// Leaves documents alone that were at work whenever the last few runs ended, so that a file that ends the program
/// does not do so at every start.
pub(crate) fn leave_alone(engines: &Engines, documents: &[DocumentId]) -> Result<(), Failure> {
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
