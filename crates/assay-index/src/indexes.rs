//! The search indexes over the rows: a full-text index for each field of words, and a vector index from a number of rows
//! on. Both are built in parts, so that memory does not grow with the library.

use std::collections::HashMap;

use lance::index::DatasetIndexExt;
use lancedb::index::Index;
use lancedb::index::vector::IvfFlatIndexBuilder;
use lancedb::table::{OptimizeAction, OptimizeOptions};
use lancedb::{DistanceType, Table};

use crate::error::IndexError;
use crate::layout::{self, VECTOR};
use crate::table::{IndexTable, dataset};

/// Parts of an index that may stay before they are merged.
const PARTS: usize = 8;
/// Rows that may be added to the full-text index; with more of them it is built again, because
/// building has a bound of memory and adding has none.
const ADDED_ROWS: usize = 20_000;
/// Bytes of vectors that are added to the vector index at a time. Building an index of a million
/// vectors in one go takes twice the memory of the vectors.
const BUILT_AT_ONCE: usize = 32 << 20;
/// Rows of one partition of the vector index, Lance's own suggestion.
const PARTITION: usize = 4096;
/// Most bytes of vectors that centroids are trained on, and the least and most vectors for one centroid.
const SAMPLE: usize = 64 << 20;
const SAMPLED: (usize, usize) = (32, 256);

/// Brings all indexes up to date with the rows.
pub async fn refresh(table: &Table, index_table: &IndexTable) -> Result<(), IndexError> {
    let indexes = table.list_indices().await.map_err(failed)?;
    let over = |column: &str| indexes.iter().find(|index| index.columns == [column]).map(|index| index.name.clone());
    for column in layout::searched(index_table.rows) {
        refresh_full_text(table, column, over(column)).await.map_err(failed)?;
    }
    refresh_vectors(table, index_table, over(VECTOR)).await
}

async fn refresh_full_text(table: &Table, column: &str, name: Option<String>) -> Result<(), lancedb::Error> {
    if let Some(name) = name
        && let Some(state) = table.index_stats(&name).await?
        && state.num_unindexed_rows <= ADDED_ROWS
    {
        return add(table, name, state.num_indices.unwrap_or(1) as usize, OptimizeOptions::default()).await;
    }
    table.create_index(&[column], Index::FTS(layout::full_text())).execute().await
}

/// Defines the vector index again, with new centroids, when the rows have doubled since the last time. Lance's
/// retraining would do the same with a sample of its own size.
async fn refresh_vectors(table: &Table, index_table: &IndexTable, name: Option<String>) -> Result<(), IndexError> {
    let rows = table.count_rows(None).await.map_err(failed)?;
    if name.is_none() && rows < index_table.vector_index_from {
        return Ok(());
    }
    let name = name.unwrap_or_else(|| format!("{VECTOR}_idx"));
    let mut parts = rows_of_parts(table, &name).await?;
    if rows > 2 * parts.iter().max().copied().unwrap_or(0) {
        define_vectors(table, index_table, &name, rows).await.map_err(failed)?;
        parts.clear();
    }
    let mut options = OptimizeOptions::default();
    options.max_rows_per_task = Some((BUILT_AT_ONCE / bytes_of(index_table)).max(1) as u64);
    add(table, name, parts.len(), options).await.map_err(failed)
}

/// Defines an empty index. It is flat, so that distances stay exact; the default distance would be L2.
async fn define_vectors(
    table: &Table,
    index_table: &IndexTable,
    name: &str,
    rows: usize,
) -> Result<(), lancedb::Error> {
    let sampled = (SAMPLE / bytes_of(index_table) / (rows / PARTITION).max(1)).clamp(SAMPLED.0, SAMPLED.1);
    let builder = IvfFlatIndexBuilder::default().distance_type(DistanceType::Cosine).sample_rate(sampled as u32);
    table.create_index(&[VECTOR], Index::IvfFlat(builder)).name(name.to_owned()).train(false).execute().await
}

/// Adds the rows that an index lacks as another part. When there are too many parts, all but the first,
/// which is the large one, are merged.
async fn add(table: &Table, name: String, parts: usize, options: OptimizeOptions) -> Result<(), lancedb::Error> {
    let merged = (parts > PARTS).then(|| parts - 1);
    let options = options.num_indices_to_merge(merged).index_names(vec![name]);
    table.optimize(OptimizeAction::Index(options)).await?;
    Ok(())
}

/// Rows that each part of an index covers, removed ones included.
pub async fn rows_of_parts(table: &Table, name: &str) -> Result<Vec<usize>, IndexError> {
    let dataset = dataset(table).await?;
    let rows: HashMap<u64, usize> =
        dataset.fragments().iter().map(|fragment| (fragment.id, fragment.physical_rows.unwrap_or(0))).collect();
    let parts = dataset.load_indices_by_name(name).await.map_err(|error| failed(error.into()))?;
    let covered = parts.iter().map(|part| {
        let fragments = part.fragment_bitmap.iter().flatten();
        fragments.filter_map(|id| rows.get(&u64::from(id))).sum()
    });
    Ok(covered.collect())
}

fn bytes_of(index_table: &IndexTable) -> usize {
    (index_table.dimension * size_of::<f32>()).max(1)
}

fn failed(error: lancedb::Error) -> IndexError {
    IndexError::engine("optimizing", error)
}
