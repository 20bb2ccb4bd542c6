//! Passages in another language than the question that no cross-encoder has read: their sentences are told apart by the
//! bi-encoder, which reads both languages. The logits of a cross-encoder of one language would say nothing about them.

use std::sync::Arc;

use assay_domain::Failure;
use assay_domain::port::{Embedder, TextKind};

use super::pool::Sentence;
use crate::terms::is_dense;

/// Largest distance below the best sentence's cosine.
pub(super) const MARGIN: f32 = 0.02;

/// Whether a sentence is in another script than the question, and no model has judged its passage.
pub(super) fn is_foreign(question: &str, sentence: &Sentence<'_>) -> bool {
    sentence.passage_logit().is_none() && is_mostly_dense(question) != is_mostly_dense(&sentence.passage.text)
}

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

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    let length = (dot(a, a) * dot(b, b)).sqrt();
    if length > 0.0 { dot(a, b) / length } else { 0.0 }
}

/// Whether a text is mostly in a script that is written without spaces. One such character in a sentence of letters is a
/// quoted word.
fn is_mostly_dense(text: &str) -> bool {
    let dense = text.chars().filter(|&c| is_dense(c)).count();
    let letters = text.chars().filter(|&c| c.is_alphabetic() && !is_dense(c)).count();
    dense * 2 > letters
}

#[cfg(test)]
mod tests {
    use super::is_mostly_dense;

    #[test]
    fn a_word_of_another_script_does_not_change_the_language() {
        for (text, dense) in [
            ("What does 道 mean?", false),
            ("SKU-14082的库存是多少？", true),
            ("胸牌丢失赔偿三十元。", true),
            ("The badge costs 30 crowns.", false),
            ("2024", false),
        ] {
            assert_eq!(is_mostly_dense(text), dense, "{text}");
        }
    }
}
