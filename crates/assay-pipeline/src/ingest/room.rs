//! Text that was read and is in the catalogue not yet: however many long files wait for the
//! embedder or the index, no more are read until there is room again.

use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use assay_domain::ReadDocument;
use futures::future::poll_fn;
use futures::task::AtomicWaker;

/// Bytes of text from which on nothing more is read.
const FULL: usize = 32 << 20;

/// How much text waits. Shared with everything that waits.
#[derive(Clone, Default)]
pub(super) struct Room(Arc<Waiting>);

#[derive(Default)]
struct Waiting {
    bytes: Mutex<usize>,
    reader: AtomicWaker,
}

impl Room {
    /// Whether more may be read.
    pub(super) fn is_free(&self) -> bool {
        *self.0.bytes.lock().unwrap_or_else(PoisonError::into_inner) < FULL
    }

    /// Waits until more may be read. One task waits at a time.
    pub(super) async fn free(&self) {
        poll_fn(|context| {
            self.0.reader.register(context.waker());
            if self.is_free() { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }

    /// Counts a document's text for as long as the result lives.
    pub(super) fn hold(&self, document: &ReadDocument) -> Held {
        let bytes = document.pages.iter().map(|page| page.text.len()).sum();
        self.change(|held| held + bytes);
        Held { room: self.clone(), bytes }
    }

    fn change(&self, to: impl FnOnce(usize) -> usize) {
        let mut held = self.0.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        *held = to(*held);
    }
}

/// The room that a document takes.
pub(super) struct Held {
    room: Room,
    bytes: usize,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.room.change(|held| held - self.bytes);
        self.room.0.reader.wake();
    }
}

#[cfg(test)]
mod tests {
    use assay_domain::{Extractor, Page, PageOutcome};
    use futures::FutureExt;

    use super::*;

    #[test]
    fn it_is_full_until_enough_was_let_go() {
        let page = |text: String| Page {
            number: None,
            text,
            headings: Vec::new(),
            extractor: Extractor::Format,
            confidence: None,
            outcome: PageOutcome::Text,
        };
        let document = |bytes: usize| ReadDocument {
            format: String::new(),
            pages: vec![page("a".repeat(bytes / 2)), page("b".repeat(bytes - bytes / 2))],
            language: None,
            hash: String::new(),
        };
        let room = Room::default();
        let small = room.hold(&document(FULL - 1));
        assert!(room.is_free());
        let other = room.hold(&document(1));
        assert!(!room.is_free());
        let mut waiting = Box::pin(room.free());
        assert!((&mut waiting).now_or_never().is_none(), "it waits");
        drop(other);
        assert!((&mut waiting).now_or_never().is_some(), "there is room again");
        drop(small);
        assert!(room.is_free());
    }
}
