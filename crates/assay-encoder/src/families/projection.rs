//! Linear layers on token vectors: the heads of ColBERT and bge-m3.

use crate::EncoderError;
use crate::cpu::{Isa, Panels, Rows, RowsMut};
use crate::folder::ModelFolder;
use crate::weights::Weights;

/// A linear layer `[columns, width]` with its bias.
pub(crate) struct Projection {
    panels: Panels,
    width: usize,
}

impl Projection {
    /// A layer in the model's weights, such as ColBERT's `linear`.
    pub fn from_weights(weights: &Weights, name: &str, width: usize) -> Result<Self, EncoderError> {
        Self::load(weights, &format!("{name}."), width)
    }

    /// A head of bge-m3 by its name, in the model's weights or in a file of its own; `None` if it is in neither.
    pub fn from_file(
        folder: &ModelFolder,
        weights: &Weights,
        name: &str,
        width: usize,
    ) -> Result<Option<Self>, EncoderError> {
        if weights.holds(&format!("{name}.weight")) {
            return Self::from_weights(weights, name, width).map(Some);
        }
        match folder.safetensors(name)? {
            Some(file) => Self::load(&Weights::of_files(&[file])?, "", width).map(Some),
            None => Ok(None),
        }
    }

    /// Width of the input.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Width of the output.
    pub fn columns(&self) -> usize {
        self.panels.columns()
    }

    /// Rows `[rows, width]` to `[rows, columns]`.
    pub fn rows(&self, states: &[f32]) -> Vec<f32> {
        let rows = states.len() / self.width;
        let mut out = vec![0.0; rows * self.columns()];
        let from = Rows { data: states, stride: self.width };
        self.panels.multiply(rows, from, RowsMut { data: &mut out, stride: self.columns() });
        out
    }

    /// As [`Self::rows`], with each row at length one.
    pub fn unit_rows(&self, states: &[f32]) -> Vec<f32> {
        let mut rows = self.rows(states);
        for row in rows.chunks_exact_mut(self.columns()) {
            // The smallest divisor is that of torch's `normalize`.
            let length = row.iter().map(|value| value * value).sum::<f32>().sqrt().max(1e-12);
            row.iter_mut().for_each(|value| *value /= length);
        }
        rows
    }

    fn load(weights: &Weights, prefix: &str, width: usize) -> Result<Self, EncoderError> {
        let weight = format!("{prefix}weight");
        let columns = weights.rows(&weight)?;
        let matrix = weights.outside(&weight, &[columns, width])?;
        let bias = format!("{prefix}bias");
        let bias = if weights.holds(&bias) { weights.outside(&bias, &[columns])? } else { vec![0.0; columns] };
        Ok(Self { panels: Panels::new(Isa::best(), &matrix, &bias, width), width })
    }
}
