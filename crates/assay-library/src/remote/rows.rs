//! Rows and pages of the catalogue, as they are published.

use assay_catalogue::{CatalogueError, MirrorRow, MirrorRows};
use assay_domain::{Extractor, IndexIdentity, Page, PageOutcome};
use assay_remote::{DocumentEntry, FilledBy, Heading, Mirrored, PageEntry};

/// What filled an index, as it is published.
pub fn filled_by(identity: &IndexIdentity) -> FilledBy {
    FilledBy {
        embedder: identity.embedder.clone(),
        weights: identity.weights.clone(),
        dimension: identity.dimension as u64,
        pooling: identity.pooling.clone(),
        passage_prefix: identity.passage_prefix.clone(),
        query_prefix: identity.query_prefix.clone(),
        chunk_tokens: identity.chunk_tokens as u64,
        chunk_overlap: identity.chunk_overlap as u64,
        metric: identity.metric.as_str().to_owned(),
        context: identity.rows.has_context(),
    }
}

/// A document, as it is published. Its text has no hash yet.
pub fn entry(row: MirrorRow) -> DocumentEntry {
    let MirrorRow { id, generation, collection, path, root, name, state, reason, problem, incomplete, .. } = row;
    DocumentEntry {
        id,
        generation,
        collection,
        path,
        root,
        name,
        state,
        reason,
        problem,
        incomplete,
        partly_by: row.partly_by,
        reader_revision: row.reader_revision,
        format: row.format,
        language: row.language,
        bytes: row.bytes,
        hash: row.hash,
        pages: row.pages,
        pages_with_text: row.pages_with_text,
        chunks: row.chunks,
        added: row.added,
        changed: row.changed,
        written: row.written,
        missing_since: row.missing_since,
        missing_why: row.missing_why,
        text: String::new(),
    }
}

/// The documents that were published.
pub fn rows(mirrored: &Mirrored) -> MirrorRows {
    let head = mirrored.head();
    MirrorRows {
        documents: mirrored.documents().iter().map(row).collect(),
        silent: head.silent.clone(),
        newest_document: head.newest_document,
        newest_generation: head.newest_generation,
    }
}

fn row(entry: &DocumentEntry) -> MirrorRow {
    let entry = entry.clone();
    MirrorRow {
        id: entry.id,
        generation: entry.generation,
        collection: entry.collection,
        path: entry.path,
        root: entry.root,
        name: entry.name,
        state: entry.state,
        reason: entry.reason,
        problem: entry.problem,
        incomplete: entry.incomplete,
        partly_by: entry.partly_by,
        reader_revision: entry.reader_revision,
        format: entry.format,
        language: entry.language,
        bytes: entry.bytes,
        hash: entry.hash,
        pages: entry.pages,
        pages_with_text: entry.pages_with_text,
        chunks: entry.chunks,
        added: entry.added,
        changed: entry.changed,
        written: entry.written,
        missing_since: entry.missing_since,
        missing_why: entry.missing_why,
    }
}

/// A page, as it is published.
pub fn page_entry(page: Page) -> PageEntry {
    PageEntry {
        number: page.number,
        extractor: page.extractor.as_str().to_owned(),
        confidence: page.confidence,
        outcome: page.outcome.as_str().to_owned(),
        fault: page.outcome.fault().map(|fault| fault.kind.as_str().to_owned()),
        reason: page.outcome.fault().map(|fault| fault.reason.clone()),
        headings: page.headings.into_iter().map(|(start, path)| Heading(start, path)).collect(),
        text: page.text,
    }
}

/// A page that was published.
///
/// # Errors
/// Fails if it says what no version writes, or names a place outside its text.
pub fn page(entry: PageEntry) -> Result<Page, CatalogueError> {
    let unknown = |what, name: &str| CatalogueError::UnknownName { what, name: name.to_owned() };
    let outcome = PageOutcome::parse(&entry.outcome, entry.fault.as_deref(), entry.reason);
    if let Some(Heading(start, _)) = entry.headings.iter().find(|heading| !entry.text.is_char_boundary(heading.0)) {
        return Err(unknown("place of a heading", &start.to_string()));
    }
    Ok(Page {
        number: entry.number,
        headings: entry.headings.into_iter().map(|Heading(start, path)| (start, path)).collect(),
        extractor: Extractor::parse(&entry.extractor).ok_or_else(|| unknown("page extractor", &entry.extractor))?,
        confidence: entry.confidence,
        outcome: outcome.ok_or_else(|| unknown("page outcome", &entry.outcome))?,
        text: entry.text,
    })
}
