//! question + order -> the candidates of that order

use std::time::{Duration, Instant};

use assay_domain::port::Filter;
use assay_domain::{Cancel, Candidate, Draft, DraftedQuery, Failure, RerankMode};
use assay_text::tell_language;

use super::inputs::Measure;
use crate::draft::drafts;
use crate::fuse::{DraftedHits, fuse_with_drafts};
use crate::quality::Order;
use crate::rerank::rerank_all;
use crate::retrieve::{embed_question, reason_to_skip_vectors, search_draft};
use crate::spelling::respell;

/// What the writer drafted for a question, and the time it took. It writes once, whatever orders are measured.
#[derive(Default)]
pub(super) struct DraftedOnce(Option<(Vec<Draft>, Duration)>);

impl DraftedOnce {
    /// The drafts, and the time that writing them took before this call.
    async fn of(&mut self, with: &Measure<'_>, question: &str) -> Result<(&[Draft], Duration), Failure> {
        let before = self.0.as_ref().map_or(Duration::ZERO, |(_, time)| *time);
        if self.0.is_none() {
            let writer = with.writer.ok_or_else(|| Failure::bug("drafted order asked for without a writer"))?;
            let begun = Instant::now();
            let list = drafts(question, writer, &Cancel::default()).await.list;
            self.0 = Some((list, begun.elapsed()));
        }
        let list = self.0.as_ref().map(|(list, _)| list.as_slice()).unwrap_or_default();
        Ok((list, before))
    }
}

/// The candidates that an order needs: those of its retrievers, fused, and reranked if it asks for that. Also the time
/// that the order takes besides, because another order has done a part of its work before. A question for which the writer
/// drafts nothing is searched without, as it is when it is asked.
pub(super) async fn retrieve(
    with: &Measure<'_>,
    question: &str,
    order: Order,
    once: &mut DraftedOnce,
) -> Result<(Vec<Candidate>, Duration), Failure> {
    let filter = Filter::default();
    let no_vectors =
        reason_to_skip_vectors(with.embedder.identity(), with.embedder_measured, tell_language(question)).is_some();
    let respelled = respell(with.index, question, filter.clone()).await;
    let (mut vector, mut lexical) = (Vec::new(), Vec::new());
    let by_vector = match order {
        Order::Vector => true,
        Order::Lexical | Order::Hypothetical | Order::Variants => false,
        _ => !no_vectors,
    };
    if by_vector {
        let embedded = embed_question(with.embedder, &respelled.text).await?;
        vector = with.index.nearest(embedded, with.retrieve, filter.clone()).await?;
    }
    if !matches!(order, Order::Vector | Order::Hypothetical | Order::Variants) {
        lexical = with.index.matching(respelled.query, with.retrieve, filter.clone()).await?;
    }
    let (mut drafted, mut before) = (Vec::new(), Duration::ZERO);
    if order.is_drafted() {
        let (list, time) = once.of(with, &respelled.text).await?;
        before = time;
        for draft in list.iter().filter(|draft| is_of(order, draft)) {
            // By itself the hypothetical passage is measured whatever its vectors are worth.
            let vectors = !no_vectors || order == Order::Hypothetical;
            drafted.push(search(with, draft, &filter, vectors).await?);
        }
    }
    let mut candidates = fuse_with_drafts(vector, lexical, drafted, with.retrieve);
    if order.is_reranked() {
        let missing = || Failure::bug("reranked order asked for without a reranker");
        let plan = with.rerankers.as_ref().ok_or_else(missing)?;
        rerank_all(&respelled.text, &mut candidates, (plan, RerankMode::Auto, with.rerank_pool), true).await?;
    }
    Ok((candidates, before))
}

fn is_of(order: Order, draft: &Draft) -> bool {
    match order {
        Order::Hypothetical => draft.query == DraftedQuery::Hypothetical,
        Order::Variants => draft.query != DraftedQuery::Hypothetical,
        _ => true,
    }
}

async fn search(with: &Measure<'_>, draft: &Draft, filter: &Filter, vectors: bool) -> Result<DraftedHits, Failure> {
    let (hits, failed) = search_draft((with.embedder, with.index), draft, (with.retrieve, filter), vectors).await;
    failed.map_or(Ok(hits), |(_, failure)| Err(failure))
}
