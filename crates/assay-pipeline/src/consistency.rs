//! Keeping catalogue and index of one mind: removal, reconciliation, the check.

use std::collections::HashMap;

use assay_domain::port::{Catalogue, IndexReader, IndexWriter, ScoreCache};
use assay_domain::{Document, DocumentId, DocumentState, Failure, GenerationId};

/// Takes documents out. They are in no answer from the moment the catalogue says so; their rows
/// are removed afterwards.
pub async fn remove(
    catalogue: &dyn Catalogue,
    index: &dyn IndexWriter,
    pairs: Option<&dyn ScoreCache>,
    documents: &[DocumentId],
) -> Result<(), Failure> {
    catalogue.remove(documents)?;
    purge(catalogue, index, pairs).await
}

/// Removes the rows of every generation that no longer counts, those of an interrupted run
/// included, with their token ids and scores, and makes sure that the removed text is gone from
/// the disk.
pub async fn purge(
    catalogue: &dyn Catalogue,
    index: &dyn IndexWriter,
    pairs: Option<&dyn ScoreCache>,
) -> Result<(), Failure> {
    let dead = catalogue.dead_generations()?;
    if dead.is_empty() {
        return Ok(());
    }
    pairs.map_or(Ok(()), |pairs| pairs.purge(&dead))?;
    index.remove(dead.clone()).await?;
    index.optimize().await?;
    catalogue.forget(&dead)
}

/// A difference between what the catalogue says and what the index holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// A committed document has fewer or more rows than it should.
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
    /// Rows that no committed document owns and that are not waiting to be removed.
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

/// What the check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckReport {
    /// Documents that answer.
    pub documents: u32,
    /// Chunks that answer.
    pub chunks: u64,
    /// Everything that differs.
    pub differences: Vec<Difference>,
}

/// Compares the index with the catalogue, row counts and all.
pub async fn check(catalogue: &dyn Catalogue, index: &dyn IndexReader) -> Result<CheckReport, Failure> {
    let documents = catalogue.documents()?;
    let mut rows: HashMap<GenerationId, u64> = index.generations().await?.into_iter().collect();
    let mut checked = CheckReport { documents: 0, chunks: 0, differences: Vec::new() };
    for document in &documents {
        if let Some(generation) = document.generation {
            let found = rows.remove(&generation).unwrap_or(0);
            checked.documents += 1;
            checked.chunks += found;
            if found != u64::from(document.chunks) {
                checked.differences.push(rows_differ(document, found));
            }
        }
        if matches!(document.state, DocumentState::Queued | DocumentState::Reading | DocumentState::Embedding) {
            let (document, name) = (document.id, document.name.clone());
            checked.differences.push(Difference::Unfinished { document, name });
        }
    }
    let dead = catalogue.dead_generations()?;
    let orphans = rows.into_iter().filter(|(generation, _)| !dead.contains(generation));
    let mut orphans: Vec<_> = orphans.map(|(generation, found)| Difference::Orphans { generation, found }).collect();
    orphans.sort_by_key(|difference| match difference {
        Difference::Orphans { generation, .. } => *generation,
        _ => GenerationId(0),
    });
    checked.differences.extend(orphans);
    Ok(checked)
}

fn rows_differ(document: &Document, found: u64) -> Difference {
    let (wanted, name) = (u64::from(document.chunks), document.name.clone());
    Difference::Rows { document: document.id, name, wanted, found }
}
