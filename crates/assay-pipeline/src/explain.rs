//! passage -> the logit without each of its sentences
//!
//! Leave-one-out occlusion (Li, Monroe and Jurafsky 2016, "Understanding neural networks through
//! representation erasure"): what the logit loses when a sentence is taken out is what that
//! sentence added to it. Sentences that say the same share their credit, so a small change does
//! not prove that a sentence was not read.

use std::ops::Range;

use assay_domain::port::{PairScore, Reranker};
use assay_domain::{Cancel, Failure};
use futures::stream::StreamExt;

/// What is told along the way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ExplainEvent {
    /// The whole passage was scored.
    Whole(PairScore),
    /// The passage was scored without the sentence of this index; `change` is the logit of the
    /// whole less this one.
    Without {
        /// Which sentence.
        sentence: usize,
        /// The logit without it.
        logit: f32,
        /// What the logit loses without it.
        change: f32,
    },
}

/// Scores the passage whole, then once without each sentence. Ends with `false` if it was stopped.
pub async fn explain(
    reranker: &dyn Reranker,
    question: &str,
    passage: &str,
    sentences: &[Range<usize>],
    cancel: &Cancel,
    on: &mut (dyn FnMut(ExplainEvent) + Send),
) -> Result<bool, Failure> {
    let mut texts = vec![passage.to_owned()];
    texts.extend(sentences.iter().map(|sentence| without(passage, sentence)));
    let wanted = texts.len();
    let mut scored = 0;
    let mut whole: Option<f32> = None;
    let mut early: Vec<PairScore> = Vec::new();
    let mut batches = reranker.score(question.to_owned(), texts);
    while let Some(batch) = batches.next().await {
        for pair in batch? {
            scored += 1;
            match (pair.index.checked_sub(1), whole) {
                (None, _) => {
                    whole = Some(pair.logit);
                    on(ExplainEvent::Whole(pair));
                    early.drain(..).for_each(|pair| on(lost(pair, whole)));
                }
                (Some(_), None) => early.push(pair),
                (Some(_), Some(_)) => on(lost(pair, whole)),
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

fn lost(pair: PairScore, whole: Option<f32>) -> ExplainEvent {
    let change = whole.map_or(0.0, |whole| whole - pair.logit);
    ExplainEvent::Without { sentence: pair.index.saturating_sub(1), logit: pair.logit, change }
}

/// The passage with a hole; what stood on both sides is joined as it stands.
fn without(passage: &str, sentence: &Range<usize>) -> String {
    let before = passage.get(..sentence.start).unwrap_or_default();
    let after = passage.get(sentence.end..).unwrap_or_default();
    format!("{before}{after}")
}
