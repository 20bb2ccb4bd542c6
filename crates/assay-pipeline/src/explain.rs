//! passage -> its logit without each of its sentences
//!
//! Leave-one-out occlusion (Li, Monroe and Jurafsky 2016, "Understanding neural networks through
//! representation erasure"): a sentence's contribution is the logit of the whole passage less the
//! logit without that sentence. Sentences that say the same share their credit, so a small change
//! does not prove that a sentence was not read.

use std::ops::Range;

use assay_domain::port::{PairScore, Reranker};
use assay_domain::{Cancel, Failure};
use assay_text::simplified;
use futures::stream::StreamExt;

use crate::cached_scorer::in_context;

/// The scores of an explanation, as they come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ExplainEvent {
    /// The whole passage was scored.
    Whole(PairScore),
    /// The passage was scored without one sentence.
    Without {
        /// Index of the sentence.
        sentence: usize,
        /// The logit without it.
        logit: f32,
        /// The logit of the whole passage less this one.
        change: f32,
    },
}

/// Scores the whole passage, and the passage without each of the sentences (byte ranges), each after the
/// passage's context, which may be empty. Returns
/// `false` if it was stopped before the end.
///
/// # Errors
/// What the reranker reports; a bug if it does not score every text.
pub async fn explain(
    reranker: &dyn Reranker,
    question: &str,
    (context, passage): (&str, &str),
    sentences: &[Range<usize>],
    cancel: &Cancel,
    on: &mut (dyn FnMut(ExplainEvent) + Send),
) -> Result<bool, Failure> {
    let read = |passage: &str| in_context(context, &simplified(passage));
    let mut texts = vec![read(passage)];
    texts.extend(sentences.iter().map(|sentence| read(&cut_out(passage, sentence))));
    let wanted = texts.len();
    let mut scored = 0;
    let mut whole: Option<f32> = None;
    let mut before_whole: Vec<PairScore> = Vec::new();
    let mut batches = reranker.score_for_explanation(simplified(question), texts);
    while let Some(batch) = batches.next().await {
        for pair in batch? {
            scored += 1;
            match (pair.index.checked_sub(1), whole) {
                (None, _) => {
                    whole = Some(pair.logit);
                    on(ExplainEvent::Whole(pair));
                    before_whole.drain(..).for_each(|pair| on(without(pair, whole)));
                }
                (Some(_), None) => before_whole.push(pair),
                (Some(_), Some(_)) => on(without(pair, whole)),
            }
        }
        if cancel.is_stopped() && scored < wanted {
            return Ok(false);
        }
    }
    if scored == wanted {
        return Ok(true);
    }
    Err(Failure::bug(format!("the reranker scored {scored} of {wanted} texts")))
}

fn without(pair: PairScore, whole: Option<f32>) -> ExplainEvent {
    let change = whole.map_or(0.0, |whole| whole - pair.logit);
    ExplainEvent::Without { sentence: pair.index.saturating_sub(1), logit: pair.logit, change }
}

/// The passage without a sentence; the text on both sides is joined unchanged.
fn cut_out(passage: &str, sentence: &Range<usize>) -> String {
    let before = passage.get(..sentence.start).unwrap_or_default();
    let after = passage.get(sentence.end..).unwrap_or_default();
    format!("{before}{after}")
}
