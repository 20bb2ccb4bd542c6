//! Linear layers in bf16 with sums in f32, where the processor has AVX-512 BF16.

use std::ops::Range;

use half::bf16;

use super::aligned::{Aligned, Floats};
use super::isa::has_bf16;
use super::matrix::RowsMut;
#[cfg(target_arch = "x86_64")]
use super::tile::{Compiled, Operands, Shape, compiled, multiply};

/// Columns of a panel.
pub(crate) const WIDTH: usize = 32;

/// Rows in bf16, filled up with a zero where their width is odd.
#[derive(Default)]
pub(crate) struct Bf16Rows {
    data: Aligned<u16>,
    stride: usize,
    count: usize,
}

/// A linear layer with weights in bf16.
pub(crate) struct Bf16Panels {
    depth: usize,
    columns: usize,
    data: Aligned<u32>,
    bias: Floats,
}

impl Bf16Rows {
    /// Makes space for rows of `width` numbers.
    pub fn begin(&mut self, rows: usize, width: usize) {
        self.count = rows;
        // One more cache line, so that rows do not fall into each other's cache sets.
        self.stride = width.next_multiple_of(32) + 32;
        self.data.fit(rows * self.stride);
    }

    /// Rounds a row to bf16.
    pub fn put(&mut self, index: usize, row: &[f32]) {
        round(row, &mut self.data[index * self.stride..][..self.stride]);
    }

    #[cfg(test)]
    pub fn value(&self, row: usize, column: usize) -> f64 {
        f64::from(bf16::from_bits(self.data[row * self.stride + column]))
    }
}

/// Rounds numbers to bf16. One zero follows them if there is space for it.
fn round(row: &[f32], into: &mut [u16]) {
    #[cfg(target_arch = "x86_64")]
    if has_bf16() {
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
    for (rounded, value) in into.iter_mut().zip(row.iter().copied().chain([0.0])) {
        *rounded = bf16::from_f32(value).to_bits();
    }
}

impl Bf16Panels {
    /// From weights `[columns, depth]` in f32 and a bias `[columns]`.
    pub fn new(weights: &[f32], bias: &[f32], depth: usize) -> Self {
        let (columns, steps) = (bias.len(), depth.div_ceil(2));
        let padded = columns.next_multiple_of(WIDTH);
        let mut data = Aligned::<u32>::zeros(padded * steps);
        for (column, weights) in weights.chunks_exact(depth).enumerate() {
            let start = column / WIDTH * WIDTH * steps + column % WIDTH;
            for (step, pair) in weights.chunks(2).enumerate() {
                let low = u32::from(bf16::from_f32(pair[0]).to_bits());
                let high = pair.get(1).map_or(0, |value| u32::from(bf16::from_f32(*value).to_bits()));
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

    /// `out = rows * weights + bias` for some columns, which begin at a panel. The columns are written to their
    /// places in the whole result.
    pub fn multiply(&self, rows: &Bf16Rows, out: RowsMut, columns: Range<usize>) {
        let (steps, count) = (self.depth.div_ceil(2), rows.count);
        if count == 0 || columns.is_empty() {
            return;
        }
        // The pointers below rest on these; a wrong shape is a fault in this crate.
        assert!(has_bf16(), "bf16 is offered only where the processor has it");
        assert!(columns.start.is_multiple_of(WIDTH) && columns.end <= self.columns);
        assert!(rows.stride >= 2 * steps && rows.data.len() >= count * rows.stride);
        assert!(out.data.len() >= (count - 1) * out.stride + columns.end);
        #[cfg(target_arch = "x86_64")]
        {
            let operands = Operands {
                left: rows.data.as_ptr().cast(),
                left_row: rows.stride / 2,
                left_step: 1,
                panels: self.data.as_ptr(),
                panel_steps: steps,
                out: out.data.as_mut_ptr(),
                out_row: out.stride,
            };
            // SAFETY: the asserts keep every row and column inside its slice, and `out` is borrowed uniquely.
            unsafe {
                let product = |_, column| x86::Bf16 { bias: self.bias.as_ptr().add(column) };
                multiply(&x86::AVX512_BF16, Shape { rows: count, steps, columns }, &operands, product);
            }
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    use super::{Compiled, compiled};
    use crate::cpu::kernel::Kernel;
    use crate::cpu::kernel::x86::Avx512;
    use crate::cpu::tile::Product;

    pub(super) static AVX512_BF16: Compiled<Bf16> =
        compiled!(Bf16 on Avx512 with "avx512f,avx512bw,avx512vl,avx512bf16", "AVX-512 BF16", 12 rows);

    /// `bias[c] + sum over k of a[r, k] * panel[k, c]`, two bf16 in a group.
    pub(super) struct Bf16 {
        pub bias: *const f32,
    }

    impl Product<Avx512> for Bf16 {
        type Sums = __m512;
        type Groups = __m512bh;

        #[inline(always)]
        unsafe fn start(&self, _: usize, column: usize) -> __m512 {
            // SAFETY: see the trait.
            unsafe { Avx512::load(self.bias.add(column)) }
        }

        #[inline(always)]
        unsafe fn load(from: *const u32) -> __m512bh {
            // SAFETY: see the trait; both kinds of register have the same bits.
            unsafe { std::mem::transmute::<__m512i, __m512bh>(Avx512::load_ints(from)) }
        }

        #[inline(always)]
        unsafe fn splat(group: *const u32) -> __m512bh {
            // SAFETY: as above.
            unsafe {
                let group = Avx512::splat_ints(group.cast::<i32>().read_unaligned());
                std::mem::transmute::<__m512i, __m512bh>(group)
            }
        }

        #[inline(always)]
        unsafe fn dot(sums: __m512, group: __m512bh, columns: __m512bh) -> __m512 {
            // SAFETY: see the trait.
            unsafe { _mm512_dpbf16_ps(sums, group, columns) }
        }

        #[inline(always)]
        unsafe fn finish(&self, _: usize, _: usize, sums: __m512) -> __m512 {
            sums
        }
    }
}
