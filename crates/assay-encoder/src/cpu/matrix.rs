//! Matrices cut into panels of columns, the form in which a tile reads its right side.

use std::ops::Range;

use super::tile::{self, Tile};
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

/// Goes through the tiles of a product, panel by panel: first row, rows, first column, columns.
pub(super) fn tiles(
    rows: usize,
    most: usize,
    columns: Range<usize>,
    width: usize,
    mut compute: impl FnMut(usize, usize, usize, usize),
) {
    for column in columns.clone().step_by(width) {
        let mut row = 0;
        while row < rows {
            let height = balanced(rows - row, most);
            compute(row, height, column, width.min(columns.end - column));
            row += height;
        }
    }
}

impl Panels {
    /// From weights `[columns, depth]`, as linear layers keep them, and a bias `[columns]`.
    pub fn new(isa: Isa, weights: &[f32], bias: &[f32], depth: usize) -> Self {
        let columns = bias.len();
        let mut data = Floats::default();
        pack_transposed(isa, Rows { data: weights, stride: depth }, columns, depth, &mut data);
        let mut padded = Floats::zeros(columns.next_multiple_of(isa.width()));
        padded[..columns].copy_from_slice(bias);
        Self { isa, depth, columns, data, bias: padded }
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Columns of a panel.
    pub fn width(&self) -> usize {
        self.isa.width()
    }

    /// `out = a * weights + bias` for `rows` rows.
    pub fn multiply(&self, rows: usize, a: Rows, out: RowsMut) {
        self.multiply_columns(rows, a, out, 0..self.columns);
    }

    /// As [`Self::multiply`], computing only some columns; both ends lie between two panels.
    /// The columns are written where they stand in the whole result.
    pub fn multiply_columns(&self, rows: usize, a: Rows, out: RowsMut, columns: Range<usize>) {
        let bias = Some(&*self.bias);
        multiply(self.isa, Shape { rows, depth: self.depth, columns }, a, &self.data, bias, out);
    }
}

/// What to compute: `rows x depth` times `depth x columns`.
pub(crate) struct Shape {
    pub rows: usize,
    pub depth: usize,
    pub columns: Range<usize>,
}

/// `out = a * panels + bias`. `bias` is padded to whole panels.
pub(crate) fn multiply(isa: Isa, shape: Shape, a: Rows, panels: &[f32], bias: Option<&[f32]>, out: RowsMut) {
    let Shape { rows, depth, columns } = shape;
    let width = isa.width();
    let (first, last) = (columns.start / width, columns.end.div_ceil(width));
    if rows == 0 || first == last {
        return;
    }
    // The pointers below rest on these; a wrong shape is a fault in this crate.
    assert!(columns.start.is_multiple_of(width));
    assert!(a.data.len() >= (rows - 1) * a.stride + depth);
    assert!(panels.len() >= last * depth * width && panels.as_ptr().addr().is_multiple_of(64));
    assert!(bias.is_none_or(|bias| bias.len() >= last * width));
    assert!(out.data.len() >= (rows - 1) * out.stride + columns.end);
    let start = (a.data.as_ptr(), out.data.as_mut_ptr());
    tiles(rows, isa.rows(), columns, width, |row, height, column, inside| {
        // SAFETY: the asserts and `tiles` keep every row and column inside its slice, `out` is
        // borrowed uniquely, and an `Isa` exists only where the processor has it.
        unsafe {
            let tile = Tile {
                rows: height,
                depth,
                a: start.0.add(row * a.stride),
                a_stride: a.stride,
                panel: panels.as_ptr().add(column * depth),
                bias: bias.map_or(std::ptr::null(), |bias| bias.as_ptr().add(column)),
                out: start.1.add(row * out.stride + column),
                out_stride: out.stride,
                columns: inside,
            };
            tile::compute(isa, &tile);
        }
    });
}

/// Rows of the next tile: the last two tiles share what is left, since a low tile wastes registers.
fn balanced(left: usize, most: usize) -> usize {
    if left <= most {
        left
    } else if left < 2 * most {
        left.div_ceil(2)
    } else {
        most
    }
}

/// Panels of the transpose of `from`, `[columns, depth]`.
pub(crate) fn pack_transposed(isa: Isa, from: Rows, columns: usize, depth: usize, into: &mut Floats) {
    let width = isa.width();
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
    let width = isa.width();
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
