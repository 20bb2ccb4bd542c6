//! The cross-encoder: question and passage together to a logit.

use std::sync::Arc;

use assay_domain::Failure;
use assay_domain::port::{PairScore, PretokenizedReranker, Reranker, RerankerIdentity};
use futures::StreamExt;
use futures::channel::mpsc;
use futures::stream::BoxStream;
use rayon::prelude::*;

use crate::EncoderError;
use crate::counters::{Counters, Tally};
use crate::handle::EngineThread;
use crate::scorer::Scorer;
use crate::tokens::{Pair, Tokens};

// The first batch is small, so that the first scores are on the screen soon.
const FIRST_BATCH: usize = 4;
// Passages are tokenised this many at a time, ahead of the batches.
const WINDOW: usize = 32;

/// An opened cross-encoder.
pub struct CrossEncoder {
    identity: RerankerIdentity,
    why: Option<String>,
    tokens: Arc<Tokens>,
    engine: EngineThread<Scorer>,
    tally: Arc<Tally>,
}

impl CrossEncoder {
    /// Moves the model to a thread of its own. `why` says why it has its precision.
    pub(crate) fn start(
        identity: RerankerIdentity,
        why: Option<String>,
        tokens: Tokens,
        scorer: Scorer,
    ) -> Result<Self, EncoderError> {
        let tally = scorer.engine().tally();
        let engine = EngineThread::start("reranker", scorer)?;
        Ok(Self { identity, why, tokens: Arc::new(tokens), engine, tally })
    }

    /// Tokens read and computed so far.
    pub fn counters(&self) -> Counters {
        self.tally.read()
    }

    /// Why it scores in the precision it has; `None` where that was asked for.
    pub fn why_precision(&self) -> Option<&str> {
        self.why.as_deref()
    }
}

impl Reranker for CrossEncoder {
    fn identity(&self) -> &RerankerIdentity {
        &self.identity
    }

    fn score(&self, question: String, passages: Vec<String>) -> BoxStream<'_, Result<Vec<PairScore>, Failure>> {
        let ids = |tokens: &Tokens, text: &String| tokens.ids(text);
        self.submit(question, passages, ids)
    }

    fn as_pretokenized(&self) -> Option<&dyn PretokenizedReranker> {
        Some(self)
    }

    fn truncated_at(&self, question: &str, passage: &str) -> Option<usize> {
        self.tokens.truncated_at(question, passage, self.identity.max_tokens)
    }
}

impl PretokenizedReranker for CrossEncoder {
    fn tokenizer(&self) -> &str {
        self.tokens.hash()
    }

    fn ids(&self, texts: &[&str]) -> Result<Vec<Vec<u32>>, Failure> {
        Ok(texts.iter().map(|text| self.tokens.ids(text)).collect::<Result<_, EncoderError>>()?)
    }

    fn max_passage_tokens(&self, question: usize) -> usize {
        self.tokens.share(question, self.identity.max_tokens).1.max(1)
    }

    fn score_ids(&self, question: Vec<u32>, passages: Vec<Vec<u32>>) -> BoxStream<'_, Result<Vec<PairScore>, Failure>> {
        self.submit(question, passages, |_, ids: &Vec<u32>| Ok(ids.clone()))
    }
}

impl CrossEncoder {
    /// Queues the scoring of passages; `ids` turns a text into tokens.
    fn submit<T: Send + Sync + 'static>(
        &self,
        question: T,
        passages: Vec<T>,
        ids: impl Fn(&Tokens, &T) -> Result<Vec<u32>, EncoderError> + Send + Sync + 'static,
    ) -> BoxStream<'_, Result<Vec<PairScore>, Failure>> {
        let (replies, received) = mpsc::unbounded();
        let (tokens, longest) = (self.tokens.clone(), self.identity.max_tokens);
        let total = passages.len();
        self.engine.submit(move |scorer| {
            let ids = |side: &T| ids(&tokens, side);
            let sides = Sides { tokens: &tokens, longest, question: &question, passages: &passages, ids: &ids };
            if let Err(error) = score(scorer, &sides, &replies)
                && error != EncoderError::Stopped
            {
                let _ = replies.unbounded_send(Err(error));
            }
        });
        complete(received, total).boxed()
    }
}

