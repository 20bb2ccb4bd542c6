//! The search indexes over the rows: a full-text index for each field of words, and a vector index from a number of rows
//! on. Both are built in parts, so that memory does not grow with the library, and a removal touches few of them.

use std::collections::{HashMap, HashSet};

use lance::Dataset;
use lance::dataset::transaction::Operation;
use lance::index::DatasetIndexExt;
use lance::table::format::IndexMetadata;
use lancedb::Table;
use lancedb::index::Index;
use lancedb::index::vector::IvfFlatIndexBuilder;
use lancedb::table::{OptimizeAction, OptimizeOptions};

use crate::error::IndexError;
use crate::layout::{self, VECTOR};
use crate::table::{IndexTable, dataset};

/// Small parts of an index that may stay before they are merged.
const PARTS: usize = 8;
/// Rows that are added to a full-text index at a time, which bounds the memory that this takes.
const ADDED_ROWS: u64 = 20_000;
/// Bytes of vectors that are added to the vector index at a time. Building an index of a million
/// vectors in one go takes twice the memory of the vectors.
const BUILT_AT_ONCE: usize = 32 << 20;
/// Most bytes of vectors that centroids are trained on, and the least and most vectors for one centroid.
const SAMPLE: usize = 64 << 20;
const SAMPLED: (usize, usize) = (32, 256);

/// Drops the parts of all indexes that hold removed rows, with their words and vectors. [`refresh`] builds them again
/// from the rows that stay; the other parts are not touched.
pub async fn drop_parts_with_removed_rows(table: &Table) -> Result<(), IndexError> {
    let dataset = dataset(table).await?;
    let whole: HashSet<u64> =
        dataset.fragments().iter().filter(|part| part.deletion_file.is_none()).map(|part| part.id).collect();
    let parts = dataset.load_indices().await.map_err(|error| failed(error.into()))?;
    let holds_removed = |part: &&IndexMetadata| {
        let mut covered = part.fragment_bitmap.iter().flatten();
        part.fragment_bitmap.is_none() || covered.any(|id| !whole.contains(&u64::from(id)))
    };
    let removed_indices: Vec<IndexMetadata> = parts.iter().filter(holds_removed).cloned().collect();
    if removed_indices.is_empty() {
        return Ok(());
    }
    let operation = Operation::CreateIndex { new_indices: Vec::new(), removed_indices };
    let (version, session) = (dataset.version().version, dataset.session());
    Dataset::commit(dataset, operation, Some(version), None, None, session, true)
        .await
        .map_err(|error| failed(error.into()))?;
    table.checkout_latest().await.map_err(failed)
}

/// Brings all indexes up to date with the rows.
pub async fn refresh(table: &Table, index_table: &IndexTable) -> Result<(), IndexError> {
    let indexes = table.list_indices().await.map_err(failed)?;
    let over = |column: &str| indexes.iter().find(|index| index.columns == [column]).map(|index| index.name.clone());
    for column in layout::searched(index_table.rows) {
        refresh_full_text(table, index_table, column, over(column)).await?;
    }
    refresh_vectors(table, index_table, over(VECTOR)).await
}

/// Adds the rows that a full-text index lacks as parts of a bounded size. When there are too many small parts, those
/// at the end are merged up to that size, so a row is merged a few times in its life.
async fn refresh_full_text(
    table: &Table,
    index_table: &IndexTable,
    column: &str,
    name: Option<String>,
) -> Result<(), IndexError> {
    let name = match name {
        Some(name) => name,
        None => define_full_text(table, column).await.map_err(failed)?,
    };
    let most = index_table.scale.full_text_part;
    let parts = rows_of_parts(table, &name).await?;
    let small = parts.iter().rev().take_while(|rows| **rows < most).count();
    let mut options = OptimizeOptions::default().num_indices_to_merge(Some(if small > PARTS { small } else { 0 }));
    options.max_rows_per_task = Some(ADDED_ROWS.min(most as u64));
    options.max_rows_per_segment = Some(most as u64);
    let options = options.index_names(vec![name]);
    table.optimize(OptimizeAction::Index(options)).await.map_err(failed)?;
    Ok(())
}

/// Defines an empty full-text index over a column, and returns its name.
async fn define_full_text(table: &Table, column: &str) -> Result<String, lancedb::Error> {
    let name = format!("{column}_idx");
    let empty = table.create_index(&[column], Index::FTS(layout::full_text())).name(name.clone()).train(false);
    empty.execute().await?;
    Ok(name)
}

/// Defines the vector index again, with new centroids, when the rows have doubled since the last time. Lance's
/// retraining would do the same with a sample of its own size.
async fn refresh_vectors(table: &Table, index_table: &IndexTable, name: Option<String>) -> Result<(), IndexError> {
    let rows = table.count_rows(None).await.map_err(failed)?;
    if name.is_none() && rows < index_table.scale.vector_index_from {
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
    add_vectors(table, name, parts.len(), options).await.map_err(failed)
}

/// Defines an empty index. It is flat, so that distances stay exact; the default distance would be L2.
async fn define_vectors(
    table: &Table,
    index_table: &IndexTable,
    name: &str,
    rows: usize,
) -> Result<(), lancedb::Error> {
    let partition = index_table.scale.partition;
    let sampled = (SAMPLE / bytes_of(index_table) / (rows / partition).max(1)).clamp(SAMPLED.0, SAMPLED.1);
    let builder = IvfFlatIndexBuilder::default().distance_type(index_table.distance).sample_rate(sampled as u32);
    let builder = builder.target_partition_size(partition as u32);
    table.create_index(&[VECTOR], Index::IvfFlat(builder)).name(name.to_owned()).train(false).execute().await
}

/// Adds the rows that the vector index lacks as another part. When there are too many parts, all but the first,
/// which is the large one, are merged.
async fn add_vectors(
    table: &Table,
    name: String,
    parts: usize,
    options: OptimizeOptions,
) -> Result<(), lancedb::Error> {
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
