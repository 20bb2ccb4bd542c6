//! A budget of text in memory: however many long files wait for the embedder or the index, no
//! further file is read until some text is committed.

use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use assay_domain::ReadDocument;
use futures::future::poll_fn;
use futures::task::AtomicWaker;

/// Bytes of waiting text at which reading stops.
const LIMIT: usize = 32 << 20;

/// How much text waits. Clones share one count.
#[derive(Clone, Default)]
pub(super) struct TextBudget(Arc<Waiting>);

#[derive(Default)]
struct Waiting {
    bytes: Mutex<usize>,
    reader: AtomicWaker,
}

impl TextBudget {
    /// Whether more may be read.
    pub(super) fn is_free(&self) -> bool {
        *self.0.bytes.lock().unwrap_or_else(PoisonError::into_inner) < LIMIT
    }

    /// Waits until more may be read. Only one task may wait at a time.
    pub(super) async fn wait_until_free(&self) {
        poll_fn(|context| {
            self.0.reader.register(context.waker());
            if self.is_free() { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }

    /// Counts a document's text until the permit is dropped.
    pub(super) fn take(&self, document: &ReadDocument) -> Permit {
        let bytes = document.pages.iter().map(|page| page.text.len()).sum();
        self.change(|waiting| waiting + bytes);
        Permit { budget: self.clone(), bytes }
    }

    fn change(&self, to: impl FnOnce(usize) -> usize) {
        let mut bytes = self.0.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        *bytes = to(*bytes);
    }
}

/// A document's share of the budget.
pub(super) struct Permit {
    budget: TextBudget,
    bytes: usize,
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.budget.change(|waiting| waiting - self.bytes);
        self.budget.0.reader.wake();
    }
}

#[cfg(test)]
mod tests {
    use assay_domain::{Extractor, Page, PageOutcome};
    use futures::FutureExt;

    use super::*;

    #[test]
    fn reading_waits_at_the_limit_until_a_permit_is_dropped() {
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
        let budget = TextBudget::default();
        let small = budget.take(&document(LIMIT - 1));
        assert!(budget.is_free());
        let other = budget.take(&document(1));
        assert!(!budget.is_free());
        let mut waiting = Box::pin(budget.wait_until_free());
        assert!((&mut waiting).now_or_never().is_none(), "it waits");
        drop(other);
        assert!((&mut waiting).now_or_never().is_some(), "it goes on");
        drop(small);
        assert!(budget.is_free());
    }
}
