//! Layer normalisation (Ba et al., 2016) after the residual connection, in f32.

use super::isa::{by_isa, join, multiply_add};

/// Scale, shift and epsilon of a layer norm.
pub(crate) struct Norm {
    pub scale: Vec<f32>,
    pub shift: Vec<f32>,
    pub epsilon: f32,
}

by_isa! {
    /// `values = norm(values + residual)`, row by row; all three are `[rows, hidden]`.
    fn add_and_normalise(values: &mut [f32], residual: &[f32], norm: &Norm) = add_and_normalise_body
}

const LANES: usize = 32;

#[inline(always)]
fn add_and_normalise_body<const FUSED: bool>(values: &mut [f32], residual: &[f32], norm: &Norm) {
    let width = norm.scale.len();
    for (row, residual) in values.chunks_exact_mut(width).zip(residual.chunks_exact(width)) {
        for (value, residual) in row.iter_mut().zip(residual) {
            *value += *residual;
        }
        let mean = sum(row, |value| value) / width as f32;
        let variance = sum(row, |value| (value - mean) * (value - mean)) / width as f32;
        let factor = 1.0 / (variance + norm.epsilon).sqrt();
        for ((value, scale), shift) in row.iter_mut().zip(&norm.scale).zip(&norm.shift) {
            *value = multiply_add::<FUSED>((*value - mean) * factor, *scale, *shift);
        }
    }
}

/// A sum in as many lanes as fill the registers, always in the same order.
#[inline(always)]
fn sum(row: &[f32], map: impl Fn(f32) -> f32) -> f32 {
    let mut lanes = [0.0; LANES];
    let (chunks, rest) = row.as_chunks::<LANES>();
    for chunk in chunks {
        for (total, value) in lanes.iter_mut().zip(chunk) {
            *total += map(*value);
        }
    }
    join(lanes, |a, b| a + b) + rest.iter().map(|value| map(*value)).sum::<f32>()
}
