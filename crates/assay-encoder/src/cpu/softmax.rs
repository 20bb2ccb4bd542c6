//! The exponentials of attention.

use super::isa::{by_isa, join, multiply_add};

by_isa! {
    /// Replaces each score by `e^(score - largest)` and returns the sum of the row.
    ///
    /// The row is not divided by its sum. The weighted values are shorter, so they are divided instead.
    fn exponentials(scores: &mut [f32], sum: &mut f32) = exponentials_body
}

by_isa! {
    /// Multiplies each number by a factor.
    fn scale(values: &mut [f32], factor: f32) = scale_body
}

const LANES: usize = 16;

#[inline(always)]
fn exponentials_body<const FUSED: bool>(scores: &mut [f32], sum: &mut f32) {
    let larger = |a: f32, b: f32| if a > b { a } else { b };
    let mut lanes = [f32::NEG_INFINITY; LANES];
    let (chunks, rest) = scores.as_chunks::<LANES>();
    for chunk in chunks {
        for (most, score) in lanes.iter_mut().zip(chunk) {
            *most = larger(*most, *score);
        }
    }
    let largest = rest.iter().copied().fold(join(lanes, larger), larger);

    let mut lanes = [0.0; LANES];
    let (chunks, rest) = scores.as_chunks_mut::<LANES>();
    for chunk in chunks {
        for (total, score) in lanes.iter_mut().zip(chunk) {
            *score = exp::<FUSED>(*score - largest);
            *total += *score;
        }
    }
    let mut total = 0.0;
    for score in rest {
        *score = exp::<FUSED>(*score - largest);
        total += *score;
    }
    *sum = total + join(lanes, |a, b| a + b);
}

#[inline(always)]
fn scale_body<const FUSED: bool>(values: &mut [f32], factor: f32) {
    for value in values {
        *value *= factor;
    }
}

/// `e^x` for `x <= 0` by the polynomial of Cephes' `expf`, with a relative error under 3e-7. Below -87 it stays at
/// `e^-87`, which no sum shows.
#[inline(always)]
fn exp<const FUSED: bool>(x: f32) -> f32 {
    // Adding it moves the integer part of a small number to the last bits of the mantissa.
    const MAGIC: f32 = 12_582_912.0;
    let x = if x < -87.0 { -87.0 } else { x };
    let shifted = multiply_add::<FUSED>(x, std::f32::consts::LOG2_E, MAGIC);
    let whole = shifted - MAGIC;
    let rest = multiply_add::<FUSED>(whole, -0.693_359_4, x);
    let rest = multiply_add::<FUSED>(whole, 2.121_944_4e-4, rest);
    let mut sum = 1.987_569_1e-4;
    for coefficient in [1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5] {
        sum = multiply_add::<FUSED>(sum, rest, coefficient);
    }
    let power = multiply_add::<FUSED>(sum, rest * rest, rest + 1.0);
    power * f32::from_bits((shifted.to_bits() << 23).wrapping_add(0x3f80_0000))
}