/// Passes batches on, and adds an error if they end before all passages are scored.
pub(crate) fn complete(
    batches: mpsc::UnboundedReceiver<Result<Vec<PairScore>, EncoderError>>,
    total: usize,
) -> impl futures::Stream<Item = Result<Vec<PairScore>, Failure>> {
    futures::stream::unfold((batches, total), |(mut batches, left)| async move {
        match batches.next().await {
            Some(Ok(scores)) => {
                let left = left.saturating_sub(scores.len());
                Some((Ok(scores), (batches, left)))
            }
            Some(Err(error)) => Some((Err(error.into()), (batches, 0))),
            None if left > 0 => Some((Err(EncoderError::EngineGone.into()), (batches, 0))),
            None => None,
        }
    })
}

type Replies = mpsc::UnboundedSender<Result<Vec<PairScore>, EncoderError>>;

/// The question and the passages to score, as texts or as token ids.
struct Sides<'a, T> {
    tokens: &'a Tokens,
    longest: usize,
    question: &'a T,
    passages: &'a [T],
    ids: &'a (dyn Fn(&T) -> Result<Vec<u32>, EncoderError> + Sync),
}

/// Scores roughly in the order of the passages and sends each batch as soon as it is computed. Where batches are
/// padded, passages are sorted by length, except for the first few.
fn score<T: Sync>(scorer: &mut Scorer, sides: &Sides<'_, T>, replies: &Replies) -> Result<(), EncoderError> {
    let stop = || replies.is_closed();
    let question = (sides.ids)(sides.question)?;
    let pair = |passage: &T| Ok(sides.tokens.pair(&question, &(sides.ids)(passage)?, sides.longest));
    let mut limit = scorer.engine().pair_limit();
    let (usual, mut window) = (limit.sequences, FIRST_BATCH);
    limit.sequences = FIRST_BATCH;
    let pads = scorer.engine().pads();
    let mut begin = 0;
    let mut rest = sides.passages;
    while !rest.is_empty() {
        let (now, later) = rest.split_at(window.min(rest.len()));
        let pairs =
            scorer.engine().on_threads(|| now.par_iter().map(pair).collect::<Result<Vec<Pair>, EncoderError>>())?;
        let mut order: Vec<usize> = (0..pairs.len()).collect();
        if pads {
            order.sort_by_key(|place| pairs[*place].sequence.ids.len());
        }
        let mut left = order.as_slice();
        while !left.is_empty() {
            if stop() {
                return Err(EncoderError::Stopped);
            }
            let lengths = left.iter().map(|place| pairs[*place].sequence.ids.len());
            let (batch, after) = left.split_at(limit.take(lengths));
            let sequences: Vec<_> = batch.iter().map(|place| pairs[*place].sequence.clone()).collect();
            let index = |place: usize| begin + batch[place];
            let logits = scorer.logits_unless(&sequences, &stop).map_err(|error| indexed_among_all(error, index))?;
            let scores = batch.iter().zip(logits).map(|(place, logit)| PairScore {
                index: begin + place,
                logit,
                tokens_read: pairs[*place].tokens_read as u32,
                tokens_total: pairs[*place].tokens_total as u32,
            });
            let _ = replies.unbounded_send(Ok(scores.collect()));
            left = after;
        }
        begin += pairs.len();
        (rest, window, limit.sequences) = (later, if pads { usize::MAX } else { WINDOW }, usual);
    }
    Ok(())
}

/// The error with the index of the text among all, where it has the index in the batch.
fn indexed_among_all(error: EncoderError, index_of: impl Fn(usize) -> usize) -> EncoderError {
    match error {
        EncoderError::NotANumber { index, value } => EncoderError::NotANumber { index: index_of(index), value },
        other => other,
    }
}
