//! Measures retrieval and reranking on labelled questions in files.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use assay_contract::{MeasureReply, MeasureStage, Percentiles};
use assay_domain::port::{Embedder, IndexWriter, TextKind};
use assay_domain::{Chunk, ChunkWords, DocumentId, EmbeddedChunk, Failure, GenerationId, IndexIdentity, RowContent};
use assay_library::Rerankers;
use assay_models::measured;
use assay_pipeline::cached_scorer::in_context;
use assay_pipeline::measure::{CandidatePool, LabelledQuestion, Measure, measure as pipeline, measure_pools};
use assay_pipeline::quality::{Order, OrderQuality};
use assay_text::fold;
use serde::Deserialize;

use super::models::{Models, bad_input};
use super::score::read_lines;
use crate::convert::judgement;

/// The labelled questions.
#[derive(Debug, Clone)]
pub enum MeasureInput {
    /// Files in BEIR's format.
    Corpus {
        /// `{"_id","title","text"}` lines.
        corpus: PathBuf,
        /// `{"_id","text"}` lines.
        queries: PathBuf,
        /// `query-id`, `corpus-id`, `score`, separated by tabs, one header line.
        qrels: PathBuf,
    },
    /// `{"qid","query","candidates":[{"docid","text"}],"qrels":{docid: grade}}` lines.
    Candidates(PathBuf),
}

/// The orders, depths and pools of a measurement.
#[derive(Debug, Clone)]
pub struct MeasureOptions {
    /// The orders to measure.
    pub stages: Vec<Order>,
    /// Depth of the metrics.
    pub k: usize,
    /// Candidates per retriever.
    pub retrieve: usize,
    /// Candidates that the cross-encoder reads.
    pub rerank_pool: usize,
    /// Whether titles are read as the context of their passages, or left out.
    pub context: bool,
}

#[derive(Deserialize)]
struct BeirText {
    #[serde(alias = "id")]
    _id: String,
    #[serde(default)]
    title: String,
    text: String,
}

#[derive(Deserialize)]
struct PoolLine {
    query: String,
    candidates: Vec<PoolText>,
    qrels: HashMap<String, u32>,
}

#[derive(Deserialize)]
struct PoolText {
    docid: String,
    text: String,
}

/// Measures; `on` receives the number of questions that are done, and of all.
///
/// # Errors
/// Fails if an input cannot be read, if no question has a relevant passage, or if a model fails.
pub async fn measure(
    models: &Models,
    input: &MeasureInput,
    options: &MeasureOptions,
    on: &mut (dyn FnMut(usize, usize) + Send),
) -> Result<MeasureReply, Failure> {
    let (queries, measured) = match input {
        MeasureInput::Candidates(path) => {
            let pools: Vec<CandidatePool> = read_lines::<PoolLine>(path)?.into_iter().map(pool).collect();
            let pools: Vec<CandidatePool> = pools
                .into_iter()
                .filter(|pool| pool.grades.iter().chain(&pool.missing).any(|&grade| grade > 0))
                .collect();
            let rerankers = models.open_rerankers()?;
            let total = pools.len();
            (total, measure_pools(&rerankers.plan(), &pools, options.k, &mut |done| on(done, total)).await?)
        }
        MeasureInput::Corpus { corpus, queries, qrels } => {
            corpus_measure(models, corpus, queries, qrels, options, on).await?
        }
    };
    if queries == 0 {
        return Err(bad_input("no question has a relevant passage".into()));
    }
    let stages = measured.into_iter().map(|measured| stage(measured, options.k)).collect();
    Ok(MeasureReply { queries: queries as u32, stages })
}

async fn corpus_measure(
    models: &Models,
    corpus: &Path,
    queries: &Path,
    qrels: &Path,
    options: &MeasureOptions,
    on: &mut (dyn FnMut(usize, usize) + Send),
) -> Result<(usize, Vec<OrderQuality>), Failure> {
    let corpus: Vec<BeirText> = read_lines(corpus)?;
    let ordinals: HashMap<&str, u32> = corpus.iter().map(|text| text._id.as_str()).zip(0..).collect();
    let questions = labelled(read_lines(queries)?, &read_grades(qrels)?, &ordinals);

    let embedder = models.open_embedder()?;
    let reranked = options.stages.iter().any(|order| order.is_reranked());
    let rerankers = if reranked { Some(models.open_rerankers()?) } else { None };
    let drafted = options.stages.iter().any(|order| order.is_drafted());
    let drafter = if drafted { Some(models.open_writer().await?) } else { None };
    let folder = tempfile::tempdir().map_err(|error| Failure::bug(format!("no scratch folder: {error}")))?;
    let identity = IndexIdentity::of(embedder.identity(), 0, 0, RowContent::with_context(options.context));
    let (writer, reader) = assay_library::open_index(folder.path(), &identity).await?;
    fill(&writer, &embedder, &corpus, options.context).await?;
    let with = Measure {
        embedder: &embedder,
        embedder_measured: &measured(&embedder.identity().name)?,
        index: &reader,
        rerankers: rerankers.as_ref().map(Rerankers::plan),
        writer: drafter.as_deref(),
        retrieve: options.retrieve,
        rerank_pool: options.rerank_pool,
    };
    let total = questions.len();
    let quality = pipeline(&with, &questions, &options.stages, options.k, &mut |done| on(done, total)).await?;
    Ok((total, quality))
}

