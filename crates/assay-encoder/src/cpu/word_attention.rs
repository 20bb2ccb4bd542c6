//! Self-attention with queries, keys and values in 16 bits, sums in i32, exponentials in f32.
//!
//! The scores are computed transposed: rows are keys, lanes are queries. So the keys are read where
//! they stand, largest scores and sums need no step across lanes, and two rows of exponentials
//! become one row of pairs, which is how the second product reads its left side.

use std::ops::Range;

use super::aligned::{Aligned, Floats};
use super::attention::Heads;
use super::isa::by_isa;
use super::matrix::tiles;
use super::word_tile::{self, WordIsa, WordTile};
use super::words::{KEYS, WEIGHT, WordLine, exponentials};

/// Memory for one thread.
#[derive(Default)]
pub(crate) struct WordScratch {
    values: Aligned<u32>,
    queries: Aligned<u32>,
    weights: Aligned<u32>,
    scores: Floats,
    factors: Floats,
}

/// Attention of queries to all keys of their sequence; the logarithm to base 2 of `e` is already in
/// the queries, beside one over the root of the head's width.
///
/// `queries` and `projected` are lines as [`WordLine`] writes them: the rows' own, and those of all
/// tokens, of which `span` are the sequence's. `context` is `[rows, hidden]`.
pub(crate) fn attend(
    isa: WordIsa,
    heads: Heads,
    queries: &[f32],
    projected: &[f32],
    span: Range<usize>,
    scratch: &mut WordScratch,
    context: &mut [f32],
) {
    let Heads { hidden, heads } = heads;
    let line = WordLine { hidden, width: hidden / heads };
    let (rows, width, stride, length, panel) =
        (context.len() / hidden, line.width, line.stride(), span.len(), isa.width());
    if rows == 0 || length == 0 {
        return;
    }
    let lines = &projected[span.start * stride..span.end * stride];
    // The pointers below rest on these; a wrong shape is a fault in this crate.
    assert!(width.is_multiple_of(2) && queries.len() >= rows * stride && panel <= 32);
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
    let out = context.as_mut_ptr();
    for head in 0..heads {
        let column = head * width;
        let values = &lines[hidden + column / 2..];
        pair_rows(isa.between(), values, stride, length, width, panel, &mut scratch.values);
        for first in (0..rows).step_by(panel) {
            let count = panel.min(rows - first);
            let block = &queries[first * stride..(first + count) * stride];
            let mut query_scales = [0.0; 32];
            for (scale, query) in query_scales.iter_mut().zip(block.chunks_exact(stride)) {
                *scale = query[line.scale(0)];
            }
            transpose_pairs(block, stride, column / 2, width / 2, panel, &mut scratch.queries);
            tiles(length, isa.rows(), 0..panel, panel, |row, height, _, columns| {
                // SAFETY: `lines` holds as many rows of keys as the scores have rows, and the
                // queries fill their panel.
                unsafe {
                    let start = lines.as_ptr().add(row * stride);
                    word_tile::compute(
                        isa,
                        &WordTile {
                            rows: height,
                            steps: width / 2,
                            a: start.add((hidden + column) / 2).cast(),
                            a_row: stride,
                            a_step: 1,
                            panel: scratch.queries.as_ptr(),
                            factors: start.add(line.scale(1)),
                            factor_stride: stride,
                            column_factors: query_scales.as_ptr(),
                            out: scratch.scores.as_mut_ptr().add(row * panel),
                            out_stride: panel,
                            add: false,
                            columns,
                        },
                    );
                }
            });
            let mut shares = [0.0; 32];
            exponentials(isa.between(), &scratch.scores, panel, &scratch.factors, &mut scratch.weights, &mut shares);
            shares.iter_mut().for_each(|share| *share = *share * unit + fault);
            for from in (0..steps).step_by(KEYS / 2) {
                tiles(count, isa.rows(), 0..width, panel, |row, height, within, columns| {
                    // SAFETY: the weights hold `steps` rows of pairs, the values as many for each
                    // panel, and `context` has the row and the column.
                    unsafe {
                        word_tile::compute(
                            isa,
                            &WordTile {
                                rows: height,
                                steps: (steps - from).min(KEYS / 2),
                                a: scratch.weights.as_ptr().add(from * panel + row),
                                a_row: 1,
                                a_step: panel,
                                panel: scratch.values.as_ptr().add(within * steps + from * panel),
                                factors: shares.as_ptr().add(row),
                                factor_stride: 1,
                                column_factors: [1.0; 32].as_ptr(),
                                out: out.add((first + row) * hidden + column + within),
                                out_stride: hidden,
                                add: from > 0,
                                columns,
                            },
                        );
                    }
                });
            }
        }
    }
}

by_isa! {
    /// Panels of `[rows, width]` values: the words of two rows below each other become a pair.
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
            let words = |row: usize| &from[row * stride + first / 2..][..inside / 2];
            let (line, rest) = line.split_at_mut(inside);
            let (line, _) = line.as_chunks_mut::<2>();
            if 2 * step + 1 < rows {
                for ((into, upper), lower) in line.iter_mut().zip(words(2 * step)).zip(words(2 * step + 1)) {
                    let (upper, lower) = (upper.to_bits(), lower.to_bits());
                    *into = [upper & 0xffff | lower << 16, upper >> 16 | lower & 0xffff_0000];
                }
            } else {
                for (into, upper) in line.iter_mut().zip(words(2 * step)) {
                    *into = [upper.to_bits() & 0xffff, upper.to_bits() >> 16];
                }
            }
            rest.fill(0);
        }
    }
}

/// A head's pairs of words, `[rows, pairs]`, as `[pairs, panel]`; columns without a row are zero.
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
