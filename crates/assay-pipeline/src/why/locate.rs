//! a text -> the passages that hold it
//!
//! The pages as they were read are searched, not the index: a text may lie across two chunks, or in none. The documents
//! of passages with the text's words come first, and the others are read only if none of those holds it. The search gives
//! way after each page and each passage, so that whoever waits beside it can end it.

use std::collections::{BTreeSet, HashSet};
use std::future::poll_fn;
use std::task::Poll;

use assay_domain::port::{Filter, LexicalQuery, TextKind};
use assay_domain::{Cancel, Document, DocumentId, Failure, Page, Passage, Scope};
use assay_text::fold;

use super::report::{Matched, Sought, Unread};
use super::squeezed::squeezed;
use super::unread;
use crate::ask::Ask;
use crate::copies::shingles;

/// Hits of each retriever among which a text is looked for.
const HITS: usize = 200;
/// Characters of a text that the lexical retriever looks for.
const HEAD: usize = 400;
/// Share of a text's shingles that its nearest passage has, at least.
const ALIKE: f64 = 0.5;
/// Passages that are followed, at most, and places of a text in one document.
const MOST: usize = 64;

/// A passage that holds the text.
#[derive(Debug, Clone)]
pub(super) struct Holder {
    pub document: Document,
    /// `None` if the text is on a page and in no chunk.
    pub passage: Option<Passage>,
    /// The page's own number.
    pub page: Option<u32>,
    /// Share of the text that the passage holds.
    pub covers: f64,
}

/// Where a text is.
pub(super) struct Located {
    pub matched: Matched,
    pub holders: Vec<Holder>,
    /// If it is nowhere: what was not read.
    pub unread: Vec<Unread>,
}

/// Finds the passages that hold a text.
pub(super) async fn locate(with: &Ask<'_>, sought: Sought<'_>, cancel: &Cancel) -> Result<Located, Failure> {
    let mut documents = with.catalogue.documents()?;
    documents.retain(|row| sought.document.is_none_or(|only| only == row.id));
    let hits = hits(with, sought.text).await?;
    let likely: BTreeSet<DocumentId> = hits.iter().map(|passage| passage.document).collect();
    let (first, others): (Vec<_>, Vec<_>) = documents.iter().partition(|row| likely.contains(&row.id));

    let wanted = squeezed(sought.text);
    let (mut holders, mut unread) = (Vec::new(), Vec::new());
    for some in [first, others] {
        for document in some {
            give_way(cancel).await?;
            let pages = with.catalogue.pages_of(document.id)?;
            unread.extend(unread::pages(document, &pages));
            if holders.len() < MOST {
                holders.extend(in_document(with, document, (&pages, &wanted), cancel).await?);
            }
        }
        if !holders.is_empty() {
            let most = holders.iter().map(|holder: &Holder| holder.covers).fold(0.0, f64::max);
            holders.retain(|holder| holder.covers >= most);
            return Ok(Located { matched: Matched::Exact, holders, unread: Vec::new() });
        }
    }
    if let Some((holder, alike)) = nearest(with, sought, (&documents, hits), cancel).await? {
        return Ok(Located { matched: Matched::Nearest(alike), holders: vec![holder], unread: Vec::new() });
    }
    unread.extend(documents.iter().filter_map(unread::whole));
    unread.truncate(unread::MOST);
    Ok(Located { matched: Matched::Nowhere, holders: Vec::new(), unread })
}

/// Passages with the words of a text, and those nearest to its vector, of all collections and of missing documents too.
async fn hits(with: &Ask<'_>, text: &str) -> Result<Vec<Passage>, Failure> {
    let newest = Some(with.catalogue.answering(&Scope::default())?.newest);
    let filter = Filter { only: None, excluded: with.catalogue.dead_generations()?, newest };
    let head: String = text.chars().take(HEAD).collect();
    let query = LexicalQuery { folded: fold(&head), written: head };
    let mut hits = with.index.matching(query, HITS, filter.clone()).await.unwrap_or_default();
    // Without a vector the words alone have to do.
    let embedded = with.embedder.embed_for_explanation(TextKind::Passage, vec![text.to_owned()]).await;
    if let Some(vector) = embedded.ok().and_then(|mut vectors| vectors.pop()) {
        hits.extend(with.index.nearest(vector, HITS, filter).await.unwrap_or_default());
    }
    let mut seen = HashSet::new();
    Ok(hits.into_iter().map(|hit| hit.passage).filter(|passage| seen.insert(passage.chunk)).collect())
}

