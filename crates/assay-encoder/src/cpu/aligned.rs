//! Arrays that start on a cache line, so that no vector load crosses one.

use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct Line([u8; 64]);

/// A growing array of numbers, aligned to 64 bytes.
#[derive(Clone, Default)]
pub(crate) struct Aligned<T> {
    lines: Vec<Line>,
    length: usize,
    kind: PhantomData<T>,
}

/// Single precision, aligned.
pub(crate) type Floats = Aligned<f32>;

/// Kinds of number for which every pattern of bits is a value.
pub(crate) trait Plain: Copy {}
impl Plain for f32 {}
impl Plain for i32 {}
impl Plain for u32 {}
impl Plain for u16 {}
impl Plain for i16 {}
impl Plain for u8 {}
impl Plain for i8 {}

impl<T: Plain> Aligned<T> {
    /// An array of zeros.
    pub fn zeros(length: usize) -> Self {
        let mut numbers = Self { lines: Vec::new(), length: 0, kind: PhantomData };
        numbers.fit(length);
        numbers
    }

    /// Sets the length. The contents are unspecified: old numbers are kept and not cleared.
    pub fn fit(&mut self, length: usize) {
        let lines = (length * size_of::<T>()).div_ceil(64);
        if lines > self.lines.len() {
            self.lines.resize(lines, Line([0; 64]));
        }
        self.length = length;
    }
}

impl<T: Plain> Deref for Aligned<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        // SAFETY: a `Line` is 64 bytes without padding, any bytes are a `Plain` number, and `fit`
        // keeps `length` within the lines.
        unsafe { std::slice::from_raw_parts(self.lines.as_ptr().cast(), self.length) }
    }
}

impl<T: Plain> DerefMut for Aligned<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        // SAFETY: as in `deref`, and the borrow is unique.
        unsafe { std::slice::from_raw_parts_mut(self.lines.as_mut_ptr().cast(), self.length) }
    }
}
