//! Linear layers in bytes: weights in s8 with a scale per output, rows in u8 with a scale and a
//! zero point of their own. A row's bytes depend on that row alone, so a text's result does not
//! depend on its neighbours.

use std::ops::Range;

use super::Isa;
use super::aligned::{Aligned, Floats};
use super::byte_tile::{self, ByteIsa, ByteTile};
use super::isa::{by_isa, join, multiply_add};
use super::matrix::{RowsMut, tiles};

/// Rows in u8: a number is `scale * (byte - zero)`.
#[derive(Default)]
pub(crate) struct ByteRows {
    data: Aligned<u8>,
    stride: usize,
    scales: Vec<f32>,
    zeros: Vec<i32>,
}

/// A linear layer with weights in s8.
pub(crate) struct BytePanels {
    isa: ByteIsa,
    depth: usize,
    columns: usize,
    data: Aligned<i8>,
    sums: Aligned<i32>,
    scales: Floats,
    bias: Floats,
}

impl ByteRows {
    /// Makes room for rows of `width` numbers.
    pub fn begin(&mut self, rows: usize, width: usize) {
        // Whole cache lines and one more, so that rows do not fall into each other's cache sets.
        self.stride = width.next_multiple_of(64) + 64;
        self.data.fit(rows * self.stride);
        self.scales.resize(rows, 0.0);
        self.zeros.resize(rows, 0);
    }

    /// Takes a row. With a number in it that is none or infinite it gets a scale that is none, so
    /// that the fault stays visible.
    pub fn put(&mut self, isa: Isa, index: usize, row: &[f32]) {
        let bytes = &mut self.data[index * self.stride..][..row.len()];
        quantise(isa, row, bytes, &mut self.scales[index], &mut self.zeros[index]);
    }

    #[cfg(test)]
    pub fn value(&self, row: usize, column: usize) -> f64 {
        let byte = i32::from(self.data[row * self.stride + column]);
        f64::from(self.scales[row]) * f64::from(byte - self.zeros[row])
    }
}

by_isa! {
    fn quantise(row: &[f32], bytes: &mut [u8], scale: &mut f32, zero: &mut i32) = quantise_body
}

const LANES: usize = 64;
// Adding it leaves the nearest whole number in the lowest byte, a negative one as its complement.
const MAGIC: f32 = 12_582_912.0;

#[inline(always)]
fn quantise_body<const FUSED: bool>(row: &[f32], bytes: &mut [u8], scale: &mut f32, zero: &mut i32) {
    let (low, high, fault) = range::<FUSED>(row);
    let step = (high - low) / 254.0;
    let inverse = if step > 0.0 { 1.0 / step } else { 0.0 };
    // One more than the whole part: the lowest number falls on a byte between 0 and 1 and the
    // highest between 254 and 255, so nothing is clamped.
    let middle = (-low * inverse).floor() + 1.0;
    *scale = step + fault;
    *zero = middle as i32;
    for (byte, value) in bytes.iter_mut().zip(row) {
        *byte = (multiply_add::<FUSED>(*value, inverse, middle) + MAGIC).to_bits() as u8;
    }
}

/// Lowest and highest number of a row, zero among them, and NaN instead of zero if one is none or
/// infinite.
#[inline(always)]
fn range<const FUSED: bool>(row: &[f32]) -> (f32, f32, f32) {
    let lower = |a: f32, b: f32| if a < b { a } else { b };
    let higher = |a: f32, b: f32| if a > b { a } else { b };
    let (mut lows, mut highs, mut faults) = ([0.0; LANES], [0.0; LANES], [0.0; LANES]);
    let (chunks, rest) = row.as_chunks::<LANES>();
    for chunk in chunks {
        for lane in 0..LANES {
            lows[lane] = lower(chunk[lane], lows[lane]);
            highs[lane] = higher(chunk[lane], highs[lane]);
            faults[lane] = multiply_add::<FUSED>(chunk[lane], 0.0, faults[lane]);
        }
    }
    for value in rest {
        lows[0] = lower(*value, lows[0]);
        highs[0] = higher(*value, highs[0]);
        faults[0] += *value * 0.0;
    }
    (join(lows, lower), join(highs, higher), join(faults, |a, b| a + b))
}