/// The passages of a document that hold the text or a part of it.
async fn in_document(
    with: &Ask<'_>,
    document: &Document,
    (pages, wanted): (&[Page], &str),
    cancel: &Cancel,
) -> Result<Vec<Holder>, Failure> {
    let (mut whole, mut starts) = (String::new(), Vec::new());
    for page in pages {
        give_way(cancel).await?;
        starts.push(whole.len());
        whole.push_str(&squeezed(&page.text));
    }
    let found: Vec<usize> = whole.match_indices(wanted).map(|(at, _)| at).take(MOST).collect();
    let (Some(first), Some(generation)) = (found.first(), document.generation) else { return Ok(Vec::new()) };
    let mut passages = with.index.passages_of(generation).await?;
    passages.sort_by_key(|passage| (passage.page_index, passage.range.start));

    let mut holders = Vec::new();
    // Where the text before a passage ends on its page, and in the squeezed document.
    let (mut page_index, mut before, mut at) = (usize::MAX, 0, 0);
    for passage in passages {
        give_way(cancel).await?;
        let Some((page, start)) = pages.get(passage.page_index).zip(starts.get(passage.page_index)) else { continue };
        if passage.page_index != page_index {
            (page_index, before, at) = (passage.page_index, 0, *start);
        }
        at += squeezed(page.text.get(before..passage.range.start).unwrap_or_default()).len();
        before = passage.range.start;
        let end = at + squeezed(&passage.text).len();
        let shared = |place: &usize| end.min(place + wanted.len()).saturating_sub(at.max(*place));
        let most = found.iter().map(shared).max().unwrap_or(0);
        if most > 0 && holders.len() < MOST {
            let covers = most as f64 / wanted.len() as f64;
            holders.push(Holder { document: document.clone(), page: passage.page, passage: Some(passage), covers });
        }
    }
    if holders.is_empty() {
        let page = starts.iter().rposition(|start| start <= first).and_then(|index| pages.get(index)?.number);
        holders.push(Holder { document: document.clone(), passage: None, page, covers: 0.0 });
    }
    Ok(holders)
}

/// The passage that has most of the text, and the share that it has, if that is enough to be the text with slips.
async fn nearest(
    with: &Ask<'_>,
    sought: Sought<'_>,
    (documents, hits): (&[Document], Vec<Passage>),
    cancel: &Cancel,
) -> Result<Option<(Holder, f64)>, Failure> {
    let passages = match (sought.document, documents) {
        (None, _) => hits,
        (Some(_), [only]) => match only.generation {
            Some(generation) => with.index.passages_of(generation).await?,
            None => Vec::new(),
        },
        (Some(_), _) => Vec::new(),
    };
    let wanted = shingles(&fold(sought.text));
    let alike = |passage: &Passage| {
        let there = shingles(&fold(&passage.text));
        wanted.intersection(&there).count() as f64 / wanted.len().max(1) as f64
    };
    let mut best: Option<(f64, Passage)> = None;
    for passage in passages {
        give_way(cancel).await?;
        let alike = alike(&passage);
        if alike >= ALIKE && best.as_ref().is_none_or(|(most, _)| alike >= *most) {
            best = Some((alike, passage));
        }
    }
    let Some((alike, passage)) = best else { return Ok(None) };
    let document = documents.iter().find(|row| row.id == passage.document);
    Ok(document.map(|document| {
        let (document, page) = (document.clone(), passage.page);
        (Holder { document, page, passage: Some(passage), covers: alike }, alike)
    }))
}

/// Lets other work of the task run, such as a wait for the user's stop.
///
/// # Errors
/// [`Failure::stopped`] when `cancel` is set.
async fn give_way(cancel: &Cancel) -> Result<(), Failure> {
    let mut was_polled = false;
    let once = poll_fn(|context| {
        if std::mem::replace(&mut was_polled, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    });
    once.await;
    cancel.check()
}
