//! Self-attention with queries, keys and values in i16, sums in i32, exponentials in f32.
//!
//! The scores are computed transposed: rows are keys, lanes are queries. So the keys are read in place, largest
//! scores and sums need no step across lanes, and two rows of exponentials become one row of pairs, which is how
//! the second product reads its left side.

use std::ops::Range;

use super::aligned::{Aligned, Floats};
use super::attention::Heads;
use super::i16::{I16, I16Line, KEYS, WEIGHT, exponentials, i16_kernel};
use super::isa::{Isa, by_isa};
use super::tile::{MOST_COLUMNS, Operands, Shape, multiply};

/// Memory for one thread.
#[derive(Default)]
pub(crate) struct I16Scratch {
    values: Aligned<u32>,
    queries: Aligned<u32>,
    weights: Aligned<u32>,
    scores: Floats,
    factors: Floats,
}

/// Attention of queries to all keys of their sequence. The queries already hold the logarithm to base 2 of `e`
/// and one over the root of the head's width as factors.
///
/// `queries` and `projected` are lines as [`I16Line`] writes them: those of the rows, and those of all tokens, of
/// which `span` are the sequence's. `context` is `[rows, hidden]`.
pub(crate) fn attend(
    isa: Isa,
    heads: Heads,
    queries: &[f32],
    projected: &[f32],
    span: Range<usize>,
    scratch: &mut I16Scratch,
    context: &mut [f32],
) {
    let Heads { hidden, heads } = heads;
    let line = I16Line { hidden, width: hidden / heads };
    let kernel = i16_kernel(isa);
    let (rows, width, stride, length, panel) =
        (context.len() / hidden, line.width, line.stride(), span.len(), kernel.width);
    if rows == 0 || length == 0 {
        return;
    }
    let lines = &projected[span.start * stride..span.end * stride];
    // The pointers below rest on these; a wrong shape is a fault in this crate.
    assert!(width.is_multiple_of(2) && queries.len() >= rows * stride && panel <= MOST_COLUMNS);
    let steps = length.div_ceil(2);
    scratch.values.fit(width.next_multiple_of(panel) * steps);
    scratch.queries.fit(panel * width / 2);
    scratch.scores.fit(panel * length);
    scratch.weights.fit(panel * steps);
    scratch.factors.fit(length);
    // A value's scale is part of its weight: one scale is then common to all of a sum.
    let scales = || lines.chunks_exact(stride).map(|line_of| line_of[line.scale(2)]);
    let largest = scales().fold(0.0, |a, b| if a > b { a } else { b });
    let fault: f32 = scales().map(|scale| scale * 0.0).sum();
    let (factor, unit) = if largest > 0.0 { (WEIGHT / largest, largest / WEIGHT) } else { (0.0, 0.0) };
    for (weight, scale) in scratch.factors.iter_mut().zip(scales()) {
        *weight = scale * factor;
    }
    static ONES: [f32; MOST_COLUMNS] = [1.0; MOST_COLUMNS];
    let out = context.as_mut_ptr();
    for head in 0..heads {
        let column = head * width;
        let values = &lines[hidden + column / 2..];
        pair_rows(isa, values, stride, length, width, panel, &mut scratch.values);
        for first in (0..rows).step_by(panel) {
            let count = panel.min(rows - first);
            let block = &queries[first * stride..(first + count) * stride];
            let mut query_scales = [0.0; MOST_COLUMNS];
            for (scale, query) in query_scales.iter_mut().zip(block.chunks_exact(stride)) {
                *scale = query[line.scale(0)];
            }
            transpose_pairs(block, stride, column / 2, width / 2, panel, &mut scratch.queries);
            // SAFETY: `lines` holds as many rows of keys as the scores have rows, and the queries fill their panel.
            unsafe {
                let operands = Operands {
                    left: lines.as_ptr().add((hidden + column) / 2).cast(),
                    left_row: stride,
                    left_step: 1,
                    panels: scratch.queries.as_ptr(),
                    panel_steps: width / 2,
                    out: scratch.scores.as_mut_ptr(),
                    out_row: panel,
                };
                let product = |row, _| I16 {
                    factors: lines.as_ptr().add(row * stride + line.scale(1)),
                    factor_stride: stride,
                    column_factors: query_scales.as_ptr(),
                    add: false,
                };
                multiply(kernel, Shape { rows: length, steps: width / 2, columns: 0..panel }, &operands, product);
            }
            let mut shares = [0.0; MOST_COLUMNS];
            exponentials(isa, &scratch.scores, panel, &scratch.factors, &mut scratch.weights, &mut shares);
            shares.iter_mut().for_each(|share| *share = *share * unit + fault);
            for from in (0..steps).step_by(KEYS / 2) {
                // SAFETY: the weights hold `steps` rows of pairs, the values as many for each panel, and `context`
                // has the rows and the columns.
                unsafe {
                    let operands = Operands {
                        left: scratch.weights.as_ptr().add(from * panel),
                        left_row: 1,
                        left_step: panel,
                        panels: scratch.values.as_ptr().add(from * panel),
                        panel_steps: steps,
                        out: out.add(first * hidden + column),
                        out_row: hidden,
                    };
                    let product = |row, _| I16 {
                        factors: shares.as_ptr().add(row),
                        factor_stride: 1,
                        column_factors: ONES.as_ptr(),
                        add: from > 0,
                    };
                    let steps = (steps - from).min(KEYS / 2);
                    multiply(kernel, Shape { rows: count, steps, columns: 0..width }, &operands, product);
                }
            }
        }
    }
}

by_isa! {
    /// Panels of `[rows, width]` values: the numbers of two rows below each other become a pair.
    fn pair_rows(from: &[f32], stride: usize, rows: usize, width: usize, panel: usize, into: &mut [u32]) = pair_rows_body
}

#[inline(always)]
fn pair_rows_body<const FUSED: bool>(
    from: &[f32],
    stride: usize,
    rows: usize,
    width: usize,
    panel: usize,
    into: &mut [u32],
) {
    let steps = rows.div_ceil(2);
    for (lines, first) in into.chunks_exact_mut(panel * steps).zip((0..width).step_by(panel)) {
        let inside = panel.min(width - first);
        for (step, line) in lines.chunks_exact_mut(panel).enumerate() {
            let pairs = |row: usize| &from[row * stride + first / 2..][..inside / 2];
            let (line, rest) = line.split_at_mut(inside);
            let (line, _) = line.as_chunks_mut::<2>();
            if 2 * step + 1 < rows {
                for ((into, upper), lower) in line.iter_mut().zip(pairs(2 * step)).zip(pairs(2 * step + 1)) {
                    let (upper, lower) = (upper.to_bits(), lower.to_bits());
                    *into = [upper & 0xffff | lower << 16, upper >> 16 | lower & 0xffff_0000];
                }
            } else {
                for (into, upper) in line.iter_mut().zip(pairs(2 * step)) {
                    *into = [upper.to_bits() & 0xffff, upper.to_bits() >> 16];
                }
            }
            rest.fill(0);
        }
    }
}

/// A head's pairs, `[rows, pairs]`, as `[pairs, panel]`; columns without a row are zero.
fn transpose_pairs(rows: &[f32], stride: usize, first: usize, pairs: usize, panel: usize, into: &mut [u32]) {
    if rows.len() < panel * stride {
        into.fill(0);
    }
    for (row, line) in rows.chunks_exact(stride).enumerate() {
        for (pair, into) in line[first..first + pairs].iter().zip(into.chunks_exact_mut(panel)) {
            into[row] = pair.to_bits();
        }
    }
}
