use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

use assay_catalogue::{Store, snapshots};
use assay_domain::port::{Catalogue, Source};
use assay_domain::{DocumentId, DocumentState, GenerationId};
use tempfile::TempDir;

use super::{Copies, PURGE_DUE};
use crate::home::Home;
use crate::notices::Notices;

const SOON: Duration = Duration::from_millis(20);
const NEVER: Duration = Duration::from_secs(3_600);

struct Open {
    _folder: TempDir,
    home: Home,
    store: Arc<Store>,
    notices: Arc<Notices>,
}

impl Open {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open(&folder.path().join("library")).unwrap();
        let store = Arc::new(Store::open(&home.catalogue()).unwrap());
        Self { _folder: folder, home, store, notices: Arc::default() }
    }

    fn keep(&self, every: Duration) -> Copies {
        Copies::keep(&self.home, self.store.clone(), self.notices.clone(), every)
    }

    fn add(&self, path: &str) -> DocumentId {
        self.store.enqueue("default", &Source::at(path, path)).unwrap()
    }

    /// Documents in the small snapshot, and when it was taken.
    fn small(&self) -> Option<(u32, SystemTime)> {
        let small = snapshots(&self.home.snapshots()).into_iter().find(|each| !each.with_text)?;
        Some((small.documents, fs::metadata(small.path).unwrap().modified().unwrap()))
    }

    fn wait_for(&self, documents: u32) {
        let begun = Instant::now();
        while self.small().map(|(found, _)| found) != Some(documents) {
            assert!(begun.elapsed() < Duration::from_secs(20), "{:?} {:?}", self.small(), self.notices.all());
            std::thread::sleep(SOON);
        }
    }
}

#[test]
fn the_small_snapshot_follows_the_catalogue_and_rests_with_it() {
    let open = Open::new();
    let copies = open.keep(SOON);
    open.add("/a.txt");
    open.wait_for(1);
    open.add("/b.txt");
    open.wait_for(2);
    let taken = open.small();
    std::thread::sleep(SOON * 20);
    assert_eq!(open.small(), taken, "nothing was written, so nothing is copied");
    drop(copies);
    assert_eq!(open.small(), taken);
}

#[test]
fn closing_copies_what_was_written_last_and_only_that() {
    let open = Open::new();
    let copies = open.keep(NEVER);
    open.add("/a.txt");
    assert_eq!(open.small(), None, "it waits for its time");
    copies.close();
    let taken = open.small();
    assert_eq!(taken.map(|(documents, _)| documents), Some(1));
    copies.close();
    drop(open.keep(NEVER));
    assert_eq!(open.small(), taken, "an opening without a change copies nothing");
    // As after a process that was killed: the file is newer than its copy.
    open.add("/b.txt");
    drop(open.keep(NEVER));
    assert_eq!(open.small().map(|(documents, _)| documents), Some(2));
}

#[test]
fn what_is_removed_leaves_the_copies_at_once_or_as_soon_as_it_can() {
    let open = Open::new();
    let copies = open.keep(NEVER);
    let ids = ["/a.txt", "/b.txt", "/c.txt"].map(|path| open.add(path));
    let snapshot = copies.take_snapshot("before-rebuild").unwrap();
    let documents = || snapshots(&open.home.snapshots()).iter().find(|each| each.with_text).unwrap().documents;
    for folder in [open.home.damaged(), open.home.damaged_before()] {
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("1-catalogue.sqlite"), "text of a removed document").unwrap();
    }
    open.store.remove(&ids[..1]).unwrap();
    copies.purge();
    assert_eq!(documents(), 2);
    assert!(!open.home.damaged().exists() && !open.home.damaged_before().exists());

    // A folder in the place of the journal: the snapshot cannot be written to.
    let journal = snapshot.with_extension("sqlite-journal");
    fs::create_dir(&journal).unwrap();
    open.store.remove(&ids[1..2]).unwrap();
    copies.purge();
    assert!(open.notices.all()[0].what.contains("copies of the catalogue"), "{:?}", open.notices.all());
    copies.close();
    assert!(open.home.snapshots().join(PURGE_DUE).exists(), "the next run knows");

    fs::remove_dir(&journal).unwrap();
    drop(open.keep(NEVER));
    assert_eq!(documents(), 1);
    assert!(open.notices.all().is_empty(), "what was said is over");
    assert!(!open.home.snapshots().join(PURGE_DUE).exists());
}

/// Each write is one of those that a saved note makes.
#[test]
fn writes_are_not_delayed_by_the_copies() {
    let open = Open::new();
    let document = open.add("/a.txt");
    let copies = open.keep(Duration::from_millis(1));
    let begun = Instant::now();
    for _ in 0..40 {
        let generation: GenerationId = open.store.begin(document).unwrap();
        open.store.set_state(document, DocumentState::Failed, None).unwrap();
        assert!(generation.0 > 0);
    }
    let took = begun.elapsed();
    drop(copies);
    assert!(took < Duration::from_secs(20), "{took:?}");
    assert_eq!(open.small().map(|(documents, _)| documents), Some(1));
}

/// As during a long ingest of small files: no pause is long enough for a copy that gives way.
#[test]
fn the_copies_are_renewed_although_something_is_written_all_the_time() {
    for closing in [true, false] {
        let open = Open::new();
        let (document, writes) = (open.add("/a.txt"), AtomicBool::new(true));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let begun = Instant::now();
                while writes.load(Ordering::SeqCst) && begun.elapsed() < Duration::from_secs(60) {
                    open.store.set_state(document, DocumentState::Failed, None).unwrap();
                    std::thread::sleep(Duration::from_millis(5));
                }
            });
            let copies = open.keep(if closing { NEVER } else { SOON });
            if closing {
                copies.close();
                assert_eq!(open.small().map(|(documents, _)| documents), Some(1));
            } else {
                open.wait_for(1);
            }
            writes.store(false, Ordering::SeqCst);
        });
        assert!(open.notices.all().is_empty(), "giving way is no fault");
    }
}
