//! Self-attention of some rows of one sequence, head by head.

use std::ops::Range;

use super::matrix::{Rows, RowsMut, multiply, pack, pack_transposed};
use super::softmax::{exponentials, scale};
use super::tile::Shape;
use super::{Floats, Isa};

/// Width of the model and its number of heads.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Heads {
    pub hidden: usize,
    pub heads: usize,
}

/// Memory for one thread.
#[derive(Default)]
pub(crate) struct AttentionScratch {
    keys: Floats,
    values: Floats,
    scores: Floats,
}

impl AttentionScratch {
    /// Numbers that it holds.
    #[cfg(test)]
    pub fn numbers(&self) -> usize {
        self.keys.len() + self.values.len() + self.scores.len()
    }
}

/// The keys and values of a sequence.
pub(crate) struct Source<'a> {
    /// `[tokens, 3 * hidden]`: queries, keys and values of all tokens of the batch.
    pub projected: &'a [f32],
    /// The sequence's rows in `projected`.
    pub span: Range<usize>,
}

/// Attention of queries to all keys of their sequence.
///
/// The first `hidden` numbers of each row are the queries, already divided by the root of the head's width.
/// `context` is `[rows, hidden]`; its length decides how many rows are computed.
pub(crate) fn attend(
    isa: Isa,
    heads: Heads,
    queries: Rows,
    source: Source,
    scratch: &mut AttentionScratch,
    context: &mut [f32],
) {
    let Heads { hidden, heads } = heads;
    let Source { projected, span } = source;
    let rows = context.len() / hidden;
    let width = hidden / heads;
    let stride = 3 * hidden;
    let length = span.len();
    // A little more than a power of two keeps the rows out of each other's cache sets.
    let score_stride = length.next_multiple_of(16) + 16;
    scratch.scores.fit(rows * score_stride);
    for head in 0..heads {
        let column = head * width;
        let key = Rows { data: &projected[span.start * stride + hidden + column..], stride };
        let value = Rows { data: &projected[span.start * stride + 2 * hidden + column..], stride };
        pack_transposed(isa, key, length, width, &mut scratch.keys);
        pack(isa, value, length, width, &mut scratch.values);

        let query = Rows { data: &queries.data[column..], stride: queries.stride };
        let scores = RowsMut { data: &mut scratch.scores, stride: score_stride };
        multiply(isa, Shape { rows, steps: width, columns: 0..length }, query, &scratch.keys, None, scores);

        // Each row's sum is stored behind its scores, in the part that fills up the stride.
        for row in scratch.scores.chunks_exact_mut(score_stride) {
            let (row, rest) = row.split_at_mut(length);
            exponentials(isa, row, &mut rest[0]);
        }
        let weights = Rows { data: &scratch.scores, stride: score_stride };
        let out = RowsMut { data: &mut context[column..], stride: hidden };
        multiply(isa, Shape { rows, steps: length, columns: 0..width }, weights, &scratch.values, None, out);
        for (row, scores) in context.chunks_exact_mut(hidden).zip(scratch.scores.chunks_exact(score_stride)) {
            scale(isa, &mut row[column..column + width], 1.0 / scores[length]);
        }
    }
}
