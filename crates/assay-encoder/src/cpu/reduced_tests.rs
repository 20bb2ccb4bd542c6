//! The arithmetic of the reduced precisions against plain sums in f64, on every instruction set of
//! this processor.
#![allow(clippy::print_stdout, reason = "a suite says how many cases it ran")]

use half::bf16;

use super::Isa;
use super::attention::Heads;
use super::bf16::{Bf16Panels, Bf16Rows};
use super::i8::{I8Panels, i8_kernel};
use super::i8_rows::I8Rows;
use super::i16::I16Line;
use super::i16_attention::{I16Scratch, attend};
use super::isa::has_bf16;
use super::matrix::RowsMut;
use super::tests::numbers;

const SHAPES: [(usize, usize, usize); 14] = [
    (1, 1, 1),
    (3, 8, 5),
    (12, 32, 32),
    (13, 33, 70),
    (29, 64, 96),
    (7, 5, 31),
    (25, 384, 64),
    (14, 768, 33),
    (5, 1024, 40),
    (3, 1536, 17),
    (2, 3072, 32),
    (2, 4096, 33),
    (31, 6, 200),
    (48, 130, 16),
];

/// Products of what the layer really holds: `value(row, k) * weight(k, column)` summed, and a bias.
fn sums(
    (rows, depth, columns): (usize, usize, usize),
    value: impl Fn(usize, usize) -> f64,
    weight: impl Fn(usize, usize) -> f64,
    bias: &[f32],
) -> Vec<f64> {
    let one = |row: usize, column: usize| {
        (0..depth).map(|k| value(row, k) * weight(k, column)).sum::<f64>() + f64::from(bias[column])
    };
    (0..rows * columns).map(|at| one(at / columns, at % columns)).collect()
}

fn quantised(isa: Isa, rows: &[f32], width: usize) -> I8Rows {
    let mut taken = I8Rows::default();
    taken.begin(i8_kernel(isa).form(), rows.len() / width, width);
    rows.chunks_exact(width).enumerate().for_each(|(index, row)| taken.put(isa, index, row));
    taken
}

fn assert_near(what: &str, got: &[f32], wanted: &[f64], tolerance: f64) {
    assert_eq!(got.len(), wanted.len(), "{what}");
    for (index, (got, wanted)) in got.iter().zip(wanted).enumerate() {
        assert!((f64::from(*got) - wanted).abs() <= tolerance, "{what}: [{index}] is {got}, not {wanted}");
    }
}

#[test]
fn i8_products_are_exact_in_every_shape() {
    let mut cases = 0;
    for isa in Isa::available() {
        for shape in SHAPES {
            let (rows, depth, columns) = shape;
            let (a, weights, bias) = (numbers(rows * depth, 1), numbers(columns * depth, 2), numbers(columns, 3));
            let taken = quantised(isa, &a, depth);
            let panels = I8Panels::new(isa, &weights, &bias, depth);
            // A wider result shows whether a tile writes past its columns.
            let stride = columns + 3;
            let mut out = vec![7.0; rows * stride];
            panels.multiply(&taken, RowsMut { data: &mut out, stride }, 0..columns);
            let wanted = sums(shape, |row, k| taken.value(row, k), |k, column| panels.weight(k, column), &bias);
            let inside: Vec<f32> = out.chunks(stride).flat_map(|row| row[..columns].to_vec()).collect();
            // The integers are exact; what is left is the rounding of the last three operations.
            assert_near(&format!("{isa:?} {shape:?}"), &inside, &wanted, 2e-6 * (depth as f64).sqrt().max(4.0));
            assert!(out.chunks(stride).all(|row| row[columns..] == [7.0; 3]), "{isa:?} {shape:?}");
            let close = sums(shape, |row, k| a[row * depth + k].into(), |k, c| weights[c * depth + k].into(), &bias);
            assert_near(&format!("{isa:?} {shape:?} to f32"), &inside, &close, 0.02 * (depth as f64).sqrt().max(1.0));
            cases += 1;
        }
    }
    println!("{cases} products in i8");
}

#[test]
fn extreme_i8_values_do_not_saturate() {
    for isa in Isa::available() {
        let depth = 4096;
        let (rows, weights) = (vec![1.0; 2 * depth], [vec![1.0; depth], vec![-1.0; depth]].concat());
        let taken = quantised(isa, &rows, depth);
        let mut out = vec![0.0; 4];
        I8Panels::new(isa, &weights, &[0.0, 0.0], depth).multiply(&taken, RowsMut { data: &mut out, stride: 2 }, 0..2);
        assert_near(&format!("{isa:?}"), &out, &[4096.0, -4096.0, 4096.0, -4096.0], 20.0);
    }
}

