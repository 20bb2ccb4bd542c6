//! judgements of the user's own -> each order's quality, the cut that they suggest, how far the sigmoid can be trusted
//!
//! A judgement names a passage by its words (or a document and a page), because chunks get new
//! names whenever they are read again. One pass over a question gives all four orders: the legs,
//! their fusion and the reranked order carry their ranks apart.

mod bands;
mod mined;

use std::time::{Duration, Instant};

use assay_domain::port::{Catalogue, Embedder, IndexReader, Reranker};
use assay_domain::{Cancel, Candidate, Failure, Question};

use crate::ask::candidates;
use crate::measure::{Order, all_reranked};
use crate::metrics::{Interval, bootstrap, ndcg, percentile, recall, reciprocal_rank};
use crate::rerank::reason_against;

pub use bands::{Band, Cut, bands, cuts, suggested};
pub use mined::mined;

/// One judgement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// Words of the passage, if they are known.
    pub passage: Option<String>,
    /// File name of the document, if it is known.
    pub name: Option<String>,
    /// The page's own number, if it is known.
    pub page: Option<u32>,
    /// 0 not relevant, 1 and up relevant.
    pub grade: u32,
}

/// A question with its judgements.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// The question and its settings.
    pub question: Question,
    /// What was said of passages for it.
    pub judgements: Vec<Judgement>,
}

/// What measuring a library needs.
pub struct Library<'a> {
    /// Question to vector.
    pub embedder: &'a dyn Embedder,
    /// The two legs.
    pub index: &'a dyn IndexReader,
    /// Which rows count, and what documents are called.
    pub catalogue: &'a dyn Catalogue,
    /// The cross-encoder; without one the reranked order is the fused one.
    pub reranker: Option<&'a dyn Reranker>,
}

/// One order over all questions.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderMarks {
    /// Which order.
    pub order: Order,
    /// nDCG at 10 of each question.
    pub each: Vec<f64>,
    /// Its mean.
    pub ndcg: Interval,
    /// MRR at 10.
    pub mrr: Interval,
    /// Recall at 10.
    pub recall: Interval,
    /// Median milliseconds of a question through this order.
    pub median_ms: f64,
    /// 95th percentile.
    pub high_ms: f64,
}

/// A reranked passage and what is known of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Sigmoid of its logit.
    pub probability: f32,
    /// Whether it was judged relevant; `None` if nobody judged it.
    pub relevant: Option<bool>,
}

/// All that the judgements say.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// Vector, lexical, hybrid, reranked.
    pub orders: Vec<OrderMarks>,
    /// Every passage that the cross-encoder read.
    pub points: Vec<Point>,
}

const DEPTH: usize = 10;

/// Asks every question once and marks the four orders. Questions without a relevant passage are
/// left out by the caller: no metric is defined for them.
pub async fn judge(
    with: &Library<'_>,
    questions: &[Judged],
    cancel: &Cancel,
    on: &mut (dyn FnMut(usize) + Send),
) -> Result<Verdict, Failure> {
    let mut boards = [Order::Vector, Order::Lexical, Order::Hybrid, Order::Reranked].map(Board::new);
    let mut points = Vec::new();
    for (place, judged) in questions.iter().enumerate() {
        cancel.check()?;
        let begun = Instant::now();
        let mut found = candidates(with.embedder, with.index, with.catalogue, &judged.question).await?;
        let retrieved = begun.elapsed();
        let reranker = with.reranker.filter(|reranker| reason_against(&judged.question, &found, *reranker).is_none());
        if let Some(reranker) = reranker {
            all_reranked(&judged.question.text, &mut found, judged.question.rerank_pool, reranker).await?;
        }
        let reranked = begun.elapsed();
        for board in &mut boards {
            let time = if board.order == Order::Reranked { reranked } else { retrieved };
            board.mark(&found, &judged.judgements, time);
        }
        points.extend(points_of(&found, &judged.judgements));
        on(place + 1);
    }
    Ok(Verdict { orders: boards.into_iter().map(Board::close).collect(), points })
}

