//! An encoder on the chosen device: token sequences to vectors.

use std::sync::Arc;
use std::time::{Duration, Instant};

use candle_core::DType;

use crate::EncoderError;
use crate::batch::{Batch, TokenSequence};
use crate::config::{EncoderConfig, Pooling};
use crate::counters::Tally;
use crate::cpu::{Isa, PackedEncoder};
use crate::device::{self, DeviceChoice};
use crate::families::per_sequence::PerSequence;
use crate::padded::{self, PaddedEncoder};
use crate::precision::Precision;
use crate::weights::Weights;

/// How an encoder runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EncoderOptions {
    /// Where it runs.
    pub device: DeviceChoice,
    /// Threads on the processor; `None` means all physical cores.
    pub threads: Option<usize>,
    /// Precision of the linear layers on a processor. A graphics card computes in f16.
    pub precision: Precision,
}

/// Threads on the processor by default: its physical cores.
pub fn usual_threads() -> usize {
    candle_core::utils::get_num_threads()
}

enum Encoder {
    Packed(Box<PackedEncoder>),
    Padded(Box<PaddedEncoder>),
    PerSequence(PerSequence),
}

/// Token sequences to vectors.
pub(crate) struct Engine {
    config: EncoderConfig,
    encoder: Encoder,
    pooling: Pooling,
    device: String,
    precision: Precision,
    tally: Arc<Tally>,
    /// Tokens and seconds of the last batches, the latest with the most weight.
    pace: (f64, f64),
}

/// Longest time that one batch of texts should take: what a question waits for in the worst case.
const SLICE: Duration = Duration::from_millis(100);
/// Fewest and most tokens of a batch of texts on the processor. Fewer do not fill the cores' blocks of rows, and more
/// are not faster.
const TEXT_TOKENS: (usize, usize) = (192, 2048);

/// Most sequences and tokens of one batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BatchLimit {
    pub sequences: usize,
    pub tokens: usize,
}

impl Engine {
    /// Reads the weights onto the device of the options.
    pub fn load(
        weights: &Weights,
        config: &EncoderConfig,
        pooling: Pooling,
        options: EncoderOptions,
    ) -> Result<Self, EncoderError> {
        let threads = options.threads.unwrap_or_else(usual_threads).max(1);
        let wanted = match options.precision {
            // No trial has chosen one, or the body has no other.
            Precision::Auto => Precision::F32,
            precision if config.per_sequence.is_some() && precision != Precision::F32 => {
                return Err(EncoderError::Unsupported {
                    part: format!("{} for this family of models", precision.name()),
                });
            }
            precision => precision,
        };
        let chosen = device::choose(options.device, threads, wanted)?;
        // A card computes in f16 alone.
        let precision = if chosen.device.is_cpu() { wanted } else { Precision::F32 };
        let encoder = if let Some(body) = &config.per_sequence {
            Encoder::PerSequence(PerSequence::load(body, weights, &chosen.device, threads)?)
        } else if chosen.device.is_cpu() {
            let arithmetic = precision.arithmetic()?;
            Encoder::Packed(Box::new(PackedEncoder::load(Isa::best(), arithmetic, threads, weights, config)?))
        } else {
            Encoder::Padded(Box::new(PaddedEncoder::load(&chosen.device, DType::F16, weights, config)?))
        };
        Ok(Self {
            config: config.clone(),
            encoder,
            pooling,
            device: chosen.description,
            precision,
            tally: Arc::default(),
            pace: (0.0, 0.0),
        })
    }

    /// The device, for people.
    pub fn device(&self) -> &str {
        &self.device
    }

    /// The precision in use: never `Auto`.
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// The arithmetic of the linear layers: f16 on a card.
    pub fn precision_in_use(&self) -> assay_domain::Precision {
        match (&self.encoder, self.precision) {
            (Encoder::Padded(_), _) => assay_domain::Precision::F16,
            (_, Precision::Auto | Precision::F32) => assay_domain::Precision::F32,
            (_, Precision::Bf16) => assay_domain::Precision::Bf16,
            (_, Precision::Int8) => assay_domain::Precision::Int8,
        }
    }

    /// The counters, for another thread to read.
    pub fn tally(&self) -> Arc<Tally> {
        self.tally.clone()
    }

