//! Hard negatives: passages that the search takes for answers and the cross-encoder does not.

use assay_domain::Failure;

use super::{Judged, Library, is_about};
use crate::ask::candidates;
use crate::measure::all_reranked;

/// Texts of passages that stand high in the fused order of a question, that the cross-encoder scores
/// below `cut` (on the sigmoid), and that nobody judged: the highest first, no more than `most`.
/// Likely not relevant, but nobody looked. None without a cross-encoder.
pub async fn mined(with: &Library<'_>, judged: &Judged, cut: f32, most: usize) -> Result<Vec<String>, Failure> {
    let Some(reranker) = with.reranker else { return Ok(Vec::new()) };
    let mut found = candidates(with.embedder, with.index, with.catalogue, &judged.question).await?;
    all_reranked(&judged.question.text, &mut found, judged.question.rerank_pool, reranker).await?;
    found.retain(|candidate| {
        let below = candidate.rerank.as_ref().is_some_and(|score| score.probability < cut);
        below && !judged.judgements.iter().any(|judgement| is_about(judgement, candidate))
    });
    found.sort_by_key(|candidate| candidate.fused.rank);
    Ok(found.into_iter().take(most).map(|candidate| candidate.passage.text).collect())
}
