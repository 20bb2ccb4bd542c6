//! What of the library was not read, so that a text may be in it.

use assay_domain::{Document, DocumentState, Page};

use super::report::Unread;

/// Unread pages and documents that are named, at most.
pub(super) const MOST: usize = 50;

/// The pages of a document that were not read, or only in part.
pub(super) fn pages(document: &Document, pages: &[Page]) -> Vec<Unread> {
    let unread = pages.iter().filter_map(|page| {
        let reason = page.outcome.fault()?.reason.clone();
        let (id, name) = (document.id, document.name.clone());
        Some(Unread { document: id, name, is_page: true, page: page.number, reason })
    });
    unread.collect()
}

/// A document without any reading.
pub(super) fn whole(document: &Document) -> Option<Unread> {
    if document.generation.is_some() {
        return None;
    }
    let waits = "it waits to be read";
    let reason = match document.state {
        DocumentState::Queued | DocumentState::Reading | DocumentState::Embedding => waits.to_owned(),
        _ => document.reason.clone().unwrap_or_else(|| waits.to_owned()),
    };
    Some(Unread { document: document.id, name: document.name.clone(), is_page: false, page: None, reason })
}
