//! labelled questions -> ask, stage by stage -> recall, MRR, nDCG

use std::collections::HashMap;
use std::time::{Duration, Instant};

use assay_domain::port::{Embedder, Filter, IndexReader, Reranker, TextKind};
use assay_domain::{Cancel, Candidate, Failure, OrderRule, Outcome, Passage};
use assay_domain::{ChunkId, DocumentId, GenerationId, score::FusedScore};

use crate::cached_scorer::CachedScorer;
use crate::metrics::{Interval, bootstrap, ndcg, percentile, recall, reciprocal_rank};
use crate::order::put_in_order;
use crate::rerank::{Cascade, Progress, rerank};
use crate::retrieve::{fuse, reason_against_vectors};
use crate::watch::Watch;

/// A question with its judgements.
#[derive(Debug, Clone, PartialEq)]
pub struct Labelled {
    /// The words.
    pub question: String,
    /// Grade of each judged passage, by its ordinal in the corpus.
    pub grades: HashMap<u32, u32>,
}

/// The orders that can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Order {
    /// By cosine similarity alone.
    Vector,
    /// By BM25 alone.
    Lexical,
    /// By reciprocal rank fusion of both.
    Hybrid,
    /// The fused order, its head reranked.
    Reranked,
    /// By reciprocal rank fusion of the fused order with the reranked one.
    Blended,
    /// As the candidates were handed in (candidate files only).
    Given,
}

impl Order {
    /// The word on the command line and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Vector => "vector",
            Self::Lexical => "lexical",
            Self::Hybrid => "hybrid",
            Self::Reranked => "reranked",
            Self::Blended => "blended",
            Self::Given => "given",
        }
    }

    /// The order for a word.
    pub fn parse(word: &str) -> Option<Self> {
        let orders = [Self::Vector, Self::Lexical, Self::Hybrid, Self::Reranked, Self::Blended];
        orders.into_iter().find(|order| order.as_str() == word)
    }
}

/// What the measure way needs; the index holds each corpus passage as one chunk, its ordinal the
/// passage's place in the corpus.
pub struct Measure<'a> {
    /// Question to vector.
    pub embedder: &'a dyn Embedder,
    /// The two legs.
    pub index: &'a dyn IndexReader,
    /// The cross-encoder, needed for [`Order::Reranked`] and [`Order::Blended`] alone.
    pub reranker: Option<&'a dyn Reranker>,
    /// Candidates per leg.
    pub retrieve: usize,
    /// Candidates that the cross-encoder reads.
    pub rerank_pool: usize,
}

/// One order's quality and time.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// Which order.
    pub order: Order,
    /// nDCG at k.
    pub ndcg: Interval,
    /// MRR at k.
    pub mrr: Interval,
    /// Recall at k.
    pub recall: Interval,
    /// Median time of a question through this order, in milliseconds.
    pub median_ms: f64,
    /// 95th percentile, in milliseconds.
    pub high_ms: f64,
}

/// Asks every question in each of the orders and scores what comes back.
pub async fn measure(
    with: &Measure<'_>,
    questions: &[Labelled],
    orders: &[Order],
    k: usize,
    on: &mut (dyn FnMut(usize) + Send),
) -> Result<Vec<Measured>, Failure> {
    let mut boards: Vec<Board> = orders.iter().map(|&order| Board::new(order)).collect();
    for (place, labelled) in questions.iter().enumerate() {
        // The reranked and the blended order come of the same scores, so these are computed once.
        let mut reranked: Option<(Vec<Candidate>, Duration)> = None;
        for board in &mut boards {
            let begun = Instant::now();
            let (mut candidates, before) = match (board.order, reranked.take()) {
                (Order::Reranked | Order::Blended, Some(known)) => known,
                (order, other) => {
                    reranked = other;
                    (run(with, &labelled.question, order).await?, Duration::ZERO)
                }
            };
            let rule = match board.order {
                Order::Reranked => OrderRule::Rerank,
                Order::Blended => OrderRule::Blend,
                _ => OrderRule::Fused,
            };
            put_in_order(&mut candidates, rule);
            let time = before + begun.elapsed();
            board.mark(&ordinals(&candidates), &labelled.grades, k, time);
            if rule != OrderRule::Fused {
                reranked = Some((candidates, time));
            }
        }
        on(place + 1);
    }
    Ok(boards.into_iter().map(Board::close).collect())
}

/// A question with candidates of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Pool {
    /// The words.
    pub question: String,
    /// Texts of the candidates, in the order they came.
    pub texts: Vec<String>,
    /// Grade of each candidate.
    pub grades: Vec<u32>,
    /// Grades of judged passages that are no candidates: no order can find them, and recall and the
    /// ideal of nDCG know of them, as in trec_eval.
    pub missing: Vec<u32>,
}

