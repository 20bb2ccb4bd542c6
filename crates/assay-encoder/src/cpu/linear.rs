//! A linear layer in the chosen precision.

use std::ops::Range;

use super::bf16::{self, Bf16Panels, Bf16Rows};
use super::i8::{I8Panels, i8_kernel};
use super::i8_rows::I8Rows;
use super::matrix::{Panels, Rows, RowsMut, f32_kernel};
use super::{Floats, Isa};

/// Precision of linear layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arithmetic {
    F32,
    Bf16,
    Int8,
}

impl Arithmetic {
    /// Name of the instructions that an instruction set has for it, for people.
    pub fn instructions(self, isa: Isa) -> &'static str {
        match self {
            Arithmetic::F32 => f32_kernel(isa).name,
            Arithmetic::Bf16 => "AVX-512 BF16",
            Arithmetic::Int8 => i8_kernel(isa).name(),
        }
    }
}

/// Weights and bias.
pub(crate) enum Linear {
    F32(Panels),
    Bf16(Bf16Panels),
    Int8(Isa, I8Panels),
}

/// Memory of one thread for rows in a reduced precision.
#[derive(Default)]
pub(crate) struct LinearScratch {
    i8: I8Rows,
    bf16: Bf16Rows,
    /// Results in f32, before they are quantised.
    pub floats: Floats,
}

impl Linear {
    /// From weights `[columns, depth]` and a bias `[columns]`.
    pub fn new(isa: Isa, arithmetic: Arithmetic, weights: &[f32], bias: &[f32], depth: usize) -> Self {
        match arithmetic {
            Arithmetic::F32 => Linear::F32(Panels::new(isa, weights, bias, depth)),
            Arithmetic::Bf16 => Linear::Bf16(Bf16Panels::new(weights, bias, depth)),
            Arithmetic::Int8 => Linear::Int8(isa, I8Panels::new(isa, weights, bias, depth)),
        }
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        match self {
            Linear::F32(panels) => panels.columns(),
            Linear::Bf16(panels) => panels.columns(),
            Linear::Int8(_, panels) => panels.columns(),
        }
    }

    /// Columns of a panel; [`Self::multiply`] starts at a multiple of them.
    pub fn width(&self) -> usize {
        match self {
            Linear::F32(panels) => panels.width(),
            Linear::Bf16(_) => bf16::WIDTH,
            Linear::Int8(_, panels) => panels.width(),
        }
    }

    /// Converts rows, `[rows, depth]`, for [`Self::multiply`]. `before` changes each row first, while it is in the
    /// core's nearest cache.
    pub fn convert(
        &self,
        rows: &mut [f32],
        depth: usize,
        scratch: &mut LinearScratch,
        mut before: impl FnMut(usize, &mut [f32]),
    ) {
        match self {
            Linear::F32(_) => {}
            Linear::Bf16(_) => scratch.bf16.begin(rows.len() / depth, depth),
            Linear::Int8(_, panels) => scratch.i8.begin(panels.form(), rows.len() / depth, depth),
        }
        for (index, row) in rows.chunks_exact_mut(depth).enumerate() {
            before(index, row);
            match self {
                Linear::F32(_) => {}
                Linear::Bf16(_) => scratch.bf16.put(index, row),
                Linear::Int8(isa, _) => scratch.i8.put(*isa, index, row),
            }
        }
    }

    /// `out = rows * weights + bias` for some columns of the rows that were converted last. The columns are written
    /// to their places in the whole result.
    pub fn multiply(&self, rows: &[f32], depth: usize, scratch: &LinearScratch, out: RowsMut, columns: Range<usize>) {
        match self {
            Linear::F32(panels) => {
                panels.multiply_columns(rows.len() / depth, Rows { data: rows, stride: depth }, out, columns);
            }
            Linear::Bf16(panels) => panels.multiply(&scratch.bf16, out, columns),
            Linear::Int8(_, panels) => panels.multiply(&scratch.i8, out, columns),
        }
    }
}
