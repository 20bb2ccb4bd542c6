//! The library as a whole: watched folders, notices, snapshots, checks.

use std::path::Path;

use assay_contract as contract;
use assay_contract::{
    CheckKind, CheckProblem, CheckReply, CollectionRow, FolderRow, FolderState, NoticeRow, SnapshotRow,
};
use assay_domain::{DocumentState, Problem};
use assay_library::{
    CheckOutcome, Collection, FollowState, FollowedFolder, Notice, NoticeFact, NoticeKind, Repair, Snapshot,
    WaitingWork, WorkState,
};
use assay_pipeline::consistency::Difference;

/// A watched folder. Only the terminal gets its path.
pub fn folder(row: FollowedFolder, with_path: bool) -> FolderRow {
    let FollowedFolder { folder, state, reason } = row;
    let state = match state {
        FollowState::Watching => FolderState::Watching,
        FollowState::Polling => FolderState::Polling,
        FollowState::Offline => FolderState::Offline,
        FollowState::Resting => FolderState::Resting,
    };
    let name = Path::new(&folder.path).file_name().map(|name| name.to_string_lossy().into_owned());
    FolderRow {
        id: folder.id.0,
        name: name.unwrap_or_else(|| folder.path.clone()),
        path: with_path.then_some(folder.path),
        collection: folder.collection,
        state,
        reason,
        files: folder.files,
        excluded: folder.excluded,
        scanned: folder.scanned,
    }
}

/// A collection.
pub fn collection(row: Collection) -> CollectionRow {
    let Collection { name, documents, folders } = row;
    CollectionRow { name, documents, folders }
}

/// A notice about the library itself.
pub fn notice(notice: Notice) -> NoticeRow {
    let kind = match notice.kind {
        NoticeKind::Recovered => contract::NoticeKind::Healed,
        NoticeKind::Damaged => contract::NoticeKind::Damaged,
        NoticeKind::Rebuilding => contract::NoticeKind::Rebuilding,
        NoticeKind::OlderIndex => contract::NoticeKind::OlderIndex,
        NoticeKind::Queue => contract::NoticeKind::Queue,
        NoticeKind::Snapshot => contract::NoticeKind::Snapshot,
        NoticeKind::SyncedFolder => contract::NoticeKind::SyncedFolder,
        NoticeKind::Remote => contract::NoticeKind::Remote,
    };
    let (fact, work) = (notice.fact.map(fact), notice.work.map(work));
    NoticeRow { kind, what: notice.what, action: notice.action, embedder: None, fact, work }
}

fn fact(fact: NoticeFact) -> contract::NoticeFact {
    use contract::NoticeFact as Fact;
    match fact {
        NoticeFact::Synced(program) => Fact::Synced { program: program.to_owned() },
        NoticeFact::CatalogueRestored { snapshot, documents } => Fact::CatalogueRestored { snapshot, documents },
        NoticeFact::TurnsUnreadable(turns) => Fact::TurnsUnreadable { turns },
        NoticeFact::CatalogueDamaged => Fact::CatalogueDamaged,
        NoticeFact::IndexMoved { reason } => Fact::IndexMoved { reason },
        NoticeFact::IndexRepaired(Repair::ManifestsMoved { manifests }) => Fact::ManifestsMoved { manifests },
        NoticeFact::IndexRepaired(Repair::FilesLeftOut { files }) => Fact::FilesLeftOut { files },
        NoticeFact::IndexRepaired(Repair::SearchIndexDropped { name }) => Fact::SearchIndexDropped { name },
        NoticeFact::ReadingsUnknown(readings) => Fact::ReadingsUnknown { readings },
        NoticeFact::PassagesLacking(documents) => Fact::PassagesLacking { documents },
        NoticeFact::NamesNotSearched => Fact::NamesNotSearched,
        NoticeFact::CopiesFailed { reason } => Fact::CopiesFailed { reason },
        NoticeFact::MirrorOld { published, looked, reason } => Fact::MirrorOld { published, looked, reason },
        NoticeFact::NotPublished { reason } => Fact::NotPublished { reason },
        NoticeFact::TakenOver => Fact::TakenOver,
    }
}

fn work(work: WaitingWork) -> contract::WaitingWork {
    let WaitingWork { state, files, added, rebuild } = work;
    let state = match state {
        WorkState::Waiting => contract::WorkState::Waiting,
        WorkState::GoingOn => contract::WorkState::GoingOn,
        WorkState::Stopped => contract::WorkState::Stopped,
        WorkState::Unfinished => contract::WorkState::Unfinished,
    };
    contract::WaitingWork { state, files, added, rebuild }
}

/// A snapshot of the catalogue.
pub fn snapshot(snapshot: Snapshot) -> SnapshotRow {
    SnapshotRow {
        name: snapshot.name,
        taken: snapshot.taken,
        documents: snapshot.documents,
        bytes: snapshot.bytes,
        with_text: snapshot.with_text,
    }
}

/// The result of a check.
pub fn check_reply(report: CheckOutcome) -> CheckReply {
    match report {
        CheckOutcome::Compared(checked) => {
            let problems: Vec<CheckProblem> = checked.differences.into_iter().map(check_problem).collect();
            CheckReply { ok: problems.is_empty(), documents: checked.documents, chunks: checked.chunks, problems }
        }
        CheckOutcome::NotOpened(failure) => {
            let kind = match failure.problem {
                Problem::IndexOfAnotherModel => CheckKind::OtherModel,
                Problem::IndexDamaged => CheckKind::Damaged,
                _ => CheckKind::NotOpen,
            };
            let (what, action) = (failure.message, failure.action);
            let problem = CheckProblem { kind, document: None, what, action };
            CheckReply { ok: false, documents: 0, chunks: 0, problems: vec![problem] }
        }
    }
}

fn check_problem(difference: Difference) -> CheckProblem {
    let (kind, document, what, action) = match difference {
        Difference::Rows { name, wanted, found, .. } => {
            let kind = if found < wanted { CheckKind::MissingRows } else { CheckKind::ExtraRows };
            let what = format!("{name} should have {wanted} chunks in the index and has {found}");
            (kind, Some(name), what, "rebuild the index: assay rebuild")
        }
        Difference::Orphans { generation, found } => {
            let what = format!("{found} chunks of reading {generation} belong to no document");
            (CheckKind::ExtraRows, None, what, "rebuild the index: assay rebuild")
        }
        Difference::Unfinished { name, .. } => {
            let what = format!("{name} is still {}", DocumentState::Queued.as_str());
            (CheckKind::Unfinished, Some(name), what, "read what waits: assay retry")
        }
    };
    CheckProblem { kind, document, what, action: action.into() }
}
