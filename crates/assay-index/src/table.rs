//! The LanceDB table as the reader and the writer share it.

use std::sync::Arc;

use assay_domain::{IndexIdentity, RowContent};
use lance::Dataset;
use lancedb::Table;
use tokio::sync::RwLock;

use crate::error::IndexError;

/// What both handles know of the table.
#[derive(Debug)]
pub struct IndexTable {
    /// Length of a vector.
    pub dimension: usize,
    /// What its rows hold besides the text.
    pub rows: RowContent,
    /// Rows from which on a vector index is kept.
    pub vector_index_from: usize,
    /// Every search holds it for reading; deleting files of older versions takes it for writing.
    pub pruning: RwLock<()>,
}

impl IndexTable {
    /// A table that this identity filled, with a vector index from this number of rows on.
    pub fn new(identity: &IndexIdentity, vector_index_from: usize) -> Arc<Self> {
        let (dimension, rows) = (identity.dimension, identity.rows);
        Arc::new(Self { dimension, rows, vector_index_from, pruning: RwLock::new(()) })
    }
}

/// Lance's view of the version that a table handle stands at.
pub async fn dataset(table: &Table) -> Result<Arc<Dataset>, IndexError> {
    let missing = || IndexError::Damaged { doing: "opening it", reason: "it is no table of this machine".to_owned() };
    table.dataset().ok_or_else(missing)?.get().await.map_err(|error| IndexError::engine("reading", error))
}
