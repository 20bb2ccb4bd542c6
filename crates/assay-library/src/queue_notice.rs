//! Notices about work in the queue: what waits when the library is opened, and what Assay goes on with.

use assay_catalogue::{Waiting, Work};
use assay_domain::Failure;

use crate::engines::Engines;
use crate::notices::{NoticeKind, WaitingWork, WorkState};

/// Reports what waits, and a rebuild that was not finished.
///
/// # Errors
/// Fails if the catalogue cannot be read.
pub(crate) fn report_waiting(engines: &Engines) -> Result<(), Failure> {
    let (store, notices) = (engines.store(), engines.notices());
    let rows = store.queue()?;
    let waiting = files(rows.iter().filter(|row| !row.stopped), WorkState::Waiting);
    if waiting.files + waiting.added > 0 {
        let action = "the next `assay ingest` goes on with it, and `assay retry` does so now";
        notices.add_work(NoticeKind::Queue, sentence(&waiting), action, waiting);
    }
    let (state, action) = match rows.iter().find(|row| row.work == Work::Rebuild) {
        Some(row) if row.stopped => {
            (WorkState::Stopped, "go on with it when you like: assay retry, or Go on in the window")
        }
        Some(_) => (WorkState::Waiting, "the next `assay ingest` goes on with it, and the window does by itself"),
        None if store.shadow_index()?.is_some() => {
            let action = "begin it again, and it goes on where it was: assay rebuild, or Rebuild in the window";
            (WorkState::Unfinished, action)
        }
        None => return Ok(()),
    };
    let rebuild = WaitingWork { state, files: 0, added: 0, rebuild: true };
    notices.add_work(NoticeKind::Rebuilding, sentence(&rebuild), action, rebuild);
    Ok(())
}

/// Reports what Assay goes on with, in place of what waited.
pub(crate) fn report_going_on(engines: &Engines, rows: &[Waiting]) {
    let notices = engines.notices();
    notices.withdraw_work();
    let going_on = files(rows.iter(), WorkState::GoingOn);
    if going_on.files + going_on.added > 0 {
        notices.add_work(NoticeKind::Queue, sentence(&going_on), "", going_on);
    }
    if rows.iter().any(|row| row.work == Work::Rebuild) {
        let rebuild = WaitingWork { state: WorkState::GoingOn, files: 0, added: 0, rebuild: true };
        notices.add_work(NoticeKind::Rebuilding, sentence(&rebuild), "", rebuild);
    }
}

/// The files and added paths among rows of the queue.
fn files<'a>(rows: impl Iterator<Item = &'a Waiting>, state: WorkState) -> WaitingWork {
    let mut work = WaitingWork { state, files: 0, added: 0, rebuild: false };
    for row in rows {
        match row.work {
            Work::Read(_) => work.files += 1,
            Work::Walk { .. } => work.added += 1,
            Work::Rebuild => (),
        }
    }
    work
}

/// The work in one sentence.
fn sentence(work: &WaitingWork) -> String {
    let WaitingWork { state, files, added, rebuild } = *work;
    if rebuild {
        let what = match state {
            WorkState::Waiting => "a rebuild of the index was interrupted",
            WorkState::GoingOn => "Assay goes on with a rebuild of the index",
            WorkState::Stopped => "a rebuild of the index was stopped",
            WorkState::Unfinished => "a rebuild of the index was begun and not finished",
        };
        return format!("{what}; the index before it answers");
    }
    let parts = [
        (files, if files == 1 { "1 file".to_owned() } else { format!("{files} files") }),
        (
            added,
            if added == 1 { "1 added file or folder".to_owned() } else { format!("{added} added files and folders") },
        ),
    ];
    let parts: Vec<String> = parts.into_iter().filter(|(count, _)| *count > 0).map(|(_, part)| part).collect();
    let parts = parts.join(" and ");
    match state {
        WorkState::GoingOn => format!("Assay goes on with work that waited: {parts}"),
        _ => format!("work waits in the queue: {parts}"),
    }
}

#[cfg(test)]
mod tests {
    use assay_catalogue::QueueId;
    use assay_domain::{DocumentId, QueueReason};

    use super::{Waiting, Work, WorkState, files, sentence};
    use crate::notices::WaitingWork;

    #[test]
    fn each_kind_of_work_has_its_words_in_singular_and_plural() {
        let read = |id| Work::Read(DocumentId(id));
        let walk = || Work::Walk { path: "/books".into(), collection: "default".into() };
        for (works, words) in [
            (vec![read(1)], "1 file"),
            (vec![walk()], "1 added file or folder"),
            (vec![read(1), walk(), read(2), Work::Rebuild], "2 files and 1 added file or folder"),
            (vec![walk(), walk()], "2 added files and folders"),
        ] {
            let row = |work| Waiting { id: QueueId(1), work, why: QueueReason::Added, stopped: false, since: 0 };
            let rows: Vec<Waiting> = works.into_iter().map(row).collect();
            let waits = sentence(&files(rows.iter(), WorkState::Waiting));
            assert_eq!(waits, format!("work waits in the queue: {words}"));
            let goes_on = sentence(&files(rows.iter(), WorkState::GoingOn));
            assert_eq!(goes_on, format!("Assay goes on with work that waited: {words}"));
        }
        let rebuild = WaitingWork { state: WorkState::Stopped, files: 0, added: 0, rebuild: true };
        assert_eq!(sentence(&rebuild), "a rebuild of the index was stopped; the index before it answers");
    }
}
