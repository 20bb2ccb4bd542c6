//! The arithmetic against plain loops in f64, on every instruction set of this processor.

use super::gelu::gelu;
use super::matrix::{Rows, RowsMut, multiply, pack};
use super::norm::{Norm, add_and_normalise};
use super::softmax::exponentials;
use super::tile::Shape;
use super::{Floats, Isa, Panels};

/// Pseudo-random numbers between -1 and 1, the same in every run.
pub(super) fn numbers(count: usize, seed: u64) -> Vec<f32> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    };
    (0..count).map(|_| next()).collect()
}

fn assert_close(what: &str, got: &[f32], wanted: &[f64], tolerance: f64) {
    assert_eq!(got.len(), wanted.len(), "{what}");
    for (index, (got, wanted)) in got.iter().zip(wanted).enumerate() {
        assert!((f64::from(*got) - wanted).abs() <= tolerance, "{what}: [{index}] is {got}, not {wanted}");
    }
}

#[test]
fn a_linear_layer_is_right_in_every_shape() {
    for isa in Isa::available() {
        for (rows, depth, columns) in [(1, 1, 1), (3, 8, 5), (12, 32, 32), (13, 33, 70), (29, 64, 96), (7, 5, 31)] {
            let (a, weights) = (numbers(rows * depth, 1), numbers(columns * depth, 2));
            let bias = numbers(columns, 3);
            let mut out = vec![0.0; rows * columns];
            let panels = Panels::new(isa, &weights, &bias, depth);
            panels.multiply(rows, Rows { data: &a, stride: depth }, RowsMut { data: &mut out, stride: columns });
            let wanted: Vec<f64> = (0..rows * columns)
                .map(|at| {
                    let (row, column) = (at / columns, at % columns);
                    let product = |k| f64::from(a[row * depth + k]) * f64::from(weights[column * depth + k]);
                    (0..depth).map(product).sum::<f64>() + f64::from(bias[column])
                })
                .collect();
            assert_close(&format!("{isa:?} {rows} x {depth} x {columns}"), &out, &wanted, 1e-5);
        }
    }
}

#[test]
fn a_product_writes_only_its_columns() {
    for isa in Isa::available() {
        let (rows, depth, columns, stride) = (5, 9, 8, 20);
        let (a, b) = (numbers(rows * depth, 4), numbers(depth * columns, 5));
        let mut packed = Floats::default();
        pack(isa, Rows { data: &b, stride: columns }, depth, columns, &mut packed);
        let mut out = vec![7.0; rows * stride];
        let shape = Shape { rows, steps: depth, columns: 0..columns };
        multiply(isa, shape, Rows { data: &a, stride: depth }, &packed, None, RowsMut { data: &mut out, stride });
        for (row, line) in out.chunks(stride).enumerate() {
            let product =
                |column| (0..depth).map(|k| f64::from(a[row * depth + k]) * f64::from(b[k * columns + column])).sum();
            let wanted: Vec<f64> = (0..columns).map(product).chain((columns..stride).map(|_| 7.0)).collect();
            assert_close(&format!("{isa:?} row {row}"), line, &wanted, 1e-5);
        }
    }
}

/// erf by its Taylor series up to 3, beyond that by its continued fraction.
fn erf(x: f64) -> f64 {
    if x.abs() < 3.0 {
        let (mut term, mut sum) = (x, x);
        for n in 1..80 {
            term *= -x * x / f64::from(n);
            sum += term / f64::from(2 * n + 1);
        }
        return sum * std::f64::consts::FRAC_2_SQRT_PI;
    }
    let fraction = (1..60).rev().fold(x.abs(), |rest, n| x.abs() + f64::from(n) / 2.0 / rest);
    x.signum() * (1.0 - (-x * x).exp() / (fraction * std::f64::consts::PI.sqrt()))
}

#[test]
fn gelu_is_the_exact_one() {
    for isa in Isa::available() {
        let inputs: Vec<f32> = (-120_000..=120_000).map(|n| n as f32 / 10_000.0).collect();
        let mut got = inputs.clone();
        gelu(isa, &mut got);
        let wanted: Vec<f64> = inputs
            .iter()
            .map(|x| f64::from(*x) / 2.0 * (1.0 + erf(f64::from(*x) / std::f64::consts::SQRT_2)))
            .collect();
        for ((x, got), wanted) in inputs.iter().zip(&got).zip(&wanted) {
            let tolerance = 4e-7 * f64::from(x.abs()).max(1.0);
            assert!((f64::from(*got) - wanted).abs() <= tolerance, "{isa:?} gelu({x}) is {got}, not {wanted}");
        }
        let mut odd = [f32::NAN, f32::INFINITY];
        gelu(isa, &mut odd);
        assert!(odd[0].is_nan() && odd[1] == f32::INFINITY, "{isa:?} {odd:?}");
    }
}

#[test]
fn exponentials_are_right_and_never_overflow() {
    for isa in Isa::available() {
        for (length, spread) in [(1, 1.0), (15, 3.0), (16, 10.0), (77, 40.0), (512, 500.0)] {
            let scores: Vec<f32> = numbers(length, 6).iter().map(|value| value * spread).collect();
            let largest = scores.iter().copied().fold(f32::MIN, f32::max);
            let wanted: Vec<f64> = scores.iter().map(|score| f64::from(score - largest).exp()).collect();
            let (mut got, mut sum) = (scores, 0.0);
            exponentials(isa, &mut got, &mut sum);
            assert_close(&format!("{isa:?} {length}"), &got, &wanted, 5e-7);
            assert!((f64::from(sum) - wanted.iter().sum::<f64>()).abs() < 1e-4, "{isa:?} {length}: sum {sum}");
        }
        let mut broken = [0.0, f32::NAN];
        let mut sum = 0.0;
        exponentials(isa, &mut broken, &mut sum);
        assert!(sum.is_nan(), "{isa:?}: NaN must stay visible");
    }
}

#[test]
fn layer_norm_is_right() {
    for isa in Isa::available() {
        for width in [8, 32, 50, 384] {
            let (values, residual) = (numbers(3 * width, 7), numbers(3 * width, 8));
            let norm = Norm { scale: numbers(width, 9), shift: numbers(width, 10), epsilon: 1e-5 };
            let mut got = values.clone();
            add_and_normalise(isa, &mut got, &residual, &norm);
            let mut wanted = Vec::new();
            for (values, residual) in values.chunks(width).zip(residual.chunks(width)) {
                let added: Vec<f64> = values.iter().zip(residual).map(|(a, b)| f64::from(*a) + f64::from(*b)).collect();
                let mean = added.iter().sum::<f64>() / width as f64;
                let variance = added.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / width as f64;
                let factor = 1.0 / (variance + 1e-5).sqrt();
                let scaled = added.iter().map(|x| (x - mean) * factor);
                let affine = scaled.zip(&norm.scale).zip(&norm.shift);
                wanted.extend(affine.map(|((x, scale), shift)| x * f64::from(*scale) + f64::from(*shift)));
            }
            assert_close(&format!("{isa:?} {width}"), &got, &wanted, 1e-5);
        }
    }
}
