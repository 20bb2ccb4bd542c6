//! the user's own judgements -> ask without an answer -> quality of four orders, threshold curve, calibration
//!
//! One retrieval and one reranking per question give all four orders, because vector, lexical,
//! fused and rerank ranks are kept apart on every candidate. A judgement names its passage by text
//! (or by document and page), because chunk ids change whenever a document is read again.

mod inputs;
mod matching;
mod calibration;
mod hard_negatives;

use std::time::Instant;

use assay_domain::{Cancel, Candidate, Failure, OrderRule, Question, RerankMode};
use assay_text::tell_language;

use crate::ask::candidates;
use crate::order::put_in_order;
use crate::quality::{Order, OrderQuality, QualityBoard};
use crate::rerank::plan::RerankPlan;
use crate::rerank::{language_mismatch, reason_to_skip, rerank_all};
use matching::{grades, in_order, is_relevant};

pub use calibration::{CalibrationBin, ScoredPassage, ThresholdPoint, best_f1, calibration_bins, threshold_curve};
pub use hard_negatives::hard_negatives;
pub use inputs::{Evaluate, JudgedQuestion, Judgement};

/// Metrics look at this many passages of an order.
const DEPTH: usize = 10;

/// What the judgements say about retrieval.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// Vector, lexical, hybrid, reranked, in this order.
    pub orders: Vec<OrderQuality>,
    /// Every passage that the cross-encoder scored, over all questions.
    pub passages: Vec<ScoredPassage>,
}

/// Asks every question once and measures the four orders. The caller leaves out questions without
/// a relevant passage, because no metric is defined for them. `on` receives the number of
/// questions done.
///
/// # Errors
/// [`Failure::stopped`] when `cancel` is set; otherwise what the engines report.
pub async fn evaluate(
    with: &Evaluate<'_>,
    questions: &[JudgedQuestion],
    cancel: &Cancel,
    on: &mut (dyn FnMut(usize) + Send),
) -> Result<Evaluation, Failure> {
    let orders = [Order::Vector, Order::Lexical, Order::Hybrid, Order::Reranked];
    let mut boards = orders.map(|order| QualityBoard::new(order, DEPTH));
    let mut passages = Vec::new();
    for (place, JudgedQuestion { question, judgements }) in questions.iter().enumerate() {
        cancel.check()?;
        let begun = Instant::now();
        let mut found =
            candidates((with.embedder, with.embedder_measured), with.index, with.catalogue, question).await?;
        let retrieved = begun.elapsed();
        if runs(&with.rerankers, question, &found) {
            rerank_all(
                &question.text,
                &mut found,
                (&with.rerankers, question.rerank, question.rerank_pool),
                question.context,
            )
            .await?;
        }
        put_in_order(&mut found, OrderRule::Rerank);
        let reranked = begun.elapsed();

        let all: Vec<u32> = judgements.iter().map(|judgement| judgement.grade).collect();
        for board in &mut boards {
            let time = if board.order == Order::Reranked { reranked } else { retrieved };
            board.add(&grades(&in_order(&found, board.order), judgements), &all, time);
        }
        passages.extend(found.iter().filter_map(|candidate| scored(candidate, judgements)));
        on(place + 1);
    }
    Ok(Evaluation { orders: boards.into_iter().map(QualityBoard::finish).collect(), passages })
}

/// Whether a question is reranked at all.
fn runs(rerankers: &RerankPlan<'_>, question: &Question, found: &[Candidate]) -> bool {
    let usable = match rerankers {
        RerankPlan::Named(model) => model.reranker.as_ref().is_ok_and(|reranker| {
            question.rerank == RerankMode::On || language_mismatch(tell_language(&question.text), *reranker).is_none()
        }),
        RerankPlan::Measured(_) => true,
    };
    usable && reason_to_skip(question, found).is_none()
}

fn scored(candidate: &Candidate, judgements: &[Judgement]) -> Option<ScoredPassage> {
    let probability = candidate.rerank.as_ref()?.probability;
    Some(ScoredPassage { probability, relevant: is_relevant(candidate, judgements) })
}
