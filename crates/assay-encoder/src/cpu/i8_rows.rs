//! Rows of activations in u8, quantised one by one.

use super::Isa;
use super::aligned::Aligned;
use super::isa::{by_isa, join, multiply_add};

/// How the numbers of 8 bits are stored, as the instructions want them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum I8Form {
    /// In a byte each.
    #[default]
    Bytes,
    /// Widened to 16 bits.
    Words,
}

impl I8Form {
    /// Numbers in a group of 32 bits.
    pub fn group(self) -> usize {
        match self {
            I8Form::Bytes => 4,
            I8Form::Words => 2,
        }
    }
}

/// The stored numbers of rows, for [`super::tile`].
pub(super) struct Groups {
    pub first: *const u32,
    /// Distance of rows, in groups.
    pub row: usize,
    /// Number of all groups.
    pub count: usize,
}

/// Rows in u8: a value is `scale * (quantised - zero)`.
#[derive(Default)]
pub(crate) struct I8Rows {
    form: I8Form,
    /// The numbers in the one form or the other.
    bytes: Aligned<u8>,
    words: Aligned<u16>,
    /// Distance of rows, in numbers.
    stride: usize,
    scales: Vec<f32>,
    zeros: Vec<i32>,
}

impl I8Rows {
    /// Makes space for rows of `width` numbers.
    pub fn begin(&mut self, form: I8Form, rows: usize, width: usize) {
        // Whole cache lines and one more, so that rows do not fall into each other's cache sets.
        self.stride = width.next_multiple_of(64) + 64;
        self.form = form;
        match form {
            I8Form::Bytes => self.bytes.fit(rows * self.stride),
            I8Form::Words => self.words.fit(rows * self.stride),
        }
        self.scales.resize(rows, 0.0);
        self.zeros.resize(rows, 0);
    }

    /// Quantises a row. NaN and infinity make its scale NaN, so that the fault stays visible.
    pub fn put(&mut self, isa: Isa, index: usize, row: &[f32]) {
        let (place, scale, zero) = (index * self.stride, &mut self.scales[index], &mut self.zeros[index]);
        match self.form {
            I8Form::Bytes => quantise_to_bytes(isa, row, &mut self.bytes[place..][..row.len()], scale, zero),
            I8Form::Words => quantise_to_words(isa, row, &mut self.words[place..][..row.len()], scale, zero),
        }
    }

    /// How the numbers are stored.
    pub fn form(&self) -> I8Form {
        self.form
    }

    pub(super) fn groups(&self) -> Groups {
        let (first, numbers) = match self.form {
            I8Form::Bytes => (self.bytes.as_ptr().cast(), self.bytes.len()),
            I8Form::Words => (self.words.as_ptr().cast(), self.words.len()),
        };
        let group = self.form.group();
        Groups { first, row: self.stride / group, count: numbers / group }
    }

    /// The scale of each row.
    pub(super) fn scales(&self) -> &[f32] {
        &self.scales
    }

    /// The zero point of each row.
    pub(super) fn zeros(&self) -> &[i32] {
        &self.zeros
    }

    #[cfg(test)]
    pub fn value(&self, row: usize, column: usize) -> f64 {
        let place = row * self.stride + column;
        let number = match self.form {
            I8Form::Bytes => i32::from(self.bytes[place]),
            I8Form::Words => i32::from(self.words[place]),
        };
        f64::from(self.scales[row]) * f64::from(number - self.zeros[row])
    }
}

by_isa! {
    fn quantise_to_bytes(row: &[f32], bytes: &mut [u8], scale: &mut f32, zero: &mut i32) = to_bytes
}

by_isa! {
    fn quantise_to_words(row: &[f32], words: &mut [u16], scale: &mut f32, zero: &mut i32) = to_words
}

const LANES: usize = 64;
// Adding it leaves the nearest whole number in the lowest byte, a negative one in two's complement.
pub(super) const MAGIC: f32 = 12_582_912.0;

#[inline(always)]
fn to_bytes<const FUSED: bool>(row: &[f32], bytes: &mut [u8], scale: &mut f32, zero: &mut i32) {
    let (inverse, middle) = steps::<FUSED>(row, scale, zero);
    for (byte, value) in bytes.iter_mut().zip(row) {
        *byte = (multiply_add::<FUSED>(*value, inverse, middle) + MAGIC).to_bits() as u8;
    }
}

#[inline(always)]
fn to_words<const FUSED: bool>(row: &[f32], words: &mut [u16], scale: &mut f32, zero: &mut i32) {
    let (inverse, middle) = steps::<FUSED>(row, scale, zero);
    for (word, value) in words.iter_mut().zip(row) {
        *word = ((multiply_add::<FUSED>(*value, inverse, middle) + MAGIC).to_bits() & 0xff) as u16;
    }
}

/// Scale and zero point of a row; returns what its numbers are multiplied by, and what is added to them.
#[inline(always)]
fn steps<const FUSED: bool>(row: &[f32], scale: &mut f32, zero: &mut i32) -> (f32, f32) {
    let (low, high, fault) = range::<FUSED>(row);
    let step = (high - low) / 254.0;
    let inverse = if step > 0.0 { 1.0 / step } else { 0.0 };
    // One more than the whole part: the lowest number falls between 0 and 1 and the highest between 254 and 255,
    // so nothing is clamped.
    let middle = (-low * inverse).floor() + 1.0;
    *scale = step + fault;
    *zero = middle as i32;
    (inverse, middle)
}

/// Lowest and highest of a row's numbers and zero; and zero, or NaN if one of the numbers is NaN or infinite.
#[inline(always)]
fn range<const FUSED: bool>(row: &[f32]) -> (f32, f32, f32) {
    let lower = |a: f32, b: f32| if a < b { a } else { b };
    let higher = |a: f32, b: f32| if a > b { a } else { b };
    let (mut lows, mut highs, mut faults) = ([0.0; LANES], [0.0; LANES], [0.0; LANES]);
    let (chunks, rest) = row.as_chunks::<LANES>();
    for chunk in chunks {
        for lane in 0..LANES {
            lows[lane] = lower(chunk[lane], lows[lane]);
            highs[lane] = higher(chunk[lane], highs[lane]);
            faults[lane] = multiply_add::<FUSED>(chunk[lane], 0.0, faults[lane]);
        }
    }
    for value in rest {
        lows[0] = lower(*value, lows[0]);
        highs[0] = higher(*value, highs[0]);
        faults[0] += *value * 0.0;
    }
    (join(lows, lower), join(highs, higher), join(faults, |a, b| a + b))
}
