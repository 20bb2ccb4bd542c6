//! The logits of sentences, each by the cross-encoder that has judged its passage.

use std::sync::Arc;

use assay_domain::Failure;
use assay_domain::port::Reranker;
use futures::TryStreamExt;

use super::pool::Sentence;

/// What lies between each sentence's logit and the threshold of the model that gave it: minus infinity where a model gave no
/// logit or NaN; `None` if no model gave a number at all. The first of the cross-encoders scores the sentences of passages
/// that none has judged.
///
/// # Errors
/// What a cross-encoder reports.
pub(super) async fn above_threshold(
    rerankers: &[Arc<dyn Reranker>],
    question: &str,
    sentences: &[Sentence<'_>],
) -> Result<Option<Vec<f32>>, Failure> {
    let mut above = vec![f32::NEG_INFINITY; sentences.len()];
    for (place, reranker) in rerankers.iter().enumerate() {
        let of_this = |sentence: &Sentence<'_>| reader(rerankers, sentence) == place;
        let places: Vec<usize> =
            sentences.iter().enumerate().filter(|(_, sentence)| of_this(sentence)).map(|(at, _)| at).collect();
        if places.is_empty() {
            continue;
        }
        let texts = places.iter().filter_map(|&at| sentences.get(at)).map(Sentence::in_context).collect();
        let scored = reranker.score(question.to_owned(), texts).try_collect::<Vec<_>>().await?;
        let name = &reranker.identity().name;
        let usual = sentences.iter().find_map(|sentence| threshold(name, sentence)).unwrap_or(0.0);
        for pair in scored.into_iter().flatten().filter(|pair| pair.logit.is_finite()) {
            let Some((sentence, slot)) =
                places.get(pair.index).and_then(|&at| sentences.get(at).zip(above.get_mut(at)))
            else {
                continue;
            };
            *slot = pair.logit - threshold(name, sentence).unwrap_or(usual);
        }
    }
    Ok(above.iter().any(|above| above.is_finite()).then_some(above))
}

/// The place of the cross-encoder that reads a sentence.
fn reader(rerankers: &[Arc<dyn Reranker>], sentence: &Sentence<'_>) -> usize {
    let is_its = |reranker: &Arc<dyn Reranker>| {
        sentence.judged().is_some_and(|judged| *judged.model == *reranker.identity().name)
    };
    rerankers.iter().position(is_its).unwrap_or(0)
}

/// The logit of the threshold that applied to a sentence's passage, if the model of this name judged it. A model may have one
/// for each language.
fn threshold(name: &str, sentence: &Sentence<'_>) -> Option<f32> {
    sentence.judged().filter(|judged| *judged.model == *name).map(|judged| judged.threshold)
}
