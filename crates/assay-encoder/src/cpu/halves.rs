//! Linear layers in bf16 with sums in f32.

use std::ops::Range;

use super::aligned::{Aligned, Floats};
use super::half_tile::{self, HalfTile, ROWS, WIDTH};
use super::matrix::{RowsMut, tiles};

/// Rows in bf16, filled up with a zero where their width is odd.
#[derive(Default)]
pub(crate) struct HalfRows {
    data: Aligned<u16>,
    stride: usize,
    count: usize,
}

/// A linear layer with weights in bf16.
pub(crate) struct HalfPanels {
    depth: usize,
    columns: usize,
    data: Aligned<u32>,
    bias: Floats,
}

impl HalfRows {
    /// Makes room for rows of `width` numbers.
    pub fn begin(&mut self, rows: usize, width: usize) {
        self.count = rows;
        // A cache line more, so that rows do not fall into each other's cache sets.
        self.stride = width.next_multiple_of(32) + 32;
        self.data.fit(rows * self.stride);
    }

    /// Takes a row.
    pub fn put(&mut self, index: usize, row: &[f32]) {
        round(row, &mut self.data[index * self.stride..][..self.stride]);
    }
}

/// Rounds numbers to bf16; one zero follows them if there is room.
fn round(row: &[f32], into: &mut [u16]) {
    #[cfg(target_arch = "x86_64")]
    if half_tile::available() {
        // SAFETY: the processor was asked.
        return unsafe { round_avx512(row, into) };
    }
    round_slowly(row, into);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512bf16")]
fn round_avx512(row: &[f32], into: &mut [u16]) {
    use std::arch::x86_64::{__m512bh, __m512i, _mm512_cvtne2ps_pbh, _mm512_loadu_ps, _mm512_storeu_si512};
    let (chunks, rest) = row.as_chunks::<32>();
    let (lines, behind) = into.as_chunks_mut::<32>();
    let (lines, more) = lines.split_at_mut(chunks.len());
    for (chunk, line) in chunks.iter().zip(lines) {
        // SAFETY: a chunk is two vectors of f32 and a line one of bf16.
        unsafe {
            let (left, right) = (_mm512_loadu_ps(chunk.as_ptr()), _mm512_loadu_ps(chunk.as_ptr().add(16)));
            let both = std::mem::transmute::<__m512bh, __m512i>(_mm512_cvtne2ps_pbh(right, left));
            _mm512_storeu_si512(line.as_mut_ptr().cast(), both);
        }
    }
    round_slowly(rest, more.first_mut().map_or(behind, |line| line.as_mut_slice()));
}

fn round_slowly(row: &[f32], into: &mut [u16]) {
    for (half, value) in into.iter_mut().zip(row.iter().copied().chain([0.0])) {
        *half = half_of(value);
    }
}

/// The nearest bf16, ties to even; what is no number stays none.
pub(crate) fn half_of(value: f32) -> u16 {
    let bits = value.to_bits();
    if value.is_nan() {
        return (bits >> 16) as u16 | 0x40;
    }
    ((bits + 0x7fff + (bits >> 16 & 1)) >> 16) as u16
}

impl HalfPanels {
    /// From weights `[columns, depth]` in f32 and a bias `[columns]`.
    pub fn new(weights: &[f32], bias: &[f32], depth: usize) -> Self {
        let (columns, steps) = (bias.len(), depth.div_ceil(2));
        let padded = columns.next_multiple_of(WIDTH);
        let mut data = Aligned::<u32>::zeros(padded * steps);
        for (column, weights) in weights.chunks_exact(depth).enumerate() {
            let start = column / WIDTH * WIDTH * steps + column % WIDTH;
            for (step, pair) in weights.chunks(2).enumerate() {
                let low = u32::from(half_of(pair[0]));
                let high = pair.get(1).map_or(0, |value| u32::from(half_of(*value)));
                data[start + step * WIDTH] = low | high << 16;
            }
        }
        let mut padded = Floats::zeros(padded);
        padded[..columns].copy_from_slice(bias);
        Self { depth, columns, data, bias: padded }
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// As [`super::bytes::BytePanels::multiply`].
    pub fn multiply(&self, rows: &HalfRows, out: RowsMut, columns: Range<usize>) {
        let (steps, count) = (self.depth.div_ceil(2), rows.count);
        if count == 0 || columns.is_empty() {
            return;
        }
        // The pointers below rest on these; a wrong shape is a fault in this crate.
        assert!(half_tile::available(), "bf16 is offered only where the processor has it");
        assert!(columns.start.is_multiple_of(WIDTH) && columns.end <= self.columns);
        assert!(rows.stride >= 2 * steps && rows.data.len() >= count * rows.stride);
        assert!(out.data.len() >= (count - 1) * out.stride + columns.end);
        let (start, stride) = (out.data.as_mut_ptr(), out.stride);
        tiles(count, ROWS, columns, WIDTH, |row, height, column, inside| {
            // SAFETY: the asserts and `tiles` keep every row and column inside its slice, and `out`
            // was borrowed uniquely.
            unsafe {
                let tile = HalfTile {
                    rows: height,
                    steps,
                    a: rows.data.as_ptr().add(row * rows.stride).cast(),
                    a_stride: rows.stride / 2,
                    panel: self.data.as_ptr().add(column * steps),
                    bias: self.bias.as_ptr().add(column),
                    out: start.add(row * stride + column),
                    out_stride: stride,
                    columns: inside,
                };
                half_tile::compute(&tile);
            }
        });
    }
}
