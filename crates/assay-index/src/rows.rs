//! Converts chunks to Arrow columns, and columns to passages.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{ArrowPrimitiveType, Float32Type, Int64Type, UInt32Type, UInt64Type};
use arrow_array::{
    Array, ArrayRef, FixedSizeListArray, Float32Array, Int64Array, PrimitiveArray, RecordBatch, StringArray,
    UInt32Array, UInt64Array,
};
use arrow_schema::SchemaRef;
use assay_domain::{ChunkId, DocumentId, EmbeddedChunk, GenerationId, Hit, Passage};

use crate::error::IndexError;
use crate::layout::{TEXT, WORDS, vector_item};

/// The rows as one batch, in their order.
pub fn to_batch(schema: SchemaRef, dimension: usize, rows: &[EmbeddedChunk]) -> Result<RecordBatch, IndexError> {
    if let Some(row) = rows.iter().find(|row| row.vector.len() != dimension) {
        return Err(IndexError::WrongDimension { expected: dimension, found: row.vector.len() });
    }
    let numbers = Float32Array::from_iter_values(rows.iter().flat_map(|row| row.vector.iter().copied()));
    let vectors = FixedSizeListArray::try_new(vector_item(), dimension as i32, Arc::new(numbers), None)
        .map_err(|error| IndexError::engine("adding to", error.into()))?;
    let has_words = schema.column_with_name(WORDS).is_some();
    let mut columns: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.generation.0))),
        Arc::new(UInt32Array::from_iter_values(rows.iter().map(|row| row.chunk.ordinal))),
        Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.document.0))),
        Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.collection.as_str()))),
        Arc::new(UInt32Array::from_iter_values(rows.iter().map(|row| row.chunk.page_index as u32))),
        Arc::new(rows.iter().map(|row| row.chunk.page).collect::<UInt32Array>()),
        Arc::new(UInt64Array::from_iter_values(rows.iter().map(|row| row.chunk.range.start as u64))),
        Arc::new(UInt64Array::from_iter_values(rows.iter().map(|row| row.chunk.range.end as u64))),
        Arc::new(rows.iter().map(|row| row.chunk.heading.as_deref()).collect::<StringArray>()),
        Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.chunk.text.as_str()))),
    ];
    if has_words {
        columns.push(Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.words.text.as_str()))));
        columns.push(Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.words.names.as_str()))));
    }
    columns.push(Arc::new(vectors));
    RecordBatch::try_new(schema, columns).map_err(|error| IndexError::engine("adding to", error.into()))
}

/// The passages of a batch.
pub fn passages(batch: &RecordBatch) -> Result<Vec<Passage>, IndexError> {
    let generations = numbers::<Int64Type>(batch, "generation")?;
    let ordinals = numbers::<UInt32Type>(batch, "ordinal")?;
    let documents = numbers::<Int64Type>(batch, "document")?;
    let page_indexes = numbers::<UInt32Type>(batch, "page_index")?;
    let pages = numbers::<UInt32Type>(batch, "page")?;
    let starts = numbers::<UInt64Type>(batch, "start")?;
    let ends = numbers::<UInt64Type>(batch, "end")?;
    let headings = texts(batch, "heading")?;
    let bodies = texts(batch, TEXT)?;
    let passage = |row: usize| Passage {
        chunk: ChunkId { generation: GenerationId(generations.value(row)), ordinal: ordinals.value(row) },
        document: DocumentId(documents.value(row)),
        page_index: page_indexes.value(row) as usize,
        page: pages.is_valid(row).then(|| pages.value(row)),
        range: starts.value(row) as usize..ends.value(row) as usize,
        heading: headings.is_valid(row).then(|| headings.value(row).to_owned()),
        text: bodies.value(row).to_owned(),
    };
    Ok((0..batch.num_rows()).map(passage).collect())
}

/// The passages of a batch, each with `score` of the named column.
pub fn hits(batch: &RecordBatch, column: &'static str, score: fn(f32) -> f32) -> Result<Vec<Hit>, IndexError> {
    let scores = numbers::<Float32Type>(batch, column)?;
    let passages = passages(batch)?;
    Ok(passages.into_iter().zip(scores.values()).map(|(passage, raw)| Hit { passage, score: score(*raw) }).collect())
}

/// The chunks of a batch, each with `score` of the named column.
pub fn scores(
    batch: &RecordBatch,
    column: &'static str,
    score: fn(f32) -> f32,
) -> Result<Vec<(ChunkId, f32)>, IndexError> {
    let ordinals = numbers::<UInt32Type>(batch, "ordinal")?.values();
    let chunks = generations(batch)?.into_iter().zip(ordinals);
    let raw = numbers::<Float32Type>(batch, column)?.values();
    let scored = chunks.zip(raw);
    Ok(scored.map(|((generation, &ordinal), raw)| (ChunkId { generation, ordinal }, score(*raw))).collect())
}

/// The generation of each row.
pub fn generations(batch: &RecordBatch) -> Result<Vec<GenerationId>, IndexError> {
    Ok(numbers::<Int64Type>(batch, "generation")?.values().iter().copied().map(GenerationId).collect())
}

fn numbers<'a, T: ArrowPrimitiveType>(
    batch: &'a RecordBatch,
    name: &'static str,
) -> Result<&'a PrimitiveArray<T>, IndexError> {
    batch.column_by_name(name).and_then(|column| column.as_primitive_opt::<T>()).ok_or_else(|| missing(name))
}

/// A column of texts.
pub fn texts<'a>(batch: &'a RecordBatch, name: &'static str) -> Result<&'a StringArray, IndexError> {
    batch.column_by_name(name).and_then(|column| column.as_string_opt::<i32>()).ok_or_else(|| missing(name))
}

fn missing(name: &'static str) -> IndexError {
    IndexError::Damaged { doing: "reading rows", reason: format!("the column {name:?} is missing or of another type") }
}
