//! labelled questions -> ask, stage by stage -> recall, MRR, nDCG
//!
//! [`measure`] retrieves from an indexed corpus and compares orders; [`measure_pools`] compares
//! orders of candidates that came with the question. [`crate::evaluation`] does the same for the
//! user's own judgements, [`crate::quality`] holds the metrics of an order.

mod inputs;
mod retrieval;

use std::collections::HashMap;
use std::time::{Duration, Instant};

use assay_domain::score::FusedScore;
use assay_domain::{
    Assignment, Candidate, ChunkId, DocumentId, Failure, GenerationId, OrderRule, Outcome, Passage, RerankMode,
};

use assay_text::tell_language;

use crate::order::put_in_order;
use crate::quality::{Order, OrderQuality, QualityBoard};
use crate::rerank::plan::RerankPlan;
use crate::rerank::rerank_all;
use retrieval::{DraftedOnce, retrieve};

pub use inputs::{CandidatePool, LabelledQuestion, Measure};

/// Asks every question in each of the orders and measures the first `k` passages of each. `on`
/// receives the number of questions done.
///
/// # Errors
/// What the engines report; a bug if an order needs a reranker or a writer and there is none.
pub async fn measure(
    with: &Measure<'_>,
    questions: &[LabelledQuestion],
    orders: &[Order],
    k: usize,
    on: &mut (dyn FnMut(usize) + Send),
) -> Result<Vec<OrderQuality>, Failure> {
    let mut boards: Vec<QualityBoard> = orders.iter().map(|&order| QualityBoard::new(order, k)).collect();
    for (place, labelled) in questions.iter().enumerate() {
        // The reranked and the blended order use the same scores, so these are computed once.
        let mut reranked: Option<(Vec<Candidate>, Duration)> = None;
        let mut once = DraftedOnce::default();
        for board in &mut boards {
            let begun = Instant::now();
            let (mut candidates, before) = match (board.order, reranked.take()) {
                (Order::Reranked | Order::Blended, Some(known)) => known,
                (order, other) => {
                    reranked = other;
                    retrieve(with, &labelled.question, order, &mut once).await?
                }
            };
            let rule = match board.order {
                Order::Reranked | Order::DraftedReranked => OrderRule::Rerank,
                Order::Blended => OrderRule::Blend,
                _ => OrderRule::Fused,
            };
            put_in_order(&mut candidates, rule);
            let time = before + begun.elapsed();
            add(board, &candidates, &labelled.grades, time);
            if matches!(board.order, Order::Reranked | Order::Blended) {
                reranked = Some((candidates, time));
            }
        }
        on(place + 1);
    }
    Ok(boards.into_iter().map(QualityBoard::finish).collect())
}

/// Compares three orders of each pool: as given, reranked, and both blended. `on` receives the
/// number of pools done.
///
/// # Errors
/// What the reranker reports.
pub async fn measure_pools(
    rerankers: &RerankPlan<'_>,
    pools: &[CandidatePool],
    k: usize,
    on: &mut (dyn FnMut(usize) + Send),
) -> Result<Vec<OrderQuality>, Failure> {
    let mut given = QualityBoard::new(Order::Given, k);
    let mut reranked = QualityBoard::new(Order::Reranked, k);
    let mut blended = QualityBoard::new(Order::Blended, k);
    for (place, pool) in pools.iter().enumerate() {
        let grades = (0..).zip(pool.grades.iter().chain(&pool.missing).copied()).collect();
        let mut candidates: Vec<Candidate> =
            (0..).zip(&pool.texts).map(|(ordinal, text)| pool_candidate(ordinal, text)).collect();
        add(&mut given, &candidates, &grades, Duration::ZERO);
        let begun = Instant::now();
        rerank_all(&pool.question, &mut candidates, (rerankers, RerankMode::Auto, usize::MAX), false).await?;
        for (board, rule) in [(&mut reranked, OrderRule::Rerank), (&mut blended, OrderRule::Blend)] {
            put_in_order(&mut candidates, rule);
            add(board, &candidates, &grades, begun.elapsed());
        }
        on(place + 1);
    }
    Ok([given, reranked, blended].map(QualityBoard::finish).into())
}

fn add(board: &mut QualityBoard, candidates: &[Candidate], grades: &HashMap<u32, u32>, time: Duration) {
    let grade = |candidate: &Candidate| grades.get(&candidate.passage.chunk.ordinal).copied().unwrap_or(0);
    let ranked: Vec<u32> = candidates.iter().map(grade).collect();
    let all: Vec<u32> = grades.values().copied().collect();
    board.add(&ranked, &all, time);
}

/// A candidate of a pool: its place is its chunk ordinal, and its fused rank is the place it came in.
fn pool_candidate(ordinal: u32, text: &str) -> Candidate {
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
        folder: String::new(),
        offline: false,
        language: tell_language(text),
        assignment: Assignment::default(),
        vector: None,
        lexical: None,
        drafted: Vec::new(),
        fused: FusedScore { score: 0.0, rank: ordinal + 1 },
        rerank: None,
        first_rerank: None,
        blend: None,
        copy_of: None,
        threshold: None,
        outcome: Outcome::NotReranked,
    }
}
