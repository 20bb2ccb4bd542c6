//! An encoder on the chosen device: token sequences to vectors.

use std::sync::Arc;
use std::time::{Duration, Instant};

use candle_core::DType;

use crate::EncoderError;
use crate::backend::{Backend, BatchLimit, Limits, Wanted};
use crate::batch::{Batch, TokenSequence};
use crate::config::{EncoderConfig, Pooling};
use crate::counters::Tally;
use crate::cpu::{Isa, PackedEncoder};
use crate::device::{self, DeviceChoice};
use crate::families::per_sequence::PerSequence;
use crate::precision::Precision;
use crate::tensor_encoder::TensorEncoder;
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

/// Token sequences to vectors.
pub(crate) struct Engine {
    config: EncoderConfig,
    backend: Box<dyn Backend>,
    pooling: Pooling,
    device: String,
    precision: Precision,
    in_use: assay_domain::Precision,
    tally: Arc<Tally>,
    /// Tokens and seconds of the last batches, the latest with the most weight.
    pace: (f64, f64),
    /// Most tokens that the device's memory has held since a larger batch was too much.
    held: Option<usize>,
}

/// Longest time that one batch of texts should take: what a question waits for in the worst case.
const SLICE: Duration = Duration::from_millis(100);
/// Fewest tokens of a batch of texts on the processor: fewer do not fill the cores' blocks of rows.
const FEWEST: usize = 192;

impl Engine {
    /// Reads the weights onto the device of the options. A device other than the processor is tested first.
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
        let mut in_use = match precision {
            Precision::Auto | Precision::F32 => assay_domain::Precision::F32,
            Precision::Bf16 => assay_domain::Precision::Bf16,
            Precision::Int8 => assay_domain::Precision::Int8,
        };
        let mut backend: Box<dyn Backend> = if let Some(body) = &config.per_sequence {
            Box::new(PerSequence::load(body, weights, &chosen.device, threads)?)
        } else if chosen.device.is_cpu() {
            let arithmetic = precision.arithmetic()?;
            Box::new(PackedEncoder::load(Isa::best(), arithmetic, threads, weights, config)?)
        } else {
            in_use = assay_domain::Precision::F16;
            Box::new(TensorEncoder::load(&chosen.device, DType::F16, weights, config)?)
        };
        if !chosen.device.is_cpu() {
            self_test(backend.as_mut(), config)?;
        }
        Ok(Self { device: chosen.description, precision, in_use, ..Self::of(backend, config, pooling) })
    }

    /// An engine on a backend in f32.
    pub fn of(backend: Box<dyn Backend>, config: &EncoderConfig, pooling: Pooling) -> Self {
        Self {
            config: config.clone(),
            device: backend.name().to_string(),
            backend,
            pooling,
            precision: Precision::F32,
            in_use: assay_domain::Precision::F32,
            tally: Arc::default(),
            pace: (0.0, 0.0),
            held: None,
        }
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
        self.in_use
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
        self.run(sequences, Wanted::Pooled(self.pooling), stop)
    }

    /// The vectors of all tokens of each sequence, `[tokens, hidden]` each.
    pub fn states(
        &mut self,
        sequences: &[TokenSequence],
        stop: &(dyn Fn() -> bool + Sync),
    ) -> Result<Vec<Vec<f32>>, EncoderError> {
        let all = self.run(sequences, Wanted::States, stop)?;
        let mut rest = all.as_slice();
        let split = |sequence: &TokenSequence| {
            let (states, behind) = rest.split_at(sequence.ids.len() * self.config.hidden);
            rest = behind;
            states.to_vec()
        };
        Ok(sequences.iter().map(split).collect())
    }

    /// Computes one batch, or two of half its size where the device's memory does not hold it.
    fn run(
        &mut self,
        sequences: &[TokenSequence],
        wanted: Wanted,
        stop: &(dyn Fn() -> bool + Sync),
    ) -> Result<Vec<f32>, EncoderError> {
        let batch = Batch::pack(sequences, &self.config)?;
        let begun = Instant::now();
        match self.backend.run(&batch, wanted, stop) {
            Err(error) if error.is_out_of_memory() && sequences.len() > 1 => {
                self.held = Some(batch.tokens() / 2);
                let (front, back) = sequences.split_at(sequences.len() / 2);
                let mut computed = self.run(front, wanted, stop)?;
                computed.extend(self.run(back, wanted, stop)?);
                Ok(computed)
            }
            Err(error) => Err(error),
            Ok(computed) => {
                self.tally.add(batch.tokens(), batch.tokens());
                let (tokens, seconds) = self.pace;
                let now = begun.elapsed().as_secs_f64();
                self.pace = (0.7 * tokens + batch.tokens() as f64, 0.7 * seconds + now);
                Ok(computed)
            }
        }
    }

    /// Runs work on the encoder's threads, so that it takes no more of them than the options allow.
    pub fn on_threads<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        match self.backend.threads() {
            Some(threads) => threads.install(work),
            None => work(),
        }
    }

    /// The limit of one batch of pairs. It is small on a processor, where a larger batch is not faster, while each
    /// batch is a result on the screen and a chance to stop. The tokens bound the memory.
    pub fn pair_limit(&self) -> BatchLimit {
        self.within_memory(self.backend.limits().pairs)
    }

    /// The limit of one batch of texts. On a processor it is as many tokens as take [`SLICE`] at the pace so far, so
    /// that a question does not wait long behind a large model. A text by itself may take longer.
    pub fn text_limit(&self) -> BatchLimit {
        let Limits { texts, by_pace, .. } = self.backend.limits();
        if !by_pace {
            return self.within_memory(texts);
        }
        let (tokens, seconds) = self.pace;
        let a_second = if seconds > 0.0 { tokens / seconds } else { 0.0 };
        let tokens = (a_second * SLICE.as_secs_f64()) as usize;
        self.within_memory(BatchLimit { tokens: tokens.clamp(FEWEST, texts.tokens), ..texts })
    }

    fn within_memory(&self, limit: BatchLimit) -> BatchLimit {
        BatchLimit { tokens: self.held.map_or(limit.tokens, |held| held.min(limit.tokens)), ..limit }
    }
}

/// Tests a backend on short and long sequences, together and each by itself.
pub(crate) fn self_test(backend: &mut dyn Backend, config: &EncoderConfig) -> Result<(), EncoderError> {
    let vocabulary = config.vocabulary as u32;
    let sequence = |length: usize| {
        let ids: Vec<u32> = (0..length as u32).map(|place| place * 7919 % vocabulary).collect();
        TokenSequence { types: vec![0; ids.len()], ids }
    };
    let lengths = [3, 40, 512, 500, 17].map(|length| length.min(config.longest()));
    let sequences: Vec<TokenSequence> = lengths.into_iter().map(sequence).collect();
    let alone = sequences.chunks(1).map(|alone| Batch::pack(alone, config)).collect::<Result<Vec<_>, _>>()?;
    backend.self_test(&Batch::pack(&sequences, config)?, &alone)
}
