//! Encoders with bodies of their own: one sequence at a time, so that nothing is padded or masked.

use candle_core::{Device, Tensor};

use super::deberta::{self, Deberta};
use super::modern_bert::{self, ModernBert};
use crate::EncoderError;
use crate::batch::TokenSequence;
use crate::config::Family;
use crate::engine::Pooling;
use crate::folder::ModelFolder;
use crate::padded::device_failed;
use crate::weights::Weights;

/// What a body needs beyond the common shape of encoders.
#[derive(Debug, Clone)]
pub(crate) enum OwnConfig {
    ModernBert(modern_bert::Config),
    DebertaV2(Box<deberta::Config>),
}

/// A body with its device and its threads.
pub(crate) struct Apart {
    body: Body,
    device: Device,
    threads: rayon::ThreadPool,
}

enum Body {
    ModernBert(ModernBert),
    DebertaV2(Box<Deberta>),
}

impl OwnConfig {
    /// Reads what the family wants of `config.json`; `None` for the families of one body.
    pub fn read(family: Family, folder: &ModelFolder) -> Result<Option<Self>, EncoderError> {
        match family {
            Family::Bert | Family::XlmRoberta | Family::DistilBert => Ok(None),
            Family::ModernBert => Ok(Some(Self::ModernBert(modern_bert::Config::read(folder)?))),
            Family::DebertaV2 => Ok(Some(Self::DebertaV2(Box::new(deberta::read(folder)?)))),
        }
    }

    /// What is added to the variance in norms, where the family says it in its own way.
    pub fn epsilon(&self) -> Option<f32> {
        match self {
            Self::ModernBert(config) => Some(config.epsilon()),
            Self::DebertaV2(_) => None,
        }
    }

    /// Which vector of a sequence a classifier of the family reads.
    pub fn classifier_pooling(&self) -> Pooling {
        match self {
            Self::ModernBert(config) => config.classifier_pooling,
            Self::DebertaV2(_) => Pooling::Cls,
        }
    }
}

impl Apart {
    /// Reads the weights, in f32.
    pub fn load(config: &OwnConfig, weights: &Weights, device: &Device, threads: usize) -> Result<Self, EncoderError> {
        let body = match config {
            OwnConfig::ModernBert(config) => Body::ModernBert(ModernBert::load(config, weights, device)?),
            OwnConfig::DebertaV2(config) => Body::DebertaV2(Box::new(deberta::load(config, weights, device)?)),
        };
        Ok(Self { body, device: device.clone(), threads: threads_of(threads)? })
    }

    /// The threads, for work that comes before and after the body.
    pub fn threads(&self) -> &rayon::ThreadPool {
        &self.threads
    }

    /// The vectors of all tokens of each sequence, `[tokens, hidden]`. Looks at `stop` before each.
    pub fn states(
        &self,
        sequences: &[TokenSequence],
        stop: &(dyn Fn() -> bool + Sync),
    ) -> Result<Vec<Vec<f32>>, EncoderError> {
        let one = |sequence: &TokenSequence| {
            if stop() {
                return Err(EncoderError::Stopped);
            }
            let states = self.threads.install(|| self.forward(sequence)?.flatten_all()?.to_vec1());
            states.map_err(|error| device_failed(&self.device, &error))
        };
        sequences.iter().map(one).collect()
    }

    fn forward(&self, sequence: &TokenSequence) -> candle_core::Result<Tensor> {
        let ids = Tensor::new(sequence.ids.as_slice(), &self.device)?.unsqueeze(0)?;
        match &self.body {
            Body::ModernBert(body) => body.forward(&ids),
            Body::DebertaV2(body) => {
                let types = Tensor::new(sequence.types.as_slice(), &self.device)?.unsqueeze(0)?;
                body.forward(&ids, Some(types), None)
            }
        }
    }
}

/// Threads of which candle's operations take no more than were given.
pub(crate) fn threads_of(threads: usize) -> Result<rayon::ThreadPool, EncoderError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).thread_name(|n| format!("body {n}"));
    pool.build().map_err(|error| EncoderError::Device { device: "cpu".into(), reason: error.to_string() })
}
