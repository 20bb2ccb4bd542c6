//! The lexical score of bge-m3: a weight for every token, and the sum over shared tokens of the products.
//!
//! As in FlagEmbedding's `BGEM3FlagModel`: a weight is the ReLU of a linear layer, the greatest of a repeated
//! token, and 0 for special tokens.

use std::collections::HashMap;

use super::passage_scorer::{PassageScorer, ScorePassages, Scored, Stop};
use super::projection::Projection;
use crate::EncoderError;
use crate::batch::TokenSequence;
use crate::engine::Engine;
use crate::tokens::Tokens;

/// bge-m3 with its sparse head.
pub(crate) struct Lexical {
    engine: Engine,
    tokens: Tokens,
    projection: Projection,
    unused: Vec<u32>,
    longest: usize,
}

impl Lexical {
    /// bge-m3 on an opened encoder.
    pub fn new(engine: Engine, tokens: Tokens, projection: Projection, longest: usize) -> Self {
        let unused = ["<s>", "</s>", "<pad>", "<unk>"].iter().filter_map(|token| tokens.id(token)).collect();
        Self { engine, tokens, projection, unused, longest }
    }

    /// Weights by token of each text, how many of its tokens were read, and how many it has.
    fn weigh(&mut self, texts: &[String], stop: Stop) -> Result<Vec<(HashMap<u32, f32>, usize, usize)>, EncoderError> {
        let ids = texts.iter().map(|text| self.tokens.ids(text)).collect::<Result<Vec<_>, _>>()?;
        let sequences: Vec<_> = ids.iter().map(|ids| self.tokens.single(ids, self.longest)).collect();
        let states = self.engine.states(&sequences, stop)?;
        let space = self.longest.saturating_sub(self.tokens.single_frame());
        let texts = sequences.iter().zip(&states).zip(&ids);
        let weights =
            texts.map(|((sequence, states), ids)| (self.weights(sequence, states), ids.len().min(space), ids.len()));
        Ok(weights.collect())
    }

    fn weights(&self, sequence: &TokenSequence, states: &[f32]) -> HashMap<u32, f32> {
        let mut weights = HashMap::new();
        for (id, weight) in sequence.ids.iter().zip(self.projection.rows(states)) {
            // NaN stays, so that damaged weights are noticed.
            if !self.unused.contains(id) && (weight > 0.0 || weight.is_nan()) {
                let greatest: &mut f32 = weights.entry(*id).or_insert(weight);
                *greatest = greatest.max(weight);
            }
        }
        weights
    }
}

impl PassageScorer for Lexical {
    fn batch(&self) -> usize {
        self.engine.pair_limit().sequences
    }

    fn read_question<'a>(&'a mut self, question: &str, stop: Stop) -> Result<ScorePassages<'a>, EncoderError> {
        let question =
            self.weigh(&[question.to_string()], stop)?.pop().map(|(weights, ..)| weights).unwrap_or_default();
        Ok(Box::new(move |passages, stop| {
            let weighed = self.weigh(passages, stop)?.into_iter();
            let scored = weighed.map(|(passage, tokens_read, tokens_total)| {
                let mut shared: Vec<_> =
                    passage.iter().filter_map(|(id, b)| Some((id, question.get(id)? * b))).collect();
                // A hash map has no order; the same order of summing gives the same score.
                shared.sort_unstable_by_key(|(id, _)| **id);
                Scored { score: shared.iter().map(|(_, product)| product).sum(), tokens_read, tokens_total }
            });
            Ok(scored.collect())
        }))
    }
}
