//! Hard negatives for training a reranker: passages that retrieval ranks high and the
//! cross-encoder scores low, as the denoised hard negatives of RocketQA (Qu et al., NAACL 2021).

use assay_domain::{Failure, Question, RerankMode};

use super::inputs::{Evaluate, JudgedQuestion};
use super::matching::is_about;
use crate::ask::candidates;
use crate::rerank::rerank_all;

/// Texts of at most `limit` passages that nobody judged and whose rerank probability is below
/// `threshold`, in fused order. They are likely not relevant, but no person has checked them.
/// Without a cross-encoder there are none.
///
/// # Errors
/// What the engines report.
pub async fn hard_negatives(
    with: &Evaluate<'_>,
    judged: &JudgedQuestion,
    threshold: f32,
    limit: usize,
) -> Result<Vec<String>, Failure> {
    let mut found =
        candidates((with.embedder, with.embedder_measured), with.index, with.catalogue, &judged.question).await?;
    let Question { text, rerank_pool, context, .. } = &judged.question;
    rerank_all(text, &mut found, (&with.rerankers, RerankMode::Auto, *rerank_pool), *context).await?;
    found.retain(|candidate| {
        let below = candidate.rerank.as_ref().is_some_and(|score| score.probability < threshold);
        below && !judged.judgements.iter().any(|judgement| is_about(judgement, candidate))
    });
    found.sort_by_key(|candidate| candidate.fused.rank);
    Ok(found.into_iter().take(limit).map(|candidate| candidate.passage.text).collect())
}
