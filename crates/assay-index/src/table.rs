//! The LanceDB table as the reader and the writer share it.

use std::sync::Arc;

use lance::Dataset;
use lancedb::Table;
use tokio::sync::RwLock;

use crate::error::IndexError;

/// What both handles know of the table.
#[derive(Debug)]
pub struct IndexTable {
    /// Length of a vector.
    pub dimension: usize,
    /// Rows from which on a vector index is kept.
    pub vector_index_from: usize,
    /// Every search holds it for reading; deleting files of older versions takes it for writing.
    pub pruning: RwLock<()>,
}

impl IndexTable {
    /// A table of vectors of this length, indexed from this number of rows on.
    pub fn new(dimension: usize, vector_index_from: usize) -> Arc<Self> {
        Arc::new(Self { dimension, vector_index_from, pruning: RwLock::new(()) })
    }
}

/// Lance's view of the version that a table handle stands at.
pub async fn dataset(table: &Table) -> Result<Arc<Dataset>, IndexError> {
    let missing = || IndexError::Damaged { doing: "opening it", reason: "it is no table of this machine".to_owned() };
    table.dataset().ok_or_else(missing)?.get().await.map_err(|error| IndexError::engine("reading", error))
}
