//! Consistency of catalogue and index: removal, purge of dead generations, and the check of both.

use std::collections::HashMap;

use assay_domain::port::{Catalogue, IndexReader, IndexWriter, ScoreCache};
use assay_domain::{Document, DocumentId, DocumentState, Failure, GenerationId};

/// Removes documents. They are in no answer from the moment the catalogue has removed them; their
/// rows are removed afterwards.
///
/// # Errors
/// What catalogue, index or score cache report. After a failure of the latter two, the next
/// [`purge`] removes the rows.
pub async fn remove(
    catalogue: &dyn Catalogue,
    index: &dyn IndexWriter,
    cache: Option<&dyn ScoreCache>,
    documents: &[DocumentId],
) -> Result<(), Failure> {
    catalogue.remove(documents)?;
    purge(catalogue, index, cache).await
}

/// Removes the rows, token ids and scores of every dead generation, also of interrupted runs, and
/// their text from the disk.
///
/// # Errors
/// What catalogue, index or score cache report; the generations stay dead until a later purge.
pub async fn purge(
    catalogue: &dyn Catalogue,
    index: &dyn IndexWriter,
    cache: Option<&dyn ScoreCache>,
) -> Result<(), Failure> {
    let dead = catalogue.dead_generations()?;
    if dead.is_empty() {
        return Ok(());
    }
    cache.map_or(Ok(()), |cache| cache.purge(&dead))?;
    index.remove(dead.clone()).await?;
    index.optimize().await?;
    catalogue.forget(&dead)
}

/// A difference between catalogue and index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// A document has fewer or more rows than it should.
    Rows {
        /// The document.
        document: DocumentId,
        /// Its name.
        name: String,
        /// Rows that it should have.
        wanted: u64,
        /// Rows that it has.
        found: u64,
    },
    /// Rows of a generation that is neither committed nor dead.
    Orphans {
        /// Their generation.
        generation: GenerationId,
        /// How many.
        found: u64,
    },
    /// A document that an interrupted run left unfinished.
    Unfinished {
        /// The document.
        document: DocumentId,
        /// Its name.
        name: String,
    },
}

/// The result of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckReport {
    /// Searchable documents.
    pub documents: u32,
    /// Searchable chunks.
    pub chunks: u64,
    /// Every difference.
    pub differences: Vec<Difference>,
}

/// Compares the index with the catalogue by row counts.
///
/// # Errors
/// What catalogue or index report.
pub async fn check(catalogue: &dyn Catalogue, index: &dyn IndexReader) -> Result<CheckReport, Failure> {
    let documents = catalogue.documents()?;
    let mut rows: HashMap<GenerationId, u64> = index.generations().await?.into_iter().collect();
    let mut report = CheckReport { documents: 0, chunks: 0, differences: Vec::new() };
    for document in &documents {
        if let Some(generation) = document.generation {
            let found = rows.remove(&generation).unwrap_or(0);
            if document.state != DocumentState::Missing {
                report.documents += 1;
                report.chunks += found;
            }
            if found != u64::from(document.chunks) {
                report.differences.push(rows_differ(document, found));
            }
        }
        if matches!(document.state, DocumentState::Queued | DocumentState::Reading | DocumentState::Embedding) {
            let (document, name) = (document.id, document.name.clone());
            report.differences.push(Difference::Unfinished { document, name });
        }
    }
    let dead = catalogue.dead_generations()?;
    let mut orphans: Vec<(GenerationId, u64)> =
        rows.into_iter().filter(|(generation, _)| !dead.contains(generation)).collect();
    orphans.sort_unstable();
    report.differences.extend(orphans.into_iter().map(|(generation, found)| Difference::Orphans { generation, found }));
    Ok(report)
}

fn rows_differ(document: &Document, found: u64) -> Difference {
    let (wanted, name) = (u64::from(document.chunks), document.name.clone());
    Difference::Rows { document: document.id, name, wanted, found }
}
