//! The classification head: one vector to one logit.

use crate::EncoderError;
use crate::config::{EncoderConfig, Family};
use crate::cpu::{Isa, Panels, Rows, RowsMut};
use crate::weights::Weights;

/// Dense, tanh, linear to one number.
///
/// BERT calls the first half its pooler and XLM-RoBERTa keeps both halves in the head; the
/// arithmetic is the same (transformers `BertPooler`, `XLMRobertaClassificationHead`).
pub(crate) struct Head {
    dense: Panels,
    last: Vec<f32>,
    bias: f32,
    hidden: usize,
}

impl Head {
    /// Reads the head's weights; a head with several outputs is an error.
    pub fn load(isa: Isa, weights: &Weights, config: &EncoderConfig) -> Result<Self, EncoderError> {
        let hidden = config.hidden;
        let (dense, dense_bias, last) = match config.family {
            Family::Bert => {
                let dense = weights.encoder("pooler.dense.weight", &[hidden, hidden])?;
                (dense, weights.encoder("pooler.dense.bias", &[hidden])?, "classifier")
            }
            Family::XlmRoberta => {
                let dense = weights.outside("classifier.dense.weight", &[hidden, hidden])?;
                (dense, weights.outside("classifier.dense.bias", &[hidden])?, "classifier.out_proj")
            }
        };
        let bias = weights.outside(&format!("{last}.bias"), &[1])?;
        Ok(Self {
            dense: Panels::new(isa, &dense, &dense_bias, hidden),
            last: weights.outside(&format!("{last}.weight"), &[1, hidden])?,
            bias: bias.iter().sum(),
            hidden,
        })
    }

    /// Vectors of first tokens, `[sequences, hidden]`, to one logit each.
    pub fn logits(&self, pooled: &[f32]) -> Result<Vec<f32>, EncoderError> {
        let mut dense = vec![0.0; pooled.len()];
        let from = Rows { data: pooled, stride: self.hidden };
        self.dense.multiply(pooled.len() / self.hidden, from, RowsMut { data: &mut dense, stride: self.hidden });
        let rows = dense.chunks_exact(self.hidden).enumerate();
        rows.map(|(index, row)| {
            let sum: f32 = row.iter().zip(&self.last).map(|(value, weight)| value.tanh() * weight).sum();
            let logit = sum + self.bias;
            if logit.is_finite() {
                Ok(logit)
            } else {
                Err(EncoderError::NotANumber { index, value: logit.to_string() })
            }
        })
        .collect()
    }
}
