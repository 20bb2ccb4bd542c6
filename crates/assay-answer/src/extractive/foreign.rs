//! Passages in another language than the question that no cross-encoder has read: their sentences are told apart by the
//! bi-encoder, which reads both languages. The logits of a cross-encoder of one language would say nothing about them.

use std::sync::Arc;

use assay_domain::Failure;
use assay_domain::port::{Embedder, TextKind};
use assay_domain::score::cosine;

use super::pool::Sentence;

/// Largest distance below the best sentence's cosine.
pub(super) const MARGIN: f32 = 0.02;

/// The cosine of each sentence with the question.
///
/// # Errors
/// What the bi-encoder reports.
pub(super) async fn cosines(
    embedder: &Arc<dyn Embedder>,
    question: &str,
    sentences: &[Sentence<'_>],
) -> Result<Vec<f32>, Failure> {
    let texts = sentences.iter().map(Sentence::in_context).collect();
    let asked = embedder.embed_for_explanation(TextKind::Query, vec![question.to_owned()]).await?;
    let vectors = embedder.embed_for_explanation(TextKind::Passage, texts).await?;
    let asked = asked.first().map(Vec::as_slice).unwrap_or_default();
    Ok(vectors.iter().map(|vector| cosine(asked, vector)).collect())
}
