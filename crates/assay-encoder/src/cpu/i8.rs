//! Linear layers in int8, quantised as in Jacob et al., 2018: weights in i8 with a scale per output, rows in u8
//! with a scale and a zero point each, sums in i32. The quantised values of a row depend on that row alone, so a
//! text's result does not depend on its neighbours.

use std::ops::Range;

use super::Isa;
use super::aligned::{Aligned, Floats};
use super::isa::{by_isa, join, multiply_add};
use super::kernel::Kernel;
use super::kernel::portable::Portable;
#[cfg(target_arch = "x86_64")]
use super::kernel::x86::{Avx2, Avx512, AvxVnni};
use super::matrix::RowsMut;
use super::tile::{Compiled, Operands, Product, Shape, compiled, multiply};

#[cfg(target_arch = "x86_64")]
static AVX512_VNNI: Compiled<I8> = compiled!(I8 on Avx512 with "avx512f,avx512vnni", "AVX-512 VNNI", 12 rows);
#[cfg(target_arch = "x86_64")]
static AVX_VNNI: Compiled<I8> = compiled!(I8 on AvxVnni with "avx2,fma,avxvnni", "AVX-VNNI", 6 rows);
// Four rows: widening to 16 bits takes registers too.
#[cfg(target_arch = "x86_64")]
static AVX2: Compiled<I8> = compiled!(I8 on Avx2 with "avx2,fma", "AVX2", 4 rows);
static PORTABLE: Compiled<I8> = compiled!(I8 on Portable, "portable", 4 rows);

/// The product in i8, compiled for an instruction set.
pub(super) fn i8_kernel(isa: Isa) -> &'static Compiled<I8> {
    match isa {
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512Vnni => &AVX512_VNNI,
        #[cfg(target_arch = "x86_64")]
        Isa::AvxVnni => &AVX_VNNI,
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512 | Isa::Avx2 => &AVX2,
        Isa::Portable => &PORTABLE,
    }
}

/// `scale[r] * column_scale[c] * (sum over k of a[r, k] * panel[k, c] - zero[r] * column_sum[c]) + bias[c]`, four
/// numbers in a group. The sums start at the part with the zero points.
pub(super) struct I8 {
    zeros: *const i32,
    scales: *const f32,
    column_sums: *const i32,
    column_scales: *const f32,
    bias: *const f32,
}

impl<K: Kernel> Product<K> for I8 {
    type Sums = K::Ints;
    type Groups = K::Ints;

    #[inline(always)]
    unsafe fn start(&self, row: usize, column: usize) -> K::Ints {
        // SAFETY: see the trait.
        unsafe {
            let zero = (*self.zeros.add(row)).wrapping_neg();
            K::mul_ints(K::load_ints(self.column_sums.add(column).cast()), K::splat_ints(zero))
        }
    }

    #[inline(always)]
    unsafe fn load(from: *const u32) -> K::Ints {
        // SAFETY: see the trait.
        unsafe { K::load_ints(from) }
    }

    #[inline(always)]
    unsafe fn splat(group: *const u32) -> K::Ints {
        // SAFETY: see the trait.
        unsafe { K::splat_ints(group.cast::<i32>().read_unaligned()) }
    }

    #[inline(always)]
    unsafe fn dot(sums: K::Ints, group: K::Ints, columns: K::Ints) -> K::Ints {
        // SAFETY: see the trait.
        unsafe { K::dot_i8(sums, group, columns) }
    }

    #[inline(always)]
    unsafe fn finish(&self, row: usize, column: usize, sums: K::Ints) -> K::Floats {
        // SAFETY: see the trait.
        unsafe {
            let scale = K::mul(K::splat(*self.scales.add(row)), K::load(self.column_scales.add(column)));
            K::mul_add(K::to_floats(sums), scale, K::load(self.bias.add(column)))
        }
    }
}

/// Rows in u8: a value is `scale * (quantised - zero)`.
#[derive(Default)]
pub(crate) struct I8Rows {
    data: Aligned<u8>,
    stride: usize,
    scales: Vec<f32>,
    zeros: Vec<i32>,
}

