//! Configurations of the families that have a body of their own.

use super::deberta;
use super::decoder;
use super::family::Family;
use super::modern_bert;
use super::pooling::Pooling;
use crate::EncoderError;
use crate::folder::ModelFolder;

/// What a body of its own needs of `config.json` beyond the common shape of encoders.
#[derive(Debug, Clone)]
pub(crate) enum PerSequenceConfig {
    ModernBert(modern_bert::Config),
    DebertaV2(Box<deberta::Config>),
    Qwen3(Box<decoder::Config>),
}

impl PerSequenceConfig {
    /// Reads the family's fields; `None` for the families that share BERT's body.
    pub fn read(family: Family, folder: &ModelFolder) -> Result<Option<Self>, EncoderError> {
        match family {
            Family::Bert | Family::XlmRoberta | Family::DistilBert => Ok(None),
            Family::ModernBert => Ok(Some(Self::ModernBert(modern_bert::Config::read(folder)?))),
            Family::Qwen3 => Ok(Some(Self::Qwen3(Box::new(decoder::Config::read(folder)?)))),
            Family::DebertaV2 => Ok(Some(Self::DebertaV2(Box::new(deberta::read(folder)?)))),
        }
    }

    /// The epsilon of layer norms, where the family has a field of its own for it.
    pub fn epsilon(&self) -> Option<f32> {
        match self {
            Self::ModernBert(config) => Some(config.epsilon()),
            Self::Qwen3(config) => Some(config.epsilon()),
            Self::DebertaV2(_) => None,
        }
    }

    /// Which vector of a sequence the family's classifier reads.
    pub fn classifier_pooling(&self) -> Pooling {
        match self {
            Self::ModernBert(config) => config.classifier_pooling,
            Self::DebertaV2(_) => Pooling::Cls,
            Self::Qwen3(_) => Pooling::Last,
        }
    }
}
