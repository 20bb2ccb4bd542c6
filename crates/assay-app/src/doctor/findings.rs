//! What needs doing, and what is only said.

use assay_contract::{
    CatalogueState, DoctorNotice, DoctorReply, FaultKind, Finding, FindingKind, IndexView, NoticeKind, Settings,
};
use assay_domain::Failure;
use assay_library::{CatalogueLook, Examination, FolderUse, NEWEST_INDEX_LAYOUT};

/// Free bytes below which an ingest may fill the disk.
const LITTLE_SPACE: u64 = 1 << 30;

/// What needs doing about the settings, the data folder, the catalogue and the indexes.
pub fn findings(
    reply: &DoctorReply,
    examined: &Examination,
    written: &Settings,
    invalid: Option<&Failure>,
) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut add = |kind, what: String, action: &str| found.push(Finding { kind, what, action: action.to_owned() });
    if let Some(failure) = invalid {
        add(FindingKind::Settings, failure.message.clone(), &failure.action);
    }
    match &examined.used {
        FolderUse::Foreign => add(
            FindingKind::DataFolder,
            "the data folder holds other files and is not a library of Assay".into(),
            "choose another folder with --data or ASSAY_DATA",
        ),
        FolderUse::Unreadable(why) => add(
            FindingKind::DataFolder,
            format!("the data folder cannot be read: {why}"),
            "check the disk and your rights on the folder",
        ),
        FolderUse::New | FolderUse::Free | FolderUse::InUse => (),
    }
    if let Some(program) = &reply.data.synced_by {
        add(
            FindingKind::SyncedFolder,
            format!("the data folder is copied to other machines by {program}"),
            "close Assay, move the folder to a place that is not synced, and name it with --data or ASSAY_DATA",
        );
    }
    if let Some(free) = reply.data.disk_free.filter(|free| *free < LITTLE_SPACE) {
        add(
            FindingKind::DiskFull,
            format!("the disk of the data folder has {} MiB left", free >> 20),
            "free some space before you add files",
        );
    }
    let open_elsewhere = examined.used == FolderUse::InUse;
    match &examined.catalogue {
        CatalogueLook::Damaged(failure) => add(
            FindingKind::CatalogueDamaged,
            failure.message.clone(),
            match reply.data.snapshots {
                0 => failure.action.as_str(),
                _ => "open the library: its newest snapshot takes the place of the damaged file",
            },
        ),
        CatalogueLook::Newer(failure) => add(FindingKind::CatalogueNewer, failure.message.clone(), &failure.action),
        CatalogueLook::Busy(failure) if !open_elsewhere => {
            add(FindingKind::CatalogueBusy, failure.message.clone(), &failure.action);
        }
        CatalogueLook::Busy(_) | CatalogueLook::Whole(_) | CatalogueLook::None => (),
    }
    if reply.data.restoring && !open_elsewhere {
        add(FindingKind::RestoreInterrupted, "a restore was not finished".into(), "run `assay restore` again");
    }
    found.extend(about_index(reply, written, open_elsewhere));
    found.extend(about_recognition(reply));
    found
}

fn about_index(reply: &DoctorReply, written: &Settings, open_elsewhere: bool) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut add = |kind, what: String, action: String| found.push(Finding { kind, what, action });
    let counts = reply.catalogue.counts.as_ref();
    let wanted = counts.map_or(0, |counts| counts.chunks);
    let answering = reply.indexes.iter().find(|index| index.answers);
    let rebuilding = counts.is_some_and(|counts| counts.rebuilding);
    match answering {
        None if wanted > 0 => add(
            FindingKind::IndexDamaged,
            format!("the index is missing, and {wanted} passages should be in it"),
            "fill it again from the stored text: assay check".into(),
        ),
        Some(index) if !index.readable => add(
            FindingKind::IndexDamaged,
            format!("the index in {} cannot be read", index.folder),
            "repair it: assay check; what cannot be read is filled again from the stored text".into(),
        ),
        Some(IndexView { rows: Some(rows), .. }) if *rows < wanted => add(
            FindingKind::IndexIncomplete,
            format!("the index holds {rows} passages, and {wanted} should be in it"),
            "fill in the others: assay check".into(),
        ),
        _ => (),
    }
    let filled = answering.filter(|index| index.rows.unwrap_or(0) > 0).and_then(|index| index.embedder.as_ref());
    if let Some(filled) = filled.filter(|filled| **filled != written.embedder && !rebuilding) {
        add(
            FindingKind::IndexOfAnotherModel,
            format!("{filled} filled the index, and the settings name {}", written.embedder),
            format!("rebuild the index: assay rebuild, or choose {filled} again"),
        );
    }
    if rebuilding && !open_elsewhere {
        let what = "a rebuild of the index was interrupted; the index before it answers".to_owned();
        add(FindingKind::RebuildInterrupted, what, "go on with it: assay ingest or assay rebuild".into());
    }
    found
}

fn about_recognition(reply: &DoctorReply) -> Option<Finding> {
    let faults = reply.catalogue.counts.as_ref().map(|counts| &counts.page_faults);
    let pages = faults.and_then(|faults| faults.get(&FaultKind::NoRecognition)).copied().unwrap_or(0);
    let recognition = &reply.recognition;
    let lacking = recognition.version.is_none() || !recognition.missing.is_empty();
    (pages > 0 && recognition.wanted && lacking).then(|| {
        let what = format!("{pages} pages are pictures that could not be recognised");
        let missing = recognition.missing.join(", ");
        let action = format!("install Tesseract with its languages ({missing}), then try again: assay retry");
        Finding { kind: FindingKind::RecognitionMissing, what, action }
    })
}

/// What happened to the library, or waits in it.
pub fn notices(reply: &DoctorReply) -> Vec<DoctorNotice> {
    let mut said = Vec::new();
    let mut say = |kind, what: String| said.push(DoctorNotice { kind, what });
    if reply.data.moved_away > 0 {
        say(NoticeKind::Healed, format!("repairs moved {} files or folders to damaged/", reply.data.moved_away));
    }
    if reply.catalogue.state == CatalogueState::Whole && reply.data.snapshots == 0 {
        say(NoticeKind::Snapshot, "there is no snapshot of the catalogue yet".into());
    }
    let older = |index: &&IndexView| index.layout.as_deref().is_some_and(|layout| layout != NEWEST_INDEX_LAYOUT);
    if let Some(index) = reply.indexes.iter().filter(|index| index.answers).find(older) {
        let layout = index.layout.as_deref().unwrap_or_default();
        say(NoticeKind::OlderIndex, format!("the index is of layout {layout}; a rebuild brings it up to date"));
    }
    if let Some(counts) = &reply.catalogue.counts {
        let waiting = counts.queue.read + counts.queue.walk + counts.queue.rebuild;
        if waiting > 0 {
            let stopped = counts.queue.stopped;
            say(NoticeKind::Queue, format!("{waiting} rows wait in the queue, {stopped} of them stopped by the user"));
        }
        if counts.rebuilding {
            say(NoticeKind::Rebuilding, "a rebuild of the index was begun and is not finished".into());
        }
    }
    if let Some(program) = &reply.data.synced_by {
        say(NoticeKind::SyncedFolder, format!("the data folder is copied to other machines by {program}"));
    }
    said
}
