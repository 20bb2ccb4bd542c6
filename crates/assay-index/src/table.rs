//! The LanceDB table as the reader and the writer share it.

use std::sync::Arc;

use assay_domain::port::Metric;
use assay_domain::{IndexIdentity, RowContent};
use lance::Dataset;
use lancedb::{DistanceType, Table};
use tokio::sync::RwLock;

use crate::error::IndexError;

/// Numbers of rows by which the search indexes are laid out. Tests take smaller ones.
#[derive(Debug, Clone, Copy)]
pub struct Scale {
    /// Rows from which on a vector index is kept and searched. Below, every vector is compared: exact, and fast enough
    /// (50,000 vectors of 384 numbers are 75 MB).
    pub vector_index_from: usize,
    /// Rows of one partition of the vector index, Lance's own suggestion.
    pub partition: usize,
    /// Most rows of a part of a full-text index, unless one fragment has more. A removal builds the parts again that
    /// hold removed rows.
    pub full_text_part: usize,
}

impl Default for Scale {
    fn default() -> Self {
        Self { vector_index_from: 50_000, partition: 4096, full_text_part: 100_000 }
    }
}

/// What both handles know of the table.
#[derive(Debug)]
pub struct IndexTable {
    /// Length of a vector.
    pub dimension: usize,
    /// How vectors are compared. Lance's distance is 1 less the similarity for either metric.
    pub distance: DistanceType,
    /// What its rows hold besides the text.
    pub rows: RowContent,
    /// How its search indexes are laid out.
    pub scale: Scale,
    /// Every search holds it for reading; deleting files of older versions takes it for writing.
    pub pruning: RwLock<()>,
}

impl IndexTable {
    /// A table that this identity filled.
    pub fn new(identity: &IndexIdentity, scale: Scale) -> Arc<Self> {
        let distance = match identity.metric {
            Metric::Cosine => DistanceType::Cosine,
            Metric::Dot => DistanceType::Dot,
        };
        let (dimension, rows) = (identity.dimension, identity.rows);
        Arc::new(Self { dimension, distance, rows, scale, pruning: RwLock::new(()) })
    }
}

/// Lance's view of the version that a table handle stands at.
pub async fn dataset(table: &Table) -> Result<Arc<Dataset>, IndexError> {
    let missing = || IndexError::Damaged { doing: "opening it", reason: "it is no table of this machine".to_owned() };
    table.dataset().ok_or_else(missing)?.get().await.map_err(|error| IndexError::engine("reading", error))
}
