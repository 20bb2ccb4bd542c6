//! How token vectors become one vector.

use crate::EncoderError;
use crate::folder::{ModelFolder, PoolingFile};

/// How token vectors become one vector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pooling {
    /// The first token's.
    Cls,
    /// The mean over all real tokens.
    Mean,
    /// The last token's.
    Last,
}

impl Pooling {
    /// The pooling of `1_Pooling/config.json`; the mean where there is no such file.
    pub fn read(folder: &ModelFolder) -> Result<Self, EncoderError> {
        folder.pooling()?.map_or(Ok(Self::Mean), Self::of)
    }

    /// `cls`, `mean`, `last`.
    pub fn name(self) -> &'static str {
        match self {
            Pooling::Cls => "cls",
            Pooling::Mean => "mean",
            Pooling::Last => "last",
        }
    }

    fn of(file: PoolingFile) -> Result<Self, EncoderError> {
        let others = [
            (file.pooling_mode_max_tokens, "max pooling"),
            (file.pooling_mode_mean_sqrt_len_tokens, "pooling by the root of the length"),
            (file.pooling_mode_weightedmean_tokens, "weighted mean pooling"),
        ];
        if let Some((_, part)) = others.into_iter().find(|(set, _)| *set) {
            return Err(EncoderError::Unsupported { part: part.to_string() });
        }
        match (file.pooling_mode_cls_token, file.pooling_mode_mean_tokens, file.pooling_mode_lasttoken) {
            (true, false, false) => Ok(Pooling::Cls),
            (false, false, true) => Ok(Pooling::Last),
            (false, _, false) => Ok(Pooling::Mean),
            _ => Err(EncoderError::Unsupported { part: "two poolings at once".into() }),
        }
    }
}