/// A linear layer with weights in i8.
pub(crate) struct I8Panels {
    kernel: &'static Compiled<I8>,
    depth: usize,
    columns: usize,
    data: Aligned<i8>,
    sums: Aligned<i32>,
    scales: Floats,
    bias: Floats,
}

impl I8Rows {
    /// Makes space for rows of `width` numbers.
    pub fn begin(&mut self, rows: usize, width: usize) {
        // Whole cache lines and one more, so that rows do not fall into each other's cache sets.
        self.stride = width.next_multiple_of(64) + 64;
        self.data.fit(rows * self.stride);
        self.scales.resize(rows, 0.0);
        self.zeros.resize(rows, 0);
    }

    /// Quantises a row. NaN and infinity make its scale NaN, so that the fault stays visible.
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
// Adding it leaves the nearest whole number in the lowest byte, a negative one in two's complement.
const MAGIC: f32 = 12_582_912.0;

#[inline(always)]
fn quantise_body<const FUSED: bool>(row: &[f32], bytes: &mut [u8], scale: &mut f32, zero: &mut i32) {
    let (low, high, fault) = range::<FUSED>(row);
    let step = (high - low) / 254.0;
    let inverse = if step > 0.0 { 1.0 / step } else { 0.0 };
    // One more than the whole part: the lowest number falls between 0 and 1 and the highest between 254 and 255,
    // so nothing is clamped.
    let middle = (-low * inverse).floor() + 1.0;
    *scale = step + fault;
    *zero = middle as i32;
    for (byte, value) in bytes.iter_mut().zip(row) {
        *byte = (multiply_add::<FUSED>(*value, inverse, middle) + MAGIC).to_bits() as u8;
    }
}

/// Lowest and highest of a row's numbers and zero; and zero, or NaN if one of the numbers is NaN or infinite.
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

impl I8Panels {
    /// From weights `[columns, depth]` in f32 and a bias `[columns]`: symmetric, 127 steps each way
    /// for the largest weight of each output.
    pub fn new(isa: Isa, weights: &[f32], bias: &[f32], depth: usize) -> Self {
        let kernel = i8_kernel(isa);
        let (columns, width, steps) = (bias.len(), kernel.width, depth.div_ceil(4));
        let padded = columns.next_multiple_of(width);
        let mut panels = Self {
            kernel,
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
        self.kernel.width
    }

    /// `out = rows * weights + bias` for some columns, which begin at a panel. The columns are written to their
    /// places in the whole result.
    pub fn multiply(&self, rows: &I8Rows, out: RowsMut, columns: Range<usize>) {
        let (steps, count) = (self.depth.div_ceil(4), rows.scales.len());
        if count == 0 || columns.is_empty() {
            return;
        }
        // The pointers below rest on these; a wrong shape is a fault in this crate.
        assert!(columns.start.is_multiple_of(self.kernel.width) && columns.end <= self.columns);
        assert!(rows.stride >= 4 * steps && rows.data.len() >= count * rows.stride);
        assert!(out.data.len() >= (count - 1) * out.stride + columns.end);
        let operands = Operands {
            left: rows.data.as_ptr().cast(),
            left_row: rows.stride / 4,
            left_step: 1,
            panels: self.data.as_ptr().cast(),
            panel_steps: steps,
            out: out.data.as_mut_ptr(),
            out_row: out.stride,
        };
        // SAFETY: the asserts keep every row and column inside its slice, `out` is borrowed uniquely, and an
        // `Isa` exists only where the processor has it.
        unsafe {
            let product = |row, column| I8 {
                zeros: rows.zeros.as_ptr().add(row),
                scales: rows.scales.as_ptr().add(row),
                column_sums: self.sums.as_ptr().add(column),
                column_scales: self.scales.as_ptr().add(column),
                bias: self.bias.as_ptr().add(column),
            };
            multiply(self.kernel, Shape { rows: count, steps, columns }, &operands, product);
        }
    }

    #[cfg(test)]
    pub fn weight(&self, k: usize, column: usize) -> f64 {
        let (width, steps) = (self.kernel.width, self.depth.div_ceil(4));
        let start = column / width * width * steps * 4 + column % width * 4;
        f64::from(self.scales[column]) * f64::from(self.data[start + k / 4 * width * 4 + k % 4])
    }
}
