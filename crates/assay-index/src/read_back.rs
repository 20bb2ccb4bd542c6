//! Reads a generation back from the disk before it is committed.

use std::collections::HashSet;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, UInt32Type, UInt64Type};
use arrow_array::{Float32Array, RecordBatch};
use assay_domain::GenerationId;
use assay_domain::port::{ReadBack, Sampled};
use futures::TryStreamExt;
use lance::Dataset;
use lance::dataset::scanner::Scanner;
use lancedb::DistanceType;

use crate::compact::{READ_AHEAD, ROWS_AT_ONCE};
use crate::error::IndexError;
use crate::layout::{TEXT, VECTOR};

/// Lance's name for the column of row addresses.
const ROW_ADDR: &str = "_rowaddr";
/// Nearest neighbours among which a sampled chunk must be.
const NEIGHBOURS: usize = 8;

/// Reads a generation's rows. `fragments` are those it was written to: only they are read, so the
/// cost does not grow with the library. Without them, one column is scanned to find them.
pub async fn read_back(
    dataset: &Dataset,
    fragments: Option<&[u64]>,
    generation: GenerationId,
    sample: Vec<(u32, Vec<f32>)>,
) -> Result<ReadBack, IndexError> {
    let holding = match fragments {
        Some(ids) => ids.iter().copied().collect(),
        None => fragments_of(dataset, generation).await?,
    };
    let those: Vec<_> = dataset.fragments().iter().filter(|fragment| holding.contains(&fragment.id)).cloned().collect();
    if those.is_empty() {
        let missing = |(ordinal, _)| Sampled { ordinal, text: None, nearest: Vec::new() };
        return Ok(ReadBack { rows: 0, sampled: sample.into_iter().map(missing).collect() });
    }
    let scan = || -> Result<Scanner, lance::Error> {
        let mut scanner = rows_of(dataset, generation)?;
        scanner.with_fragments(those.clone());
        Ok(scanner)
    };
    let mut scanner = scan().map_err(failed)?;
    scanner.project(&["ordinal", TEXT]).map_err(failed)?;
    let mut rows = scanner.try_into_stream().await.map_err(failed)?;
    let mut back = ReadBack { rows: 0, sampled: Vec::with_capacity(sample.len()) };
    let mut texts: Vec<Option<String>> = vec![None; sample.len()];
    while let Some(batch) = rows.try_next().await.map_err(failed)? {
        back.rows += batch.num_rows() as u64;
        let (ordinals, stored) = (ordinals(&batch)?, batch.column_by_name(TEXT).and_then(|c| c.as_string_opt::<i32>()));
        let stored = stored.ok_or_else(|| unreadable(TEXT))?;
        for (place, ordinal) in ordinals.iter().enumerate() {
            for ((wanted, _), text) in sample.iter().zip(&mut texts).filter(|((wanted, _), _)| wanted == ordinal) {
                debug_assert_eq!(wanted, ordinal);
                *text = Some(stored.value(place).to_owned());
            }
        }
    }
    for ((ordinal, vector), text) in sample.into_iter().zip(texts) {
        let mut scanner = scan().map_err(failed)?;
        scanner.project(&["ordinal"]).map_err(failed)?;
        scanner.nearest(VECTOR, &Float32Array::from(vector), NEIGHBOURS).map_err(failed)?;
        scanner.distance_metric(DistanceType::Cosine.into()).use_index(false);
        let found = scanner.try_into_batch().await.map_err(failed)?;
        let distances = found.column_by_name("_distance").and_then(|column| column.as_primitive_opt::<Float32Type>());
        let distances = distances.ok_or_else(|| unreadable("_distance"))?;
        let nearest = ordinals(&found)?.into_iter().zip(distances.values().iter().map(|distance| 1.0 - distance));
        back.sampled.push(Sampled { ordinal, text, nearest: nearest.collect() });
    }
    Ok(back)
}

/// Fragments that hold a generation's rows. Reads only one column of the table.
async fn fragments_of(dataset: &Dataset, generation: GenerationId) -> Result<HashSet<u64>, IndexError> {
    let mut scanner = rows_of(dataset, generation).map_err(failed)?;
    scanner.project(&["generation"]).map_err(failed)?.with_row_address();
    let mut rows = scanner.try_into_stream().await.map_err(failed)?;
    let mut holding = HashSet::new();
    while let Some(batch) = rows.try_next().await.map_err(failed)? {
        let addresses = batch.column_by_name(ROW_ADDR).and_then(|column| column.as_primitive_opt::<UInt64Type>());
        let addresses = addresses.ok_or_else(|| unreadable(ROW_ADDR))?;
        // The upper half of an address is the fragment.
        holding.extend(addresses.values().iter().map(|address| address >> 32));
    }
    Ok(holding)
}

fn rows_of(dataset: &Dataset, generation: GenerationId) -> Result<Scanner, lance::Error> {
    let mut scanner = dataset.scan();
    scanner.prefilter(true).filter(&format!("generation = {generation}"))?;
    scanner.batch_size(ROWS_AT_ONCE).io_buffer_size(READ_AHEAD);
    Ok(scanner)
}

fn ordinals(batch: &RecordBatch) -> Result<Vec<u32>, IndexError> {
    let column = batch.column_by_name("ordinal").and_then(|column| column.as_primitive_opt::<UInt32Type>());
    Ok(column.ok_or_else(|| unreadable("ordinal"))?.values().to_vec())
}

fn failed(error: lance::Error) -> IndexError {
    IndexError::engine("reading back from", error.into())
}

fn unreadable(name: &str) -> IndexError {
    IndexError::Damaged { doing: "reading back from it", reason: format!("the column {name:?} is missing") }
}

#[cfg(test)]
mod tests;