    /// One vector per sequence, `[sequences, hidden]`.
    pub fn pooled(
        &mut self,
        sequences: &[TokenSequence],
        stop: &(dyn Fn() -> bool + Sync),
    ) -> Result<Vec<f32>, EncoderError> {
        if self.pooling == Pooling::Last || matches!(self.encoder, Encoder::PerSequence(_)) {
            return Ok(self.states(sequences, stop)?.iter().flat_map(|states| self.pool(states)).collect());
        }
        let batch = Batch::pack(sequences, &self.config)?;
        let begun = Instant::now();
        let (pooled, computed) = match &mut self.encoder {
            Encoder::Packed(encoder) => (encoder.pooled(&batch, self.pooling, stop)?, batch.tokens()),
            Encoder::Padded(encoder) => (encoder.pooled(&batch, self.pooling, stop)?, padded::slots(&batch)),
            Encoder::PerSequence(_) => return Ok(Vec::new()),
        };
        self.count(batch.tokens(), computed, begun);
        Ok(pooled)
    }

    /// The vectors of all tokens of each sequence, `[tokens, hidden]` each.
    pub fn states(
        &mut self,
        sequences: &[TokenSequence],
        stop: &(dyn Fn() -> bool + Sync),
    ) -> Result<Vec<Vec<f32>>, EncoderError> {
        let batch = Batch::pack(sequences, &self.config)?;
        let hidden = self.config.hidden;
        let begun = Instant::now();
        let split =
            |all: &[f32]| batch.spans().map(|span| all[span.start * hidden..span.end * hidden].to_vec()).collect();
        let (states, computed) = match &mut self.encoder {
            Encoder::Packed(encoder) => {
                encoder.pooled(&batch, Pooling::Mean, stop)?;
                (split(encoder.states(batch.tokens())), batch.tokens())
            }
            Encoder::Padded(encoder) => (encoder.states(&batch, None, stop)?, padded::slots(&batch)),
            Encoder::PerSequence(body) => (body.states(sequences, stop)?, batch.tokens()),
        };
        self.count(batch.tokens(), computed, begun);
        Ok(states)
    }

    /// Counts a batch that has been computed.
    fn count(&mut self, real: usize, computed: usize, begun: Instant) {
        self.tally.add(real, computed);
        let (tokens, seconds) = self.pace;
        self.pace = (0.7 * tokens + real as f64, 0.7 * seconds + begun.elapsed().as_secs_f64());
    }

    fn pool(&self, states: &[f32]) -> Vec<f32> {
        let hidden = self.config.hidden;
        match self.pooling {
            Pooling::Cls => states.iter().take(hidden).copied().collect(),
            Pooling::Last => states.rchunks_exact(hidden).next().unwrap_or_default().to_vec(),
            Pooling::Mean => {
                let share = 1.0 / (states.len() / hidden) as f32;
                let column = |column: usize| states.iter().skip(column).step_by(hidden).sum::<f32>() * share;
                (0..hidden).map(column).collect()
            }
        }
    }

    /// Runs work on the encoder's threads, so that it takes no more of them than the options allow.
    pub fn on_threads<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        match &self.encoder {
            Encoder::Packed(encoder) => encoder.threads().install(work),
            Encoder::Padded(_) => work(),
            Encoder::PerSequence(body) => body.threads().install(work),
        }
    }

    /// Whether a batch costs as much as if all its sequences were as long as the longest.
    pub fn pads(&self) -> bool {
        matches!(self.encoder, Encoder::Padded(_))
    }

    /// The limit of one batch of pairs. It is small on a processor, where a larger batch is not faster, while each
    /// batch is a result on the screen and a chance to stop. The tokens bound the memory.
    pub fn pair_limit(&self) -> BatchLimit {
        match self.encoder {
            Encoder::Packed(_) | Encoder::PerSequence(_) => BatchLimit { sequences: 8, tokens: 2048 },
            Encoder::Padded(_) => BatchLimit { sequences: 32, tokens: 16_384 },
        }
    }

    /// The limit of one batch of texts. On a processor it is as many tokens as take [`SLICE`] at the pace so far, so that
    /// a question does not wait long behind a large model. A text by itself may take longer.
    pub fn text_limit(&self) -> BatchLimit {
        match self.encoder {
            Encoder::Packed(_) | Encoder::PerSequence(_) => {
                let (fewest, most) = TEXT_TOKENS;
                let (tokens, seconds) = self.pace;
                let tokens = if seconds > 0.0 { tokens / seconds * SLICE.as_secs_f64() } else { 0.0 } as usize;
                BatchLimit { sequences: 64, tokens: tokens.clamp(fewest, most) }
            }
            Encoder::Padded(_) => BatchLimit { sequences: 128, tokens: 32_768 },
        }
    }
}

impl BatchLimit {
    /// How many of the lengths from the front fit into one batch; at least one.
    pub fn take(self, lengths: impl Iterator<Item = usize>) -> usize {
        let mut tokens = 0;
        let fits = lengths.take(self.sequences).take_while(|length| {
            tokens += length;
            tokens <= self.tokens
        });
        fits.count().max(1)
    }
}
