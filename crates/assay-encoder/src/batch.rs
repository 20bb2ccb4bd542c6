//! Token sequences, and batches that hold several of them end to end.

use crate::EncoderError;
use crate::config::EncoderConfig;

/// The tokens of one text or one pair, special tokens included.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TokenSequence {
    /// Token ids.
    pub ids: Vec<u32>,
    /// Token types: 0, and 1 for the second text of a pair in families that distinguish them.
    pub types: Vec<u32>,
}

/// Sequences end to end, without padding.
#[derive(Debug, Clone)]
pub(crate) struct Batch {
    pub ids: Vec<u32>,
    pub types: Vec<u32>,
    /// Each token's row in the position table.
    pub positions: Vec<u32>,
    /// Cumulative lengths: index of each sequence's first token, followed by the number of tokens.
    pub cu_seqlens: Vec<usize>,
}

impl Batch {
    /// Puts the sequences end to end and checks every id against the tables of the model.
    pub fn pack(sequences: &[TokenSequence], config: &EncoderConfig) -> Result<Self, EncoderError> {
        let tokens = sequences.iter().map(|sequence| sequence.ids.len()).sum();
        let mut batch = Self {
            ids: Vec::with_capacity(tokens),
            types: Vec::with_capacity(tokens),
            positions: Vec::with_capacity(tokens),
            cu_seqlens: vec![0],
        };
        for sequence in sequences {
            check(sequence, config)?;
            batch.ids.extend_from_slice(&sequence.ids);
            batch.types.extend_from_slice(&sequence.types);
            batch.positions.extend((config.first_position as u32..).take(sequence.ids.len()));
            batch.cu_seqlens.push(batch.ids.len());
        }
        Ok(batch)
    }

    /// Number of tokens.
    pub fn tokens(&self) -> usize {
        self.ids.len()
    }

    /// Number of sequences.
    pub fn sequences(&self) -> usize {
        self.cu_seqlens.len() - 1
    }

    /// Rows of each sequence.
    pub fn spans(&self) -> impl ExactSizeIterator<Item = std::ops::Range<usize>> + '_ {
        self.cu_seqlens.windows(2).map(|ends| ends[0]..ends[1])
    }
}

fn check(sequence: &TokenSequence, config: &EncoderConfig) -> Result<(), EncoderError> {
    let fail = |reason: String| Err(EncoderError::TokensDoNotFit { reason });
    let length = sequence.ids.len();
    if length == 0 || length != sequence.types.len() {
        return fail(format!("a sequence has {length} tokens and {} token types", sequence.types.len()));
    }
    if length > config.longest() {
        return fail(format!("a sequence has {length} tokens and the model reads {}", config.longest()));
    }
    if let Some(id) = sequence.ids.iter().find(|id| **id as usize >= config.vocabulary) {
        return fail(format!("token {id} is not among the {} of the vocabulary", config.vocabulary));
    }
    if let Some(kind) = sequence.types.iter().find(|kind| **kind as usize >= config.types) {
        return fail(format!("token type {kind} is not among the {} of the model", config.types));
    }
    Ok(())
}
