//! Retrieval at scale: an index of generated passages, questions to it, and brute force to compare with.

mod generated;

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};
use std::path::{Path, PathBuf};
use std::time::Instant;

use assay_contract::{Percentiles, RecallRow, ScaleReply};
use assay_domain::port::{Filter, IndexReader, IndexWriter, LexicalQuery, Metric};
use assay_domain::{ChunkId, Failure, GenerationId, IndexIdentity, RowContent};
use assay_pipeline::fuse::fuse;
use assay_pipeline::metrics::percentile;

use super::models::bad_input;
use crate::memory;
use generated::{COLLECTIONS, DIMENSION, Generated, OF_DOCUMENT};

/// Passages that are added at a time.
const ADDED_AT_ONCE: u64 = 10_000;
/// Hits of each retriever.
const HITS: usize = 100;
/// Questions whose hits are compared with brute force.
const COMPARED: usize = 20;

/// What is measured.
#[derive(Debug, Clone)]
pub struct ScaleOptions {
    /// Passages in the index.
    pub passages: u64,
    /// Questions that are timed.
    pub questions: usize,
    /// Changed documents that are saved.
    pub saves: usize,
    /// Where the index stays for the next run; a temporary folder if absent.
    pub folder: Option<PathBuf>,
}

/// Measures retrieval over generated passages. `on` receives how many are in the index while it is filled.
///
/// # Errors
/// A folder that holds something else, and whatever the index reports.
pub async fn bench_scale(options: &ScaleOptions, on: &mut (dyn FnMut(u64) + Send)) -> Result<ScaleReply, Failure> {
    if options.passages < OF_DOCUMENT || options.questions == 0 {
        return Err(bad_input(format!("at least {OF_DOCUMENT} passages and 1 question are needed")));
    }
    let temporary = tempfile::tempdir().map_err(|error| bad_input(format!("no temporary folder: {error}")))?;
    let folder = match &options.folder {
        Some(folder) => folder.join(format!("passages-{}", options.passages)),
        None => temporary.path().join("index"),
    };
    let generated = Generated::of(options.passages);
    let (writer, reader) = assay_library::open_index(&folder, &identity()).await?;
    let begun = Instant::now();
    let last = Generated::generation(options.passages - 1);
    let before = reader.generations().await?.into_iter().filter(|(generation, _)| *generation <= last);
    let before = before.map(|(_, rows)| rows).sum();
    let built = fill(&writer, &reader, &generated, options.passages, on).await?;
    let build_seconds = built.then(|| begun.elapsed().as_secs_f64());
    let bytes = bytes_of(&folder);

    let mut times = Times::default();
    ask(&reader, &generated, 1, &mut Times::default()).await?;
    ask(&reader, &generated, options.questions, &mut times).await?;
    let memory_bytes = memory::resident();
    let recall = recall(&reader, &generated, options.passages).await?;
    let saves = save(&writer, &reader, &generated, options.saves).await?;

    Ok(ScaleReply {
        what: "scale".into(),
        passages: options.passages,
        passages_before: before,
        dimension: DIMENSION as u32,
        questions: options.questions as u32,
        build_seconds,
        bytes_per_passage: bytes as f64 / options.passages as f64,
        vector: percentiles(times.vector),
        lexical: percentiles(times.lexical),
        total: percentiles(times.total),
        recall,
        save: (!saves.is_empty()).then(|| percentiles(saves)),
        memory_bytes,
        peak_memory_bytes: memory::peak(),
    })
}

fn identity() -> IndexIdentity {
    IndexIdentity {
        embedder: "generated".into(),
        weights: "1".into(),
        dimension: DIMENSION,
        pooling: "mean".into(),
        passage_prefix: String::new(),
        query_prefix: String::new(),
        chunk_tokens: 256,
        chunk_overlap: 0,
        metric: Metric::Cosine,
        rows: RowContent::WordsAndContext,
    }
}

/// Adds the passages that the index lacks; whether there were any.
async fn fill(
    writer: &dyn IndexWriter,
    reader: &dyn IndexReader,
    generated: &Generated,
    passages: u64,
    on: &mut (dyn FnMut(u64) + Send),
) -> Result<bool, Failure> {
    let present: HashSet<GenerationId> =
        reader.generations().await?.into_iter().map(|(generation, _)| generation).collect();
    let mut from = 0;
    let mut added = false;
    while from < passages {
        let to = passages.min(from + ADDED_AT_ONCE);
        let mut rows = generated.rows(from, to);
        rows.retain(|row| !present.contains(&row.generation));
        if !rows.is_empty() {
            added = true;
            writer.add(rows).await?;
        }
        on(to);
        from = to;
    }
    // Documents that an earlier run saved anew are not of the library.
    let last = Generated::generation(passages - 1);
    let saved: Vec<GenerationId> = present.into_iter().filter(|generation| *generation > last).collect();
    if !saved.is_empty() {
        writer.remove(saved).await?;
    }
    writer.optimize().await?;
    Ok(added)
}

/// Milliseconds of each question.
#[derive(Default)]
struct Times {
    vector: Vec<f64>,
    lexical: Vec<f64>,
    total: Vec<f64>,
}

