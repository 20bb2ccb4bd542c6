//! The classification head: one vector to one logit.

use candle_core::cpu::erf::erf_f32;

use crate::EncoderError;
use crate::config::{EncoderConfig, Family};
use crate::cpu::{Isa, Panels, Rows, RowsMut};
use crate::weights::Weights;

/// A dense layer, an activation, a norm in ModernBERT alone, and a linear layer to one number.
///
/// BERT calls the first half its pooler and XLM-RoBERTa has both halves in the head; the arithmetic is the same
/// (transformers `BertPooler`, `XLMRobertaClassificationHead`). DistilBERT has a ReLU between the two, DeBERTa-v2
/// and ModernBERT have a GELU (`ContextPooler`, `ModernBertPredictionHead`).
pub(crate) struct Head {
    dense: Panels,
    activation: Activation,
    /// Scale and epsilon of the norm.
    norm: Option<(Vec<f32>, f32)>,
    last: Vec<f32>,
    bias: f32,
    hidden: usize,
}

impl Head {
    /// Reads the head's weights; a head with several outputs is an error.
    pub fn load(isa: Isa, weights: &Weights, config: &EncoderConfig) -> Result<Self, EncoderError> {
        let hidden = config.hidden;
        let square = [hidden, hidden];
        let outside = |name: &str| -> Result<_, EncoderError> {
            let dense = weights.outside(&format!("{name}.weight"), &square)?;
            Ok((dense, weights.outside(&format!("{name}.bias"), &[hidden])?))
        };
        let ((dense, dense_bias), activation, last) = match config.family {
            Family::Bert => {
                let dense = weights.encoder("pooler.dense.weight", &square)?;
                ((dense, weights.encoder("pooler.dense.bias", &[hidden])?), Activation::Tanh, "classifier")
            }
            Family::XlmRoberta => (outside("classifier.dense")?, Activation::Tanh, "classifier.out_proj"),
            Family::DistilBert => (outside("pre_classifier")?, Activation::Relu, "classifier"),
            Family::DebertaV2 => (outside("pooler.dense")?, Activation::Gelu, "classifier"),
            Family::Qwen3 => return Err(EncoderError::Unsupported { part: "a classification head on Qwen3".into() }),
            // Without a bias: configurations that ask for one are refused.
            Family::ModernBert => {
                let dense = weights.outside("head.dense.weight", &square)?;
                ((dense, vec![0.0; hidden]), Activation::Gelu, "classifier")
            }
        };
        let norm = match config.family {
            Family::ModernBert => Some((weights.outside("head.norm.weight", &[hidden])?, config.epsilon)),
            _ => None,
        };
        let bias = weights.outside(&format!("{last}.bias"), &[1])?;
        Ok(Self {
            dense: Panels::new(isa, &dense, &dense_bias, hidden),
            activation,
            norm,
            last: weights.outside(&format!("{last}.weight"), &[1, hidden])?,
            bias: bias.iter().sum(),
            hidden,
        })
    }

    /// Pooled vectors, `[sequences, hidden]`, to one logit each.
    pub fn logits(&self, pooled: &[f32]) -> Result<Vec<f32>, EncoderError> {
        let mut dense = vec![0.0; pooled.len()];
        let from = Rows { data: pooled, stride: self.hidden };
        self.dense.multiply(pooled.len() / self.hidden, from, RowsMut { data: &mut dense, stride: self.hidden });
        let rows = dense.chunks_exact_mut(self.hidden).enumerate();
        rows.map(|(index, row)| {
            row.iter_mut().for_each(|value| *value = self.activation.of(*value));
            if let Some((scale, epsilon)) = &self.norm {
                normalise(row, scale, *epsilon);
            }
            let sum: f32 = row.iter().zip(&self.last).map(|(value, weight)| value * weight).sum();
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

#[derive(Debug, Clone, Copy)]
enum Activation {
    Tanh,
    Relu,
    Gelu,
}

impl Activation {
    fn of(self, value: f32) -> f32 {
        match self {
            Activation::Tanh => value.tanh(),
            Activation::Relu => value.max(0.0),
            Activation::Gelu => 0.5 * value * (1.0 + erf_f32(value * std::f32::consts::FRAC_1_SQRT_2)),
        }
    }
}

/// Mean zero and variance one, times a scale.
fn normalise(row: &mut [f32], scale: &[f32], epsilon: f32) {
    let mean = row.iter().sum::<f32>() / row.len() as f32;
    let variance = row.iter().map(|value| (value - mean).powi(2)).sum::<f32>() / row.len() as f32;
    let factor = 1.0 / (variance + epsilon).sqrt();
    row.iter_mut().zip(scale).for_each(|(value, scale)| *value = (*value - mean) * factor * scale);
}
