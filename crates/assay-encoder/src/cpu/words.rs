//! Queries, keys and values in 16 bits, with a scale for each of them in each row.

use super::Isa;
use super::isa::{by_isa, join, multiply_add};

/// Where a row's numbers lie, in memory counted in f32: `3 * hidden` words, then the scales of the
/// queries, keys and values, then room that keeps rows out of each other's cache sets.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WordLine {
    pub hidden: usize,
    /// Width of a head.
    pub width: usize,
}

/// Largest magnitude of a value, and of the weight that attention gives it: 256 of their products
/// fit 31 bits.
const VALUE: f32 = 1023.0;
pub(super) const WEIGHT: f32 = 8191.0;
/// Keys whose weighted values are summed in integers before they are added in f32.
pub(super) const KEYS: usize = 256;

impl WordLine {
    /// Distance of rows.
    pub fn stride(self) -> usize {
        3 * self.hidden / 2 + 16
    }

    /// Place of the scale of the queries (0), the keys (1) or the values (2).
    pub fn scale(self, part: usize) -> usize {
        3 * self.hidden / 2 + part
    }

    /// Largest magnitude of a part's numbers: the sum over a head must fit 31 bits.
    fn limit(self, part: usize) -> f32 {
        if part == 2 { VALUE } else { (i32::MAX as f32 / self.width as f32).sqrt().floor().min(8191.0) }
    }

    /// Writes some parts of rows, `[rows, 3 * hidden]`, into lines. A part with a number that is
    /// none gets a scale that is none, so that the fault stays visible.
    pub fn write(self, isa: Isa, parts: std::ops::Range<usize>, rows: &[f32], lines: &mut [f32]) {
        for (row, line) in rows.chunks_exact(3 * self.hidden).zip(lines.chunks_exact_mut(self.stride())) {
            let (words, scales) = line.split_at_mut(self.scale(0));
            for part in parts.clone() {
                let place = part * self.hidden / 2..(part + 1) * self.hidden / 2;
                let row = &row[part * self.hidden..(part + 1) * self.hidden];
                quantise(isa, row, self.limit(part), &mut words[place], &mut scales[part]);
            }
        }
    }
}

by_isa! {
    /// Two words in the memory of each f32.
    fn quantise(row: &[f32], limit: f32, into: &mut [f32], scale: &mut f32) = quantise_body
}

by_isa! {
    /// `2^(score - largest)` of each column of `[rows, width]`, times the row's factor, as words in
    /// pairs of rows; and one over each column's sum of exponentials, `[width]`.
    fn exponentials(scores: &[f32], width: usize, factors: &[f32], into: &mut [u32], shares: &mut [f32]) = exponentials_body
}

// Adding it leaves the nearest whole number in the low bits, negative ones as their complement.
const MAGIC: f32 = 12_582_912.0;

#[inline(always)]
fn quantise_body<const FUSED: bool>(row: &[f32], limit: f32, into: &mut [f32], scale: &mut f32) {
    const LANES: usize = 64;
    let higher = |a: f32, b: f32| if a > b { a } else { b };
    let (mut most, mut faults) = ([0.0; LANES], [0.0; LANES]);
    let (chunks, rest) = row.as_chunks::<LANES>();
    for chunk in chunks {
        for lane in 0..LANES {
            most[lane] = higher(chunk[lane].abs(), most[lane]);
            faults[lane] = multiply_add::<FUSED>(chunk[lane], 0.0, faults[lane]);
        }
    }
    let fault = join(faults, |a, b| a + b) + rest.iter().map(|value| value * 0.0).sum::<f32>();
    let largest = rest.iter().map(|value| value.abs()).fold(join(most, higher), higher);
    let inverse = if largest > 0.0 { limit / largest } else { 0.0 };
    *scale = largest / limit + fault;
    let word = |value: f32| multiply_add::<FUSED>(value, inverse, MAGIC).to_bits();
    for (pair, into) in row.as_chunks::<2>().0.iter().zip(into) {
        *into = f32::from_bits(word(pair[0]) & 0xffff | word(pair[1]) << 16);
    }
}

#[inline(always)]
fn exponentials_body<const FUSED: bool>(
    scores: &[f32],
    width: usize,
    factors: &[f32],
    into: &mut [u32],
    shares: &mut [f32],
) {
    match width {
        32 => columns::<FUSED, 32>(scores, factors, into, shares),
        _ => columns::<FUSED, 16>(scores, factors, into, shares),
    }
}

#[inline(always)]
fn columns<const FUSED: bool, const WIDTH: usize>(
    scores: &[f32],
    factors: &[f32],
    into: &mut [u32],
    shares: &mut [f32],
) {
    let rows = scores.as_chunks::<WIDTH>().0;
    let mut largest = [f32::NEG_INFINITY; WIDTH];
    for row in rows {
        for (most, score) in largest.iter_mut().zip(row) {
            *most = if *most > *score { *most } else { *score };
        }
    }
    let mut sums = [0.0; WIDTH];
    let (pairs, last) = rows.as_chunks::<2>();
    let (double, single) = factors.as_chunks::<2>();
    let (into, _) = into.as_chunks_mut::<WIDTH>();
    for ((pair, factors), into) in pairs.iter().zip(double).zip(into.iter_mut()) {
        for lane in 0..WIDTH {
            let upper = power::<FUSED>(pair[0][lane] - largest[lane]);
            let lower = power::<FUSED>(pair[1][lane] - largest[lane]);
            sums[lane] += upper + lower;
            let upper = multiply_add::<FUSED>(upper, factors[0], MAGIC).to_bits();
            let lower = multiply_add::<FUSED>(lower, factors[1], MAGIC).to_bits();
            into[lane] = upper & 0xffff | lower << 16;
        }
    }
    if let ([row], [factor], Some(into)) = (last, single, into.get_mut(pairs.len())) {
        for lane in 0..WIDTH {
            let upper = power::<FUSED>(row[lane] - largest[lane]);
            sums[lane] += upper;
            into[lane] = multiply_add::<FUSED>(upper, *factor, MAGIC).to_bits() & 0xffff;
        }
    }
    for (share, sum) in shares.iter_mut().zip(sums) {
        *share = 1.0 / sum;
    }
}

/// `2^x` for `x <= 0`, relative error under 8e-5 (a cubic fitted to it), less than a step of a word; below -126 it stays at
/// `2^-126`, which no sum shows. What is no number stays none.
#[inline(always)]
fn power<const FUSED: bool>(x: f32) -> f32 {
    let x = if x < -126.0 { -126.0 } else { x };
    let shifted = x + MAGIC;
    let rest = x - (shifted - MAGIC);
    let mut sum = 0.055_171_65;
    for coefficient in [0.242_611_13, 0.693_260_97, 0.999_928_06] {
        sum = multiply_add::<FUSED>(sum, rest, coefficient);
    }
    f32::from_bits(sum.to_bits().wrapping_add(shifted.to_bits() << 23))
}
