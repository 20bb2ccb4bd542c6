//! A sequence classifier from token ids to logits.

use std::path::Path;

use crate::EncoderError;
use crate::batch::TokenSequence;
use crate::config::{EncoderConfig, PerSequenceConfig, Pooling, Role};
use crate::cpu::Isa;
use crate::engine::{EncoderOptions, Engine};
use crate::folder::ModelFolder;
use crate::head::Head;
use crate::weights::Weights;

/// A sequence classifier from token ids to logits, without a tokenizer and without a thread of its own.
pub struct Scorer {
    engine: Engine,
    head: Head,
    config: EncoderConfig,
}

impl Scorer {
    /// Reads the weights of a folder, which needs no tokenizer for this.
    pub fn open(folder: &Path, options: EncoderOptions) -> Result<Self, EncoderError> {
        let folder = ModelFolder::open(folder)?;
        let config = EncoderConfig::read(&folder, Role::Reranker)?;
        let weights = Weights::open(&folder, &config)?;
        let head = Head::load(Isa::best(), &weights, &config)?;
        let pooling = config.per_sequence.as_ref().map_or(Pooling::Cls, PerSequenceConfig::classifier_pooling);
        let engine = Engine::load(&weights, &config, pooling, options)?;
        Ok(Self { engine, head, config })
    }

    /// One logit per sequence, all in one batch.
    pub fn logits(&mut self, sequences: &[TokenSequence]) -> Result<Vec<f32>, EncoderError> {
        self.logits_unless(sequences, &|| false)
    }

    /// Most tokens of a sequence.
    pub fn longest(&self) -> usize {
        self.config.longest()
    }

    /// As [`Self::logits`]; fails with [`EncoderError::Stopped`] once `stop` is true.
    pub(crate) fn logits_unless(
        &mut self,
        sequences: &[TokenSequence],
        stop: &(dyn Fn() -> bool + Sync),
    ) -> Result<Vec<f32>, EncoderError> {
        self.head.logits(&self.engine.pooled(sequences, stop)?)
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }
}
