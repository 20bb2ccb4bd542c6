//! Linear layers in int8, quantised as in Jacob et al., 2018: weights in i8 with a scale per output, rows in u8
//! with a scale and a zero point each, sums in i32. The quantised values of a row depend on that row alone, so a
//! text's result does not depend on its neighbours.

use std::ops::Range;

use super::Isa;
use super::aligned::{Aligned, Floats};
use super::i8_rows::{Groups, I8Form, I8Rows, MAGIC};
use super::kernel::Kernel;
use super::kernel::portable::Portable;
#[cfg(target_arch = "x86_64")]
use super::kernel::x86::{Avx2, Avx512, AvxVnni};
use super::matrix::RowsMut;
use super::tile::{Compiled, Operands, Product, Shape, compiled, multiply};

/// The product in i8, compiled for an instruction set.
pub(super) struct I8Kernel {
    compiled: Compiled<I8>,
    form: I8Form,
}

#[cfg(target_arch = "x86_64")]
static AVX512_VNNI: I8Kernel = I8Kernel {
    compiled: compiled!(I8 on Avx512 with "avx512f,avx512vnni", "AVX-512 VNNI", 12 rows),
    form: Avx512::I8_FORM,
};
#[cfg(target_arch = "x86_64")]
static AVX_VNNI: I8Kernel =
    I8Kernel { compiled: compiled!(I8 on AvxVnni with "avx2,fma,avxvnni", "AVX-VNNI", 6 rows), form: AvxVnni::I8_FORM };
#[cfg(target_arch = "x86_64")]
static AVX2: I8Kernel =
    I8Kernel { compiled: compiled!(I8 on Avx2 with "avx2,fma", "AVX2 in 16 bits", 6 rows), form: Avx2::I8_FORM };
static PORTABLE: I8Kernel =
    I8Kernel { compiled: compiled!(I8 on Portable, "portable", 4 rows), form: Portable::I8_FORM };

/// The product in i8 of an instruction set.
pub(super) fn i8_kernel(isa: Isa) -> &'static I8Kernel {
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

impl I8Kernel {
    /// Name of the instructions, for people.
    pub fn name(&self) -> &'static str {
        self.compiled.name
    }

    /// The form of the numbers that it multiplies.
    pub fn form(&self) -> I8Form {
        self.form
    }
}

/// `scale[r] * column_scale[c] * (sum over k of a[r, k] * panel[k, c] - zero[r] * column_sum[c]) + bias[c]`, four
/// or two
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

/// A linear layer with weights in i8.
pub(crate) struct I8Panels {
    kernel: &'static I8Kernel,
    depth: usize,
    columns: usize,
    /// Groups `[panels, steps, width]`.
    data: Aligned<u32>,
    sums: Aligned<i32>,
    scales: Floats,
    bias: Floats,
}

impl I8Panels {
    /// From weights `[columns, depth]` in f32 and a bias `[columns]`: symmetric, 127 steps each way
    /// for the largest weight of each output.
    pub fn new(isa: Isa, weights: &[f32], bias: &[f32], depth: usize) -> Self {
        let kernel = i8_kernel(isa);
        let (columns, width, group) = (bias.len(), kernel.compiled.width, kernel.form.group());
        let (steps, bits) = (depth.div_ceil(group), 32 / group);
        let padded = columns.next_multiple_of(width);
        let mut panels = Self {
            kernel,
            depth,
            columns,
            data: Aligned::zeros(padded * steps),
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
            let start = column / width * width * steps + column % width;
            for (k, weight) in weights.iter().enumerate() {
                let whole = i32::from((weight * inverse + MAGIC).to_bits() as i8);
                let in_bits = whole.cast_unsigned() & (u32::MAX >> (32 - bits));
                panels.data[start + k / group * width] |= in_bits << (k % group * bits);
                panels.sums[column] += whole;
            }
        }
        panels
    }

    /// The form of rows that [`Self::multiply`] takes.
    pub fn form(&self) -> I8Form {
        self.kernel.form()
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Columns of a panel.
    pub fn width(&self) -> usize {
        self.kernel.compiled.width
    }

    /// `out = rows * weights + bias` for some columns, which begin at a panel. The columns are written to their
    /// places in the whole result.
    pub fn multiply(&self, rows: &I8Rows, out: RowsMut, columns: Range<usize>) {
        let (steps, count) = (self.depth.div_ceil(self.kernel.form.group()), rows.scales().len());
        if count == 0 || columns.is_empty() {
            return;
        }
        // The pointers below rest on these; a wrong shape is a fault in this crate.
        let Groups { first: left, row: left_row, count: groups } = rows.groups();
        assert!(columns.start.is_multiple_of(self.width()) && columns.end <= self.columns);
        assert!(rows.form() == self.kernel.form && left_row >= steps && groups >= count * left_row);
        assert!(rows.zeros().len() == count);
        assert!(out.data.len() >= (count - 1) * out.stride + columns.end);
        let operands = Operands {
            left,
            left_row,
            left_step: 1,
            panels: self.data.as_ptr(),
            panel_steps: steps,
            out: out.data.as_mut_ptr(),
            out_row: out.stride,
        };
        // SAFETY: the asserts keep every row and column inside its slice, `out` is borrowed uniquely, and an
        // `Isa` exists only where the processor has it.
        unsafe {
            let product = |row, column| I8 {
                zeros: rows.zeros().as_ptr().add(row),
                scales: rows.scales().as_ptr().add(row),
                column_sums: self.sums.as_ptr().add(column),
                column_scales: self.scales.as_ptr().add(column),
                bias: self.bias.as_ptr().add(column),
            };
            multiply(&self.kernel.compiled, Shape { rows: count, steps, columns }, &operands, product);
        }
    }

    #[cfg(test)]
    pub fn weight(&self, k: usize, column: usize) -> f64 {
        let (width, group) = (self.width(), self.kernel.form.group());
        let (steps, bits) = (self.depth.div_ceil(group), 32 / group);
        let number = self.data[column / width * width * steps + column % width + k / group * width];
        // To the top and back, with its sign.
        let whole = (number << (32 - bits - k % group * bits)).cast_signed() >> (32 - bits);
        f64::from(self.scales[column]) * f64::from(whole)
    }
}
