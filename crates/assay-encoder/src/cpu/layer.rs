//! One layer of the encoder: its weights, and its work on a block of rows.

use super::attention::{AttentionScratch, Heads};
use super::gelu::gelu;
use super::matrix::{Rows, RowsMut};
use super::norm::{Norm, add_and_normalise};
use super::{Floats, Isa, Panels};
use crate::EncoderError;
use crate::config::EncoderConfig;
use crate::weights::Weights;

/// Weights of one layer.
pub(crate) struct Layer {
    isa: Isa,
    heads: Heads,
    /// Queries, keys and values side by side, `[hidden, 3 * hidden]`.
    projection: Panels,
    output: Panels,
    output_norm: Norm,
    up: Panels,
    down: Panels,
    down_norm: Norm,
}

/// Memory for one thread.
#[derive(Default)]
pub(crate) struct Scratch {
    pub attention: AttentionScratch,
    pub context: Floats,
    narrow: Floats,
    wide: Floats,
}

impl Layer {
    /// Reads layer `index`.
    pub fn load(isa: Isa, weights: &Weights, config: &EncoderConfig, index: usize) -> Result<Self, EncoderError> {
        let (hidden, wide) = (config.hidden, config.intermediate);
        let read = |name: &str, shape: &[usize]| weights.encoder(&format!("encoder.layer.{index}.{name}"), shape);
        let linear = |name: &str, depth: usize, columns: usize| {
            let weight = read(&format!("{name}.weight"), &[columns, depth])?;
            Ok(Panels::new(isa, &weight, &read(&format!("{name}.bias"), &[columns])?, depth))
        };
        let norm = |name: &str| {
            let scale = read(&format!("{name}.LayerNorm.weight"), &[hidden])?;
            Ok(Norm { scale, shift: read(&format!("{name}.LayerNorm.bias"), &[hidden])?, epsilon: config.epsilon })
        };
        let (mut weight, mut bias) = (Vec::new(), Vec::new());
        for name in ["query", "key", "value"] {
            weight.extend(read(&format!("attention.self.{name}.weight"), &[hidden, hidden])?);
            bias.extend(read(&format!("attention.self.{name}.bias"), &[hidden])?);
        }
        // The division of the scores by the root of the head's width is done here, once.
        let factor = 1.0 / ((hidden / config.heads) as f32).sqrt();
        weight[..hidden * hidden].iter_mut().chain(&mut bias[..hidden]).for_each(|value| *value *= factor);
        Ok(Self {
            isa,
            heads: Heads { hidden, heads: config.heads },
            projection: Panels::new(isa, &weight, &bias, hidden),
            output: linear("attention.output.dense", hidden, hidden)?,
            output_norm: norm("attention.output")?,
            up: linear("intermediate.dense", hidden, wide)?,
            down: linear("output.dense", wide, hidden)?,
            down_norm: norm("output")?,
        })
    }

    /// The model's width and number of heads.
    pub fn heads(&self) -> Heads {
        self.heads
    }

    /// Queries, keys and values of rows: `[rows, hidden]` to `[rows, 3 * hidden]`.
    pub fn project(&self, rows: &[f32], projected: &mut [f32]) {
        self.project_columns(rows, projected, 0..3 * self.heads.hidden);
    }

    /// Keys and values alone where that saves work; the queries' place holds anything.
    pub fn project_keys_and_values(&self, rows: &[f32], projected: &mut [f32]) {
        let hidden = self.heads.hidden;
        let start = if hidden.is_multiple_of(self.isa.width()) { hidden } else { 0 };
        self.project_columns(rows, projected, start..3 * hidden);
    }

    /// Queries alone: `[rows, hidden]` to `[rows, hidden]`.
    pub fn project_queries(&self, rows: &[f32], queries: &mut [f32]) {
        let hidden = self.heads.hidden;
        let out = RowsMut { data: queries, stride: hidden };
        self.projection.multiply_columns(rows.len() / hidden, Rows { data: rows, stride: hidden }, out, 0..hidden);
    }

    /// Everything after attention: `rows`, `[rows, hidden]`, are replaced by the layer's result.
    /// The rows' context is in `scratch`.
    pub fn finish(&self, rows: &mut [f32], scratch: &mut Scratch) {
        let hidden = self.heads.hidden;
        let wide = self.up.columns();
        let count = rows.len() / hidden;
        scratch.narrow.fit(rows.len());
        scratch.wide.fit(count * wide);

        let narrow = RowsMut { data: &mut scratch.narrow, stride: hidden };
        self.output.multiply(count, Rows { data: &scratch.context, stride: hidden }, narrow);
        add_and_normalise(self.isa, rows, &scratch.narrow, &self.output_norm);

        let middle = RowsMut { data: &mut scratch.wide, stride: wide };
        self.up.multiply(count, Rows { data: rows, stride: hidden }, middle);
        gelu(self.isa, &mut scratch.wide);
        let narrow = RowsMut { data: &mut scratch.narrow, stride: hidden };
        self.down.multiply(count, Rows { data: &scratch.wide, stride: wide }, narrow);
        add_and_normalise(self.isa, rows, &scratch.narrow, &self.down_norm);
    }

    fn project_columns(&self, rows: &[f32], projected: &mut [f32], columns: std::ops::Range<usize>) {
        let hidden = self.heads.hidden;
        let out = RowsMut { data: projected, stride: 3 * hidden };
        let from = Rows { data: rows, stride: hidden };
        self.projection.multiply_columns(rows.len() / hidden, from, out, columns);
    }
}