/// Reranking alone: the given order against the reranked one and the blend of both.
pub async fn measure_pools(
    reranker: &dyn Reranker,
    pools: &[Pool],
    k: usize,
    on: &mut (dyn FnMut(usize) + Send),
) -> Result<Vec<Measured>, Failure> {
    let mut given = Board::new(Order::Given);
    let mut reranked = Board::new(Order::Reranked);
    let mut blended = Board::new(Order::Blended);
    for (place, pool) in pools.iter().enumerate() {
        let grades = (0..).zip(pool.grades.iter().chain(&pool.missing).copied()).collect();
        let mut candidates: Vec<Candidate> =
            (0..).zip(&pool.texts).map(|(ordinal, text)| bare(ordinal, text)).collect();
        given.mark(&ordinals(&candidates), &grades, k, Duration::ZERO);
        let begun = Instant::now();
        all_reranked(&pool.question, &mut candidates, usize::MAX, reranker).await?;
        for (board, rule) in [(&mut reranked, OrderRule::Rerank), (&mut blended, OrderRule::Blend)] {
            put_in_order(&mut candidates, rule);
            board.mark(&ordinals(&candidates), &grades, k, begun.elapsed());
        }
        on(place + 1);
    }
    Ok(vec![given.close(), reranked.close(), blended.close()])
}

async fn run(with: &Measure<'_>, question: &str, order: Order) -> Result<Vec<Candidate>, Failure> {
    let filter = Filter::default();
    let mut vector = Vec::new();
    let foreign = order != Order::Vector && reason_against_vectors(with.embedder.identity(), question).is_some();
    if order != Order::Lexical && !foreign {
        let embedded = with.embedder.embed(TextKind::Query, vec![question.to_owned()]).await?.pop();
        let embedded = embedded.ok_or_else(|| Failure::bug("no vector came back"))?;
        vector = with.index.nearest(embedded, with.retrieve, filter.clone()).await?;
    }
    let mut lexical = Vec::new();
    if order != Order::Vector {
        lexical = with.index.matching(question.to_owned(), with.retrieve, filter).await?;
    }
    let mut candidates = fuse(vector, lexical);
    if matches!(order, Order::Reranked | Order::Blended) {
        let reranker = with.reranker.ok_or_else(|| Failure::bug("reranked order asked for without a reranker"))?;
        all_reranked(question, &mut candidates, with.rerank_pool, reranker).await?;
    }
    Ok(candidates)
}

pub(crate) async fn all_reranked(
    question: &str,
    candidates: &mut [Candidate],
    pool: usize,
    reranker: &dyn Reranker,
) -> Result<(), Failure> {
    let cascade = Cascade { first: CachedScorer { reranker, pairs: None }, pool, second: None };
    let watch = Watch::new(&Cancel::default(), None);
    match rerank(question, candidates, &cascade, &watch, &mut |_| ()).await.progress {
        Progress::All => Ok(()),
        Progress::Failed(failure) | Progress::FirstAlone(failure) => Err(failure),
        Progress::Stopped(_) => Err(Failure::stopped()),
    }
}

fn ordinals(candidates: &[Candidate]) -> Vec<u32> {
    candidates.iter().map(|candidate| candidate.passage.chunk.ordinal).collect()
}

fn bare(ordinal: u32, text: &str) -> Candidate {
    let passage = Passage {
        chunk: ChunkId { generation: GenerationId(0), ordinal },
        document: DocumentId(0),
        page_index: 0,
        page: None,
        range: 0..text.len(),
        heading: None,
        text: text.to_owned(),
    };
    Candidate {
        passage,
        name: String::new(),
        offline: false,
        vector: None,
        lexical: None,
        fused: FusedScore { score: 0.0, rank: ordinal + 1 },
        rerank: None,
        first_rerank: None,
        blend: None,
        outcome: Outcome::NotReranked,
    }
}

/// One order's marks, question by question.
struct Board {
    order: Order,
    ndcg: Vec<f64>,
    mrr: Vec<f64>,
    recall: Vec<f64>,
    ms: Vec<f64>,
}

impl Board {
    fn new(order: Order) -> Self {
        Self { order, ndcg: Vec::new(), mrr: Vec::new(), recall: Vec::new(), ms: Vec::new() }
    }

    fn mark(&mut self, ranked: &[u32], grades: &HashMap<u32, u32>, k: usize, time: Duration) {
        let ranked: Vec<u32> = ranked.iter().map(|ordinal| grades.get(ordinal).copied().unwrap_or(0)).collect();
        let all: Vec<u32> = grades.values().copied().collect();
        self.ndcg.push(ndcg(&ranked, &all, k));
        self.mrr.push(reciprocal_rank(&ranked, k));
        self.recall.push(recall(&ranked, &all, k));
        self.ms.push(time.as_secs_f64() * 1_000.0);
    }

    fn close(mut self) -> Measured {
        self.ms.sort_by(f64::total_cmp);
        Measured {
            order: self.order,
            ndcg: bootstrap(&self.ndcg),
            mrr: bootstrap(&self.mrr),
            recall: bootstrap(&self.recall),
            median_ms: percentile(&self.ms, 0.5),
            high_ms: percentile(&self.ms, 0.95),
        }
    }
}
