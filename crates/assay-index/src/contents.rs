//! What an index holds, without opening it for a search.

use std::path::Path;

use crate::layout::{self, TABLE};
use crate::open::connect;

/// The bi-encoder that filled an index, and how much it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    /// Name of the bi-encoder.
    pub embedder: String,
    /// Rows in the index.
    pub rows: usize,
    /// Layout of the table, as its number is written; empty if the table does not say.
    pub layout: String,
}

/// What the index in a folder holds, whatever its layout; `None` if there is no index or it cannot be
/// read. Nothing is written or repaired.
pub async fn contents(folder: &Path) -> Option<Contents> {
    if !folder.join(format!("{TABLE}.lance")).is_dir() {
        return None;
    }
    let table = connect(folder).await.ok()?.open_table(TABLE).execute().await.ok()?;
    let schema = table.schema().await.ok()?;
    let embedder = layout::embedder(schema.as_ref())?;
    let rows = table.count_rows(None).await.ok()?;
    Some(Contents { embedder, rows, layout: layout::number(schema.as_ref()) })
}
