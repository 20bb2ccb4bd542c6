//! The exact GELU (Hendrycks and Gimpel, 2016), which the models were trained with: `x / 2 * (1 + erf(x / sqrt 2))`.

use super::isa::{by_isa, multiply_add};

// The rational approximation of erf in Eigen and XLA, on [-3.83, 3.83] in f32; beyond that erf is 1 to the last
// bit. Its relative error is under 1e-6.
#[expect(clippy::approx_constant, reason = "a fitted coefficient that happens to lie near 2 / sqrt(pi)")]
const NUMERATOR: [f32; 5] = [0.000_229_050_66, 0.003_408_291, 0.050_955_694, 0.185_208_32, 1.128_379_1];
const DENOMINATOR: [f32; 7] =
    [-1.179_160_3e-7, 2.354_796_6e-5, 0.001_017_962_6, 0.014_070_47, 0.110_985_056, 0.497_469_25, 1.0];
const SATURATION: f32 = 3.832_507;

by_isa! {
    /// Replaces each number by its GELU.
    fn gelu(values: &mut [f32]) = gelu_body
}

#[inline(always)]
fn gelu_body<const FUSED: bool>(values: &mut [f32]) {
    for value in values {
        let x = *value;
        let half = 0.5 * x;
        *value = multiply_add::<FUSED>(half, erf::<FUSED>(x * std::f32::consts::FRAC_1_SQRT_2), half);
    }
}

#[inline(always)]
fn erf<const FUSED: bool>(x: f32) -> f32 {
    // Comparisons instead of `clamp` or `min`: NaN propagates, and each compiles to one instruction.
    let x = if x > SATURATION { SATURATION } else { x };
    let x = if x < -SATURATION { -SATURATION } else { x };
    let square = x * x;
    let horner = |coefficients: &[f32]| {
        let mut sum = coefficients[0];
        for coefficient in &coefficients[1..] {
            sum = multiply_add::<FUSED>(sum, square, *coefficient);
        }
        sum
    };
    x * horner(&NUMERATOR) / horner(&DENOMINATOR)
}
