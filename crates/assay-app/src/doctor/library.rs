//! The data folder, the catalogue and the indexes.

use assay_contract::{
    CatalogueCounts, CatalogueState, CatalogueView, DataState, DataView, DiskPart, DiskRow, IndexView, QueueCounts,
};
use assay_library::{CatalogueLook, Counts, Examination, FolderUse, Home, NEWEST_LAYOUT, role_in};
use assay_models::machine;

use crate::convert::document::{fault_kind, state};
use crate::convert::problem::code;
use crate::convert::remote::role;
use crate::cost::size;

/// Name of the first index's folder.
const FIRST: &str = "index";

/// The data folder.
pub fn data(examined: &Examination) -> DataView {
    let folder = &examined.folder;
    let indexes = examined.indexes.iter().map(|index| size(&folder.join(&index.folder))).sum();
    let ours = matches!(examined.used, FolderUse::Free | FolderUse::InUse);
    let disk = [
        (DiskPart::Catalogue, size(&Home::catalogue_in(folder))),
        (DiskPart::Index, indexes),
        (DiskPart::Models, size(&folder.join("models"))),
    ];
    DataView {
        folder: folder.display().to_string(),
        state: match examined.used {
            FolderUse::New => DataState::Absent,
            FolderUse::Foreign => DataState::Foreign,
            FolderUse::Free => DataState::Free,
            FolderUse::InUse => DataState::InUse,
            FolderUse::Unreadable(_) => DataState::Unreadable,
        },
        disk_free: machine::disk_free(folder),
        disk: disk.map(|(what, bytes)| DiskRow { what, bytes }).into_iter().filter(|_| ours).collect(),
        snapshots: examined.snapshots,
        moved_away: examined.damaged,
        restoring: examined.restoring,
        synced_by: examined.synced_by.map(str::to_owned),
        shared: role(if ours { role_in(folder) } else { None }),
    }
}

/// The catalogue.
pub fn catalogue(examined: &Examination) -> CatalogueView {
    let (state, survey) = match &examined.catalogue {
        CatalogueLook::None => (CatalogueState::Absent, None),
        CatalogueLook::Whole(survey) => (CatalogueState::Whole, Some(survey)),
        CatalogueLook::Damaged(_) => (CatalogueState::Damaged, None),
        CatalogueLook::Newer(_) => (CatalogueState::Newer, None),
        CatalogueLook::Busy(_) => (CatalogueState::Busy, None),
    };
    CatalogueView {
        state,
        layout: survey.map(|survey| survey.layout),
        newest_layout: NEWEST_LAYOUT,
        counts: counts(examined).map(numbers),
    }
}

fn counts(examined: &Examination) -> Option<&Counts> {
    if let CatalogueLook::Whole(survey) = &examined.catalogue { survey.counts.as_ref() } else { None }
}

fn numbers(counts: &Counts) -> CatalogueCounts {
    CatalogueCounts {
        documents: counts.documents.iter().map(|(one, count)| (state(*one), *count)).collect(),
        problems: counts.problems.iter().map(|(problem, count)| (code(*problem), *count)).collect(),
        pages: counts.pages,
        page_faults: counts.faults.iter().map(|(kind, count)| (fault_kind(*kind), *count)).collect(),
        chunks: counts.chunks,
        folders: counts.folders,
        questions: counts.questions,
        judgements: counts.judgements,
        queue: QueueCounts {
            read: counts.waiting.read,
            walk: counts.waiting.walk,
            rebuild: counts.waiting.rebuild,
            stopped: counts.waiting.stopped,
        },
        rebuilding: counts.rebuilding,
    }
}

/// The indexes, by name.
pub fn indexes(examined: &Examination) -> Vec<IndexView> {
    let answers = counts(examined).and_then(|counts| counts.index.as_deref()).unwrap_or(FIRST);
    let view = |index: &assay_library::IndexLook| IndexView {
        folder: index.folder.clone(),
        answers: index.folder == answers,
        readable: index.holds.is_some(),
        embedder: index.holds.as_ref().map(|held| held.embedder.clone()),
        rows: index.holds.as_ref().map(|held| held.rows as u64),
        layout: index.holds.as_ref().map(|held| held.layout.clone()),
    };
    examined.indexes.iter().map(view).collect()
}