impl BytePanels {
    /// From weights `[columns, depth]` in f32 and a bias `[columns]`: symmetric, 127 steps each way
    /// for the largest weight of each output.
    pub fn new(isa: ByteIsa, weights: &[f32], bias: &[f32], depth: usize) -> Self {
        let (columns, width, steps) = (bias.len(), isa.width(), depth.div_ceil(4));
        let padded = columns.next_multiple_of(width);
        let mut panels = Self {
            isa,
            depth,
            columns,
            data: Aligned::zeros(padded * steps * 4),
            sums: Aligned::zeros(padded),
            scales: Floats::zeros(padded),
            bias: Floats::zeros(padded),
        };
        panels.bias[..columns].copy_from_slice(bias);
        for (column, weights) in weights.chunks_exact(depth).enumerate() {
            let fault: f32 = weights.iter().map(|weight| weight * 0.0).sum();
            let largest = weights.iter().fold(0.0f32, |most, weight| most.max(weight.abs()));
            let inverse = if largest > 0.0 { 127.0 / largest } else { 0.0 };
            panels.scales[column] = largest / 127.0 + fault;
            let start = column / width * width * steps * 4 + column % width * 4;
            for (k, weight) in weights.iter().enumerate() {
                let byte = (weight * inverse + MAGIC).to_bits() as i8;
                panels.data[start + k / 4 * width * 4 + k % 4] = byte;
                panels.sums[column] += i32::from(byte);
            }
        }
        panels
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Columns of a panel.
    pub fn width(&self) -> usize {
        self.isa.width()
    }

    /// `out = rows * weights + bias` for some columns; both ends lie between two panels. The columns
    /// are written where they stand in the whole result.
    pub fn multiply(&self, rows: &ByteRows, out: RowsMut, columns: Range<usize>) {
        let (width, steps, count) = (self.isa.width(), self.depth.div_ceil(4), rows.scales.len());
        if count == 0 || columns.is_empty() {
            return;
        }
        // The pointers below rest on these; a wrong shape is a fault in this crate.
        assert!(columns.start.is_multiple_of(width) && columns.end <= self.columns);
        assert!(rows.stride >= 4 * steps && rows.data.len() >= count * rows.stride);
        assert!(out.data.len() >= (count - 1) * out.stride + columns.end);
        let (start, stride) = (out.data.as_mut_ptr(), out.stride);
        tiles(count, self.isa.rows(), columns, width, |row, height, column, inside| {
            // SAFETY: the asserts and `tiles` keep every row and column inside its slice, `out` was
            // borrowed uniquely, and a `ByteIsa` exists only where the processor has it.
            unsafe {
                let tile = ByteTile {
                    rows: height,
                    steps,
                    a: rows.data.as_ptr().add(row * rows.stride),
                    a_stride: rows.stride,
                    zeros: rows.zeros.as_ptr().add(row),
                    scales: rows.scales.as_ptr().add(row),
                    panel: self.data.as_ptr().add(column * steps * 4),
                    column_sums: self.sums.as_ptr().add(column),
                    column_scales: self.scales.as_ptr().add(column),
                    bias: self.bias.as_ptr().add(column),
                    out: start.add(row * stride + column),
                    out_stride: stride,
                    columns: inside,
                };
                byte_tile::compute(self.isa, &tile);
            }
        });
    }

    #[cfg(test)]
    pub fn weight(&self, k: usize, column: usize) -> f64 {
        let (width, steps) = (self.isa.width(), self.depth.div_ceil(4));
        let start = column / width * width * steps * 4 + column % width * 4;
        f64::from(self.scales[column]) * f64::from(self.data[start + k / 4 * width * 4 + k % 4])
    }
}
