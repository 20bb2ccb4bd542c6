//! Benchmarks: whole runs after one warm-up run, which is not counted.

use std::path::PathBuf;
use std::time::Instant;

use assay_contract::{AskOptions, AskRequest, BenchKind, BenchReply, Precision};
use assay_domain::port::{Embedder, Reranker, TextKind};
use assay_domain::{Cancel, Failure};
use assay_pipeline::metrics::percentile;
use serde::Deserialize;

use super::models::{Models, bad_input};
use super::score::{read_lines, scored};
use crate::app::App;
use crate::convert::model::{encoder_precision, precision};
use crate::memory;

/// The runs of a benchmark, and their pairs.
#[derive(Debug, Clone)]
pub struct BenchOptions {
    /// `{"query","passage"}` lines; texts of mixed lengths are made if absent.
    pub pairs: Option<PathBuf>,
    /// Counted runs.
    pub runs: usize,
}

#[derive(Debug, Clone, Deserialize)]
struct Pair {
    query: String,
    passage: String,
}

/// Reranking: pairs per second.
pub async fn bench_rerank(models: &Models, options: &BenchOptions) -> Result<BenchReply, Failure> {
    let pairs = pairs(options)?;
    let (query, passage) = pairs.first().map_or(("", ""), |pair| (&pair.query, &pair.passage));
    let reranker = models.open_reranker(query, passage)?;
    let mut seconds = Vec::new();
    let mut tokens = (0, 0);
    for run in 0..=options.runs {
        let before = reranker.counters();
        let begun = Instant::now();
        for (query, passages) in by_query(&pairs) {
            scored(&reranker, query, passages).await?;
        }
        let after = reranker.counters();
        if run > 0 {
            seconds.push(begun.elapsed().as_secs_f64());
            tokens = (after.tokens_real - before.tokens_real, after.tokens_computed - before.tokens_computed);
        }
    }
    let identity = reranker.identity();
    let report = Report {
        what: BenchKind::Rerank,
        model: &identity.name,
        device: &identity.device,
        precision: (Some(precision(identity.precision)), reranker.why_precision()),
        threads: threads(models.threads),
    };
    Ok(report.reply(pairs.len(), tokens, seconds))
}

/// Embedding: texts per second.
pub async fn bench_embed(models: &Models, options: &BenchOptions) -> Result<BenchReply, Failure> {
    let embedder = models.open_embedder()?;
    let texts: Vec<String> = pairs(options)?.into_iter().map(|pair| pair.passage).collect();
    let mut seconds = Vec::new();
    let mut tokens = (0, 0);
    for run in 0..=options.runs {
        let before = embedder.counters();
        let begun = Instant::now();
        embedder.embed(TextKind::Passage, texts.clone()).await?;
        let after = embedder.counters();
        if run > 0 {
            seconds.push(begun.elapsed().as_secs_f64());
            tokens = (after.tokens_real - before.tokens_real, after.tokens_computed - before.tokens_computed);
        }
    }
    let identity = embedder.identity();
    let report = Report {
        what: BenchKind::Embed,
        model: &identity.name,
        device: &identity.device,
        precision: (Some(encoder_precision(embedder.precision())), embedder.why_precision()),
        threads: threads(models.threads),
    };
    Ok(report.reply(texts.len(), tokens, seconds))
}

/// Whole questions to a library, without the answer.
pub async fn bench_query(app: &App, questions: &[String], options: &BenchOptions) -> Result<BenchReply, Failure> {
    let ask = AskOptions { no_answer: true, forget: true, ..AskOptions::default() };
    let mut seconds = Vec::new();
    let mut last = None;
    for run in 0..=options.runs {
        let begun = Instant::now();
        for question in questions {
            let request = AskRequest { question: question.clone(), ..AskRequest::default() };
            last = Some(app.ask(&request, ask, &Cancel::default(), &mut |_| ()).await?);
        }
        if run > 0 {
            seconds.push(begun.elapsed().as_secs_f64());
        }
    }
    let reply = last.ok_or_else(|| bad_input("there is no question to ask".into()))?;
    let model = reply.models.reranker.unwrap_or(reply.models.embedder);
    let wanted = Some(app.settings().threads as usize).filter(|&threads| threads > 0);
    // `device` names the precisions, because a question can involve two models.
    let precision = (None, None);
    let report =
        Report { what: BenchKind::Query, model: &model, device: &reply.device, precision, threads: threads(wanted) };
    Ok(report.reply(questions.len(), (0, 0), seconds))
}

struct Report<'a> {
    what: BenchKind,
    model: &'a str,
    device: &'a str,
    precision: (Option<Precision>, Option<&'a str>),
    threads: usize,
}

impl Report<'_> {
    fn reply(self, pairs: usize, (real, computed): (u64, u64), seconds: Vec<f64>) -> BenchReply {
        let mut sorted = seconds.clone();
        sorted.sort_by(f64::total_cmp);
        let median = percentile(&sorted, 0.5).max(1e-9);
        BenchReply {
            what: self.what,
            model: self.model.to_owned(),
            device: self.device.to_owned(),
            precision: self.precision.0,
            precision_why: self.precision.1.map(str::to_owned),
            threads: self.threads as u32,
            pairs: pairs as u32,
            tokens_real: real,
            tokens_computed: computed,
            pairs_per_second: pairs as f64 / median,
            tokens_per_second: real as f64 / median,
            p50_ms: median * 1_000.0,
            p95_ms: percentile(&sorted, 0.95) * 1_000.0,
            peak_memory_bytes: memory::peak(),
            seconds,
        }
    }
}

fn threads(wanted: Option<usize>) -> usize {
    wanted.unwrap_or_else(assay_models::open_encoders::usual_threads)
}

/// Neighbouring pairs of one question are scored in one call, as in the ask pipeline.
fn by_query(pairs: &[Pair]) -> Vec<(&str, Vec<String>)> {
    let mut groups: Vec<(&str, Vec<String>)> = Vec::new();
    for pair in pairs {
        match groups.last_mut() {
            Some((query, passages)) if *query == pair.query => passages.push(pair.passage.clone()),
            _ => groups.push((&pair.query, vec![pair.passage.clone()])),
        }
    }
    groups
}

fn pairs(options: &BenchOptions) -> Result<Vec<Pair>, Failure> {
    let pairs = match &options.pairs {
        Some(path) => read_lines(path)?,
        None => generated(100),
    };
    if pairs.is_empty() { Err(bad_input("the file of pairs is empty".into())) } else { Ok(pairs) }
}

/// Passages of log-normal length: median 120 words, ninth decile 400, at most 480. Always the same.
fn generated(count: usize) -> Vec<Pair> {
    const WORDS: [&str; 16] = [
        "water", "the", "engine", "of", "release", "a", "valley", "and", "pressure", "in", "harbour", "was", "torque",
        "to", "winter", "notes",
    ];
    const NINTH_DECILE: f64 = 1.2816;
    let spread = (400.0_f64 / 120.0).ln() / NINTH_DECILE;
    (0..count)
        .map(|index| {
            // A fixed shuffle of evenly spread quantiles through the logistic approximation of the normal.
            let quantile = ((index * 37 % count) as f64 + 0.5) / count as f64;
            let normal = (quantile / (1.0 - quantile)).ln() / 1.702;
            let words = (120.0 * (spread * normal).exp()).clamp(8.0, 480.0) as usize;
            let text: Vec<&str> =
                (0..words).map(|word| WORDS[(word * 7 + index * 3 + word / 5) % WORDS.len()]).collect();
            Pair { query: "what was the pressure in the harbour engine".into(), passage: text.join(" ") }
        })
        .collect()
}