/// Fills the index with one chunk per passage, whatever its length, because the labels are per passage.
async fn fill(
    writer: &dyn IndexWriter,
    embedder: &dyn Embedder,
    corpus: &[BeirText],
    context: bool,
) -> Result<(), Failure> {
    const STEP: usize = 512;
    for (step, texts) in corpus.chunks(STEP).enumerate() {
        let title = |text: &BeirText| Some(text.title.clone()).filter(|title| context && !title.is_empty());
        let read = |text: &BeirText| in_context(&title(text).unwrap_or_default(), &text.text);
        let vectors = embedder.embed(TextKind::Passage, texts.iter().map(read).collect()).await?;
        let rows = (step * STEP..).zip(texts.iter().zip(vectors)).map(|(ordinal, (text, vector))| {
            let words = ChunkWords { text: fold(&read(text)), names: String::new() };
            let (ordinal, range) = (ordinal as u32, 0..text.text.len());
            let (heading, text) = (title(text), text.text.clone());
            EmbeddedChunk {
                document: DocumentId(1),
                generation: GenerationId(1),
                collection: String::new(),
                chunk: Chunk { ordinal, page_index: 0, page: None, range, heading, text },
                words,
                vector,
            }
        });
        writer.add(rows.collect()).await?;
    }
    writer.optimize().await
}

fn labelled(
    queries: Vec<BeirText>,
    grades: &HashMap<String, Vec<(String, u32)>>,
    ordinals: &HashMap<&str, u32>,
) -> Vec<LabelledQuestion> {
    let mut questions = Vec::new();
    for query in queries {
        let judged = grades.get(&query._id).into_iter().flatten();
        let grades: HashMap<u32, u32> =
            judged.filter_map(|(passage, grade)| Some((*ordinals.get(passage.as_str())?, *grade))).collect();
        if grades.values().any(|&grade| grade > 0) {
            questions.push(LabelledQuestion { question: query.text, grades });
        }
    }
    questions
}

fn read_grades(path: &Path) -> Result<HashMap<String, Vec<(String, u32)>>, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| bad_input(format!("{}: {error}", path.display())))?;
    let mut grades: HashMap<String, Vec<(String, u32)>> = HashMap::new();
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [query, passage, grade] = fields.as_slice() else {
            return Err(bad_input(format!(
                "line {number} of {} does not have three fields separated by tabs",
                path.display()
            )));
        };
        match grade.trim().parse::<i64>() {
            // Some collections mark spam by negative grades; those count as not relevant.
            Ok(grade) => grades.entry((*query).into()).or_default().push(((*passage).into(), grade.max(0) as u32)),
            Err(_) if number == 1 => (),
            Err(_) => return Err(bad_input(format!("line {number} of {}: {grade:?} is not a grade", path.display()))),
        }
    }
    Ok(grades)
}

fn pool(line: PoolLine) -> CandidatePool {
    let mut judged = line.qrels;
    let grades = line.candidates.iter().map(|candidate| judged.remove(&candidate.docid).unwrap_or(0)).collect();
    let missing = judged.into_values().collect();
    let texts = line.candidates.into_iter().map(|candidate| candidate.text).collect();
    CandidatePool { question: line.query, grades, missing, texts }
}

fn stage(measured: OrderQuality, k: usize) -> MeasureStage {
    let metrics = BTreeMap::from([
        (format!("ndcg@{k}"), judgement::interval(measured.ndcg)),
        (format!("mrr@{k}"), judgement::interval(measured.mrr)),
        (format!("recall@{k}"), judgement::interval(measured.recall)),
    ]);
    let ms = Percentiles { p50: measured.median_ms, p95: measured.p95_ms };
    MeasureStage { name: judgement::order_name(measured.order), metrics, ms }
}
