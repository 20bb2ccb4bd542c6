//! An index that does one operation at a time, while a renamed file and new files come in together.

use std::future::poll_fn;
use std::task::Poll;

use assay_domain::fakes::MemoryIndex;
use assay_domain::port::{Catalogue, IndexWriter, ReadBack, Source};
use assay_domain::{Cancel, Document, EmbeddedChunk, Failure, GenerationId};
use futures::future::{BoxFuture, FutureExt};
use futures::lock::Mutex;

use super::Fixture;
use super::ingesting::outcome;
use crate::ingest::{Ingest, enqueue, ingest};

/// Polls that a rename takes, and that any other operation takes.
const LONG: usize = 5_000;
const SHORT: usize = 3;

/// Does one operation at a time.
struct OneAtATime<'a> {
    index: &'a MemoryIndex,
    busy: Mutex<()>,
}

impl OneAtATime<'_> {
    fn slowly<'a, T: 'a>(&'a self, polls: usize, work: BoxFuture<'a, T>) -> BoxFuture<'a, T> {
        async move {
            let _busy = self.busy.lock().await;
            for _ in 0..polls {
                yield_once().await;
            }
            work.await
        }
        .boxed()
    }
}

async fn yield_once() {
    let mut polled = false;
    poll_fn(|context| {
        context.waker().wake_by_ref();
        if std::mem::replace(&mut polled, true) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

impl IndexWriter for OneAtATime<'_> {
    fn add(&self, rows: Vec<EmbeddedChunk>) -> BoxFuture<'_, Result<(), Failure>> {
        self.slowly(SHORT, self.index.add(rows))
    }

    fn read_back(
        &self,
        generation: GenerationId,
        sample: Vec<(u32, Vec<f32>)>,
    ) -> BoxFuture<'_, Result<ReadBack, Failure>> {
        self.slowly(SHORT, self.index.read_back(generation, sample))
    }

    fn rename(&self, generation: GenerationId, names: String) -> BoxFuture<'_, Result<(), Failure>> {
        self.slowly(LONG, self.index.rename(generation, names))
    }

    fn remove(&self, generations: Vec<GenerationId>) -> BoxFuture<'_, Result<(), Failure>> {
        self.slowly(SHORT, self.index.remove(generations))
    }

    fn optimize(&self) -> BoxFuture<'_, Result<(), Failure>> {
        self.slowly(SHORT, self.index.optimize())
    }
}

/// While the rename holds the index, so many files are embedded that the writer's channel is full.
#[test]
fn a_long_rename_and_many_new_files_do_not_wait_for_each_other() {
    let fixture = Fixture::with(&[("old.txt", "apples")]);
    fixture.ingest(&["old.txt"], &Cancel::default()).unwrap();
    let gone: Vec<Document> = fixture.catalogue.documents().unwrap();
    fixture.put("moved.txt", "apples");
    let mut paths = vec!["moved.txt".to_owned()];
    for number in 0..40 {
        paths.push(format!("{number}.txt"));
        fixture.put(&paths[number + 1], &format!("pears number {number}"));
    }
    let index = OneAtATime { index: &fixture.index, busy: Mutex::new(()) };
    let with = Ingest { index: &index, ..fixture.with_library(&gone) };
    let sources = paths.iter().map(|path| Source::at(path.as_str(), path.as_str())).collect();
    let (files, cancel, mut on) = (enqueue(&with, sources).unwrap(), Cancel::default(), |_| ());
    let mut ingesting = Box::pin(ingest(&with, files, &cancel, &mut on));
    let reports = (0..100_000).find_map(|_| (&mut ingesting).now_or_never()).expect("it ends").unwrap();
    let outcomes: Vec<String> = reports.iter().map(|report| outcome(&report.outcome)).collect();
    assert_eq!(outcomes[0], "renamed from old.txt");
    assert_eq!(outcomes[1..], vec!["committed"; 40]);
}
