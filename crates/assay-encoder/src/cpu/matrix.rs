//! Products in f32: matrices cut into panels of columns, the form in which a tile reads its right side.

use std::ops::Range;

use super::kernel::Kernel;
use super::kernel::portable::Portable;
#[cfg(target_arch = "x86_64")]
use super::kernel::x86::{Avx2, Avx512};
use super::tile::{self, Compiled, MOST_COLUMNS, Operands, Product, Shape, compiled};
use super::{Floats, Isa};

/// A linear layer: weights `[depth, columns]` in panels, and a bias.
pub(crate) struct Panels {
    isa: Isa,
    depth: usize,
    columns: usize,
    data: Floats,
    bias: Floats,
}

/// Rows of a matrix: the first number of the first row, and the distance of rows.
#[derive(Clone, Copy)]
pub(crate) struct Rows<'a> {
    pub data: &'a [f32],
    pub stride: usize,
}

/// Rows that are written.
pub(crate) struct RowsMut<'a> {
    pub data: &'a mut [f32],
    pub stride: usize,
}

#[cfg(target_arch = "x86_64")]
static AVX512: Compiled<F32> = compiled!(F32 on Avx512 with "avx512f", "AVX-512", 12 rows);
#[cfg(target_arch = "x86_64")]
static AVX2: Compiled<F32> = compiled!(F32 on Avx2 with "avx2,fma", "AVX2", 6 rows);
static PORTABLE: Compiled<F32> = compiled!(F32 on Portable, "portable", 4 rows);

/// The product in f32, compiled for an instruction set.
pub(super) fn f32_kernel(isa: Isa) -> &'static Compiled<F32> {
    match isa {
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512Vnni | Isa::Avx512 => &AVX512,
        #[cfg(target_arch = "x86_64")]
        Isa::AvxVnni | Isa::Avx2 => &AVX2,
        Isa::Portable => &PORTABLE,
    }
}

/// `bias[c] + sum over k of a[r, k] * panel[k, c]`.
pub(super) struct F32 {
    bias: *const f32,
}

impl<K: Kernel> Product<K> for F32 {
    type Sums = K::Floats;
    type Groups = K::Floats;

    #[inline(always)]
    unsafe fn start(&self, _: usize, column: usize) -> K::Floats {
        // SAFETY: see the trait.
        unsafe { K::load(self.bias.add(column)) }
    }

    #[inline(always)]
    unsafe fn load(from: *const u32) -> K::Floats {
        // SAFETY: see the trait.
        unsafe { K::load(from.cast()) }
    }

    #[inline(always)]
    unsafe fn splat(group: *const u32) -> K::Floats {
        // SAFETY: see the trait.
        unsafe { K::splat(*group.cast::<f32>()) }
    }

    #[inline(always)]
    unsafe fn dot(sums: K::Floats, group: K::Floats, columns: K::Floats) -> K::Floats {
        // SAFETY: see the trait.
        unsafe { K::mul_add(group, columns, sums) }
    }

    #[inline(always)]
    unsafe fn finish(&self, _: usize, _: usize, sums: K::Floats) -> K::Floats {
        sums
    }
}

impl Panels {
    /// From weights `[columns, depth]`, the layout of linear layers, and a bias `[columns]`.
    pub fn new(isa: Isa, weights: &[f32], bias: &[f32], depth: usize) -> Self {
        let columns = bias.len();
        let mut data = Floats::default();
        pack_transposed(isa, Rows { data: weights, stride: depth }, columns, depth, &mut data);
        let mut padded = Floats::zeros(columns.next_multiple_of(f32_kernel(isa).width));
        padded[..columns].copy_from_slice(bias);
        Self { isa, depth, columns, data, bias: padded }
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Columns of a panel.
    pub fn width(&self) -> usize {
        f32_kernel(self.isa).width
    }

    /// `out = a * weights + bias` for `rows` rows.
    pub fn multiply(&self, rows: usize, a: Rows, out: RowsMut) {
        self.multiply_columns(rows, a, out, 0..self.columns);
    }

    /// As [`Self::multiply`] for some columns, which begin at a panel. The columns are written to their places in
    /// the whole result.
    pub fn multiply_columns(&self, rows: usize, a: Rows, out: RowsMut, columns: Range<usize>) {
        let bias = Some(&*self.bias);
        multiply(self.isa, Shape { rows, steps: self.depth, columns }, a, &self.data, bias, out);
    }
}

/// `out = a * panels + bias`; `bias` is padded to whole panels, and absent it is zero.
pub(super) fn multiply(isa: Isa, shape: Shape, a: Rows, panels: &[f32], bias: Option<&[f32]>, out: RowsMut) {
    static ZEROS: [f32; MOST_COLUMNS] = [0.0; MOST_COLUMNS];
    let kernel = f32_kernel(isa);
    let (rows, depth, width) = (shape.rows, shape.steps, kernel.width);
    let (first, last) = (shape.columns.start / width, shape.columns.end.div_ceil(width));
    if rows == 0 || first == last {
        return;
    }
    // The pointers below rest on these; a wrong shape is a fault in this crate.
    assert!(shape.columns.start.is_multiple_of(width));
    assert!(a.data.len() >= (rows - 1) * a.stride + depth);
    assert!(panels.len() >= last * depth * width);
    assert!(bias.is_none_or(|bias| bias.len() >= last * width));
    assert!(out.data.len() >= (rows - 1) * out.stride + shape.columns.end);
    let operands = Operands {
        left: a.data.as_ptr().cast(),
        left_row: a.stride,
        left_step: 1,
        panels: panels.as_ptr().cast(),
        panel_steps: depth,
        out: out.data.as_mut_ptr(),
        out_row: out.stride,
    };
    // SAFETY: the asserts keep every row and column inside its slice, `out` is borrowed uniquely, and an `Isa`
    // exists only where the processor has it.
    unsafe {
        let product = |_, column| F32 { bias: bias.map_or(ZEROS.as_ptr(), |bias| bias.as_ptr().add(column)) };
        tile::multiply(kernel, shape, &operands, product);
    }
}

/// Panels of the transpose of `from`, `[columns, depth]`.
pub(crate) fn pack_transposed(isa: Isa, from: Rows, columns: usize, depth: usize, into: &mut Floats) {
    let width = f32_kernel(isa).width;
    into.fit(columns.next_multiple_of(width) * depth);
    for (panel, first) in into.chunks_exact_mut(depth * width).zip((0..columns).step_by(width)) {
        let inside = width.min(columns - first);
        if inside < width {
            panel.fill(0.0);
        }
        for column in 0..inside {
            let start = (first + column) * from.stride;
            for (to, value) in panel.iter_mut().skip(column).step_by(width).zip(&from.data[start..start + depth]) {
                *to = *value;
            }
        }
    }
}

/// Panels of `from`, `[depth, columns]`.
pub(crate) fn pack(isa: Isa, from: Rows, depth: usize, columns: usize, into: &mut Floats) {
    let width = f32_kernel(isa).width;
    into.fit(columns.next_multiple_of(width) * depth);
    for (panel, first) in into.chunks_exact_mut(depth * width).zip((0..columns).step_by(width)) {
        let inside = width.min(columns - first);
        for (row, line) in panel.chunks_exact_mut(width).enumerate() {
            let start = row * from.stride + first;
            line[..inside].copy_from_slice(&from.data[start..start + inside]);
            line[inside..].fill(0.0);
        }
    }
}