async fn ask(
    reader: &dyn IndexReader,
    generated: &Generated,
    questions: usize,
    times: &mut Times,
) -> Result<(), Failure> {
    for number in 0..questions as u64 {
        let (vector, words) = generated.question(number);
        let query = LexicalQuery { written: words.clone(), folded: words };
        let begun = Instant::now();
        let vector = reader.nearest(vector, HITS, Filter::default()).await?;
        let after_vector = begun.elapsed().as_secs_f64() * 1_000.0;
        let lexical = reader.matching(query, HITS, Filter::default()).await?;
        let after_lexical = begun.elapsed().as_secs_f64() * 1_000.0;
        let fused = fuse(vector, lexical);
        times.total.push(begun.elapsed().as_secs_f64() * 1_000.0);
        times.vector.push(after_vector);
        times.lexical.push(after_lexical - after_vector);
        if fused.is_empty() {
            return Err(bad_input("a question found nothing in the index that was just filled".into()));
        }
    }
    Ok(())
}

/// The share of the true nearest passages that the vector retriever finds, without a filter and within each collection.
async fn recall(reader: &dyn IndexReader, generated: &Generated, passages: u64) -> Result<Vec<RecallRow>, Failure> {
    let questions: Vec<Vec<f32>> = (0..COMPARED as u64).map(|number| generated.question(number).0).collect();
    let filters: Vec<Option<&str>> = std::iter::once(None).chain(COLLECTIONS.map(|(name, _)| Some(name))).collect();
    let nearest = nearest(generated, passages, &questions, &filters);
    let mut rows = Vec::new();
    for (filter, nearest) in filters.into_iter().zip(nearest) {
        let (mut found, mut expected) = (0, 0);
        for (question, nearest) in questions.iter().zip(nearest) {
            let only = filter.map(|name| {
                let documents = (0..passages).step_by(OF_DOCUMENT as usize);
                documents.filter(|first| Generated::collection(*first) == name).map(Generated::generation).collect()
            });
            let condition = Filter { only, ..Filter::default() };
            let hits = reader.nearest(question.clone(), HITS, condition).await?;
            found += hits.iter().filter(|hit| nearest.contains(&hit.passage.chunk)).count();
            expected += nearest.len();
        }
        let recall = (expected > 0).then(|| found as f64 / expected as f64);
        rows.push(RecallRow { filter: filter.map(str::to_owned), recall });
    }
    Ok(rows)
}

/// By brute force, for each filter and question: the chunks of the nearest passages.
fn nearest(
    generated: &Generated,
    passages: u64,
    questions: &[Vec<f32>],
    filters: &[Option<&str>],
) -> Vec<Vec<HashSet<ChunkId>>> {
    let mut best: Vec<Vec<BinaryHeap<Reverse<(i64, u64)>>>> =
        vec![vec![BinaryHeap::new(); questions.len()]; filters.len()];
    for passage in 0..passages {
        let (vector, collection) = (generated.vector(passage), Generated::collection(passage));
        for (place, question) in questions.iter().enumerate() {
            let similarity: f32 = vector.iter().zip(question).map(|(a, b)| a * b).sum();
            // As an integer, because floats have no order.
            let near = (f64::from(similarity) * 1e12) as i64;
            for (filter, best) in filters.iter().zip(&mut best) {
                let Some(heap) = best.get_mut(place).filter(|_| filter.is_none_or(|name| name == collection)) else {
                    continue;
                };
                heap.push(Reverse((near, passage)));
                if heap.len() > HITS {
                    heap.pop();
                }
            }
        }
    }
    let chunks = |heap: BinaryHeap<Reverse<(i64, u64)>>| {
        heap.into_iter().map(|Reverse((_, passage))| Generated::chunk_id(passage)).collect()
    };
    best.into_iter().map(|of_filter| of_filter.into_iter().map(chunks).collect()).collect()
}

/// Milliseconds until a document that was saved answers: its new rows are added, the old ones removed, the indexes brought
/// up to date, and a question finds it.
async fn save(
    writer: &dyn IndexWriter,
    reader: &dyn IndexReader,
    generated: &Generated,
    saves: usize,
) -> Result<Vec<f64>, Failure> {
    let mut times = Vec::new();
    let mut before = Vec::new();
    for time in 0..saves as u64 {
        let rows = generated.saved(time);
        let (generation, vector) = match rows.first() {
            Some(row) => (row.generation, row.vector.clone()),
            None => continue,
        };
        let begun = Instant::now();
        writer.add(rows).await?;
        writer.remove(std::mem::replace(&mut before, vec![generation])).await?;
        writer.optimize().await?;
        let hits = reader.nearest(vector, 1, Filter::default()).await?;
        times.push(begun.elapsed().as_secs_f64() * 1_000.0);
        if hits.first().is_none_or(|hit| hit.passage.chunk.generation != generation) {
            return Err(bad_input("a document that was saved is not found".into()));
        }
    }
    Ok(times)
}

fn percentiles(mut times: Vec<f64>) -> Percentiles {
    times.sort_by(f64::total_cmp);
    Percentiles { p50: percentile(&times, 0.5), p95: percentile(&times, 0.95) }
}

/// Bytes of all files in a folder.
fn bytes_of(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let size = |entry: std::fs::DirEntry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => bytes_of(&entry.path()),
        Ok(metadata) => metadata.len(),
        Err(_) => 0,
    };
    entries.map(size).sum()
}