/// Whether a judgement is about this passage: its words hold the judged words or are held by them,
/// or, where no words are known, document and page agree.
pub fn is_about(judgement: &Judgement, candidate: &Candidate) -> bool {
    let named = judgement.name.as_ref().is_none_or(|name| *name == candidate.name);
    let paged = judgement.page.is_none() || judgement.page == candidate.passage.page;
    match &judgement.passage {
        Some(words) => {
            let (wanted, here) = (bare(words), bare(&candidate.passage.text));
            named && !wanted.is_empty() && !here.is_empty() && (here.contains(&wanted) || wanted.contains(&here))
        }
        None => judgement.name.is_some() && named && paged,
    }
}

/// White space tells chunkings apart, not passages.
fn bare(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Grade of each place of an order. A judgement counts once, for the first passage that it is
/// about, so a passage cut in two is not found twice.
fn grades(order: &[&Candidate], judgements: &[Judgement]) -> Vec<u32> {
    let mut used = vec![false; judgements.len()];
    let grade = |candidate: &&Candidate| {
        let fresh =
            judgements.iter().zip(&mut used).filter(|(judgement, used)| !**used && is_about(judgement, candidate));
        let best = fresh.max_by_key(|(judgement, _)| judgement.grade)?;
        *best.1 = true;
        Some(best.0.grade)
    };
    order.iter().map(grade).map(Option::unwrap_or_default).collect()
}

fn in_order(candidates: &[Candidate], order: Order) -> Vec<&Candidate> {
    let rank = |candidate: &Candidate| match order {
        Order::Vector => candidate.vector.map(|score| score.rank),
        Order::Lexical => candidate.lexical.map(|score| score.rank),
        Order::Hybrid | Order::Given => Some(candidate.fused.rank),
        // What the cross-encoder did not read stands after what it read.
        Order::Reranked => Some(candidate.rerank.as_ref().map_or(1_000_000 + candidate.fused.rank, |score| score.rank)),
        Order::Blended => Some(candidate.blend.map_or(1_000_000 + candidate.fused.rank, |score| score.rank)),
    };
    let mut ranked: Vec<(u32, &Candidate)> =
        candidates.iter().filter_map(|candidate| Some((rank(candidate)?, candidate))).collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, candidate)| candidate).collect()
}

fn points_of(candidates: &[Candidate], judgements: &[Judgement]) -> Vec<Point> {
    let point = |candidate: &Candidate| {
        let about = judgements.iter().filter(|judgement| is_about(judgement, candidate));
        let relevant = about.map(|judgement| judgement.grade > 0).reduce(|a, b| a || b);
        Some(Point { probability: candidate.rerank.as_ref()?.probability, relevant })
    };
    candidates.iter().filter_map(point).collect()
}

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

    fn mark(&mut self, candidates: &[Candidate], judgements: &[Judgement], time: Duration) {
        let ranked = grades(&in_order(candidates, self.order), judgements);
        let all: Vec<u32> = judgements.iter().map(|judgement| judgement.grade).collect();
        self.ndcg.push(ndcg(&ranked, &all, DEPTH));
        self.mrr.push(reciprocal_rank(&ranked, DEPTH));
        self.recall.push(recall(&ranked, &all, DEPTH));
        self.ms.push(time.as_secs_f64() * 1_000.0);
    }

    fn close(mut self) -> OrderMarks {
        self.ms.sort_by(f64::total_cmp);
        OrderMarks {
            order: self.order,
            ndcg: bootstrap(&self.ndcg),
            mrr: bootstrap(&self.mrr),
            recall: bootstrap(&self.recall),
            median_ms: percentile(&self.ms, 0.5),
            high_ms: percentile(&self.ms, 0.95),
            each: self.ndcg,
        }
    }
}