#[test]
fn rows_in_i8_are_near_and_independent_of_each_other() {
    for isa in Isa::available() {
        for width in [1, 3, 64, 100, 384] {
            let mut rows = numbers(5 * width, 4);
            rows[..width].fill(0.0);
            rows[width..2 * width].fill(-3.5);
            rows[2 * width..3 * width].iter_mut().for_each(|value| *value = value.abs() * 1e6);
            rows[3 * width..4 * width].iter_mut().for_each(|value| *value *= 1e-20);
            let taken = quantised(isa, &rows, width);
            for (row, line) in rows.chunks(width).enumerate() {
                let most = line.iter().fold(0.0f32, |most, value| most.max(value.abs()));
                for (k, value) in line.iter().enumerate() {
                    let difference = (taken.value(row, k) - f64::from(*value)).abs();
                    assert!(
                        difference <= f64::from(most) / 120.0,
                        "{isa:?} {width} row {row}: {value} is {difference} off"
                    );
                }
                let alone = quantised(isa, line, width);
                assert!((0..width).all(|k| alone.value(0, k) == taken.value(row, k)), "{isa:?} {width} row {row}");
            }
        }
        for broken in [f32::NAN, f32::INFINITY] {
            let mut row = numbers(100, 5);
            row[70] = broken;
            let taken = quantised(isa, &row, 100);
            assert!(taken.value(0, 0).is_nan(), "{isa:?}: {broken} must stay visible");
        }
    }
}

#[test]
fn bf16_products_are_right_in_every_shape() {
    let mut ties = Bf16Rows::default();
    ties.begin(1, 4);
    ties.put(0, &[1.0, 1.003_906_2, 1.011_718_8, f32::NAN]);
    assert_eq!([0, 1, 2].map(|column| ties.value(0, column)), [1.0, 1.0, 1.015_625]);
    assert!(ties.value(0, 3).is_nan());
    if !has_bf16() {
        return;
    }
    for shape in SHAPES {
        let (rows, depth, columns) = shape;
        let (a, weights, bias) = (numbers(rows * depth, 1), numbers(columns * depth, 2), numbers(columns, 3));
        let mut taken = Bf16Rows::default();
        taken.begin(rows, depth);
        a.chunks_exact(depth).enumerate().for_each(|(index, row)| taken.put(index, row));
        let mut out = vec![0.0; rows * columns];
        let panels = Bf16Panels::new(&weights, &bias, depth);
        panels.multiply(&taken, RowsMut { data: &mut out, stride: columns }, 0..columns);
        let (value, weight) =
            (|row, k| taken.value(row, k), |k, column| f64::from(bf16::from_f32(weights[column * depth + k])));
        assert_near(
            &format!("{shape:?}"),
            &out,
            &sums(shape, value, weight, &bias),
            2e-5 * (depth as f64).sqrt().max(1.0),
        );
    }
}

#[test]
fn attention_in_i16_is_close() {
    let mut cases = 0;
    for isa in Isa::available() {
        for (heads, width) in [(1, 2), (4, 8), (2, 32), (1, 48), (2, 64), (1, 128)] {
            for (length, rows) in [(1, 1), (2, 2), (3, 1), (31, 31), (33, 20), (257, 3), (600, 40)] {
                let hidden = heads * width;
                let line = I16Line { hidden, width };
                // The lines of another sequence come first.
                let floats: Vec<f32> = numbers((length + 2) * 3 * hidden, 6).iter().map(|x| x * 2.0).collect();
                let mut lines = vec![0.0; (length + 2) * line.stride()];
                line.write(isa, 0..3, &floats, &mut lines);
                let mut context = vec![0.0; rows * hidden];
                let queries = &lines[2 * line.stride()..];
                let shape = Heads { hidden, heads };
                attend(isa, shape, queries, &lines, 2..length + 2, &mut I16Scratch::default(), &mut context);
                let part = |row: usize, part: usize, column: usize| {
                    f64::from(floats[(row + 2) * 3 * hidden + part * hidden + column])
                };
                let mut wanted = Vec::new();
                for row in 0..rows {
                    for head in 0..heads {
                        let columns = head * width..(head + 1) * width;
                        let score =
                            |key| columns.clone().map(|c| part(row, 0, c) * part(key, 1, c)).sum::<f64>().exp2();
                        let weights: Vec<f64> = (0..length).map(score).collect();
                        let sum: f64 = weights.iter().sum();
                        wanted.extend(columns.clone().map(|column| {
                            weights.iter().enumerate().map(|(key, w)| w * part(key, 2, column)).sum::<f64>() / sum
                        }));
                    }
                }
                assert_near(&format!("{isa:?} {heads} x {width}, {length} keys"), &context, &wanted, 0.02);
                cases += 1;
            }
        }
    }
    println!("{cases} attentions in i16");
}
