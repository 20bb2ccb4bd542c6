//! The two indexes over the rows: one of words, and one of vectors where there are many. Both are
//! built in parts, so that the memory it takes does not grow with the library.

use std::collections::HashMap;

use lance::index::DatasetIndexExt;
use lancedb::index::Index;
use lancedb::index::vector::IvfFlatIndexBuilder;
use lancedb::table::{OptimizeAction, OptimizeOptions};
use lancedb::{DistanceType, Table};

use crate::IndexError;
use crate::layout::{self, TEXT, VECTOR};
use crate::open::IndexTable;
use crate::writer::dataset;

/// Parts of an index that are put up with before they are put together.
const PARTS: usize = 8;
/// Rows that are built into the index of words anew rather than added to it: building keeps to a
/// bound of memory and adding does not.
const ADDED_ROWS: usize = 20_000;
/// Bytes of vectors that are built into their index at a time. Built at once, an index of a million
/// vectors takes twice the memory that they do.
const BUILT_AT_ONCE: usize = 32 << 20;
/// Rows that lie near one centre of the index of vectors, as many as Lance suggests.
const PARTITION: usize = 4096;
/// Bytes of vectors, at most, that the centres are found from, and how many of them for one centre.
const SAMPLE: usize = 64 << 20;
const SAMPLED: (usize, usize) = (32, 256);

/// Brings both up to date with the rows.
pub async fn refresh(table: &Table, index_table: &IndexTable) -> Result<(), IndexError> {
    let indexes = table.list_indices().await.map_err(failed)?;
    let over = |column: &str| indexes.iter().find(|index| index.columns == [column]).map(|index| index.name.clone());
    refresh_words(table, over(TEXT)).await.map_err(failed)?;
    refresh_vectors(table, index_table, over(VECTOR)).await
}

async fn refresh_words(table: &Table, name: Option<String>) -> Result<(), lancedb::Error> {
    if let Some(name) = name
        && let Some(state) = table.index_stats(&name).await?
        && state.num_unindexed_rows <= ADDED_ROWS
    {
        return add(table, name, state.num_indices.unwrap_or(1) as usize, OptimizeOptions::default()).await;
    }
    table.create_index(&[TEXT], Index::FTS(layout::words())).execute().await
}

/// The index is defined anew, with other centres, when there are twice the rows that there were at the last
/// time. Retraining it would do so too, but with a sample whose size is Lance's choice.
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

/// An index that holds nothing yet. Flat, so that distances stay exact; the default distance would be L2.
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

/// Adds the rows that an index lacks as another part. The first part is the large one and stays as it
/// is when the others are too many.
async fn add(table: &Table, name: String, parts: usize, options: OptimizeOptions) -> Result<(), lancedb::Error> {
    let merged = (parts > PARTS).then(|| parts - 1);
    let options = options.num_indices_to_merge(merged).index_names(vec![name]);
    table.optimize(OptimizeAction::Index(options)).await?;
    Ok(())
}

/// How many rows each part of an index covers, removed ones among them.
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
    IndexError::engine("settling", error)
}
