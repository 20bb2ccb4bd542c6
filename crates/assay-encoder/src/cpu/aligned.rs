//! Numbers that start on a cache line, so that no vector load crosses one.

use std::ops::{Deref, DerefMut};

#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct Line([f32; 16]);

/// A growing array of f32, aligned to 64 bytes.
#[derive(Clone, Default)]
pub(crate) struct Floats {
    lines: Vec<Line>,
    length: usize,
}

impl Floats {
    /// An array of zeros.
    pub fn zeros(length: usize) -> Self {
        let mut floats = Self::default();
        floats.fit(length);
        floats
    }

    /// Sets the length. Numbers that were there stay as they are: what is in it is unspecified.
    pub fn fit(&mut self, length: usize) {
        let lines = length.div_ceil(16);
        if lines > self.lines.len() {
            self.lines.resize(lines, Line([0.0; 16]));
        }
        self.length = length;
    }
}

impl Deref for Floats {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        // SAFETY: `Line` is sixteen f32 without padding, and `fit` keeps `length` within the lines.
        unsafe { std::slice::from_raw_parts(self.lines.as_ptr().cast(), self.length) }
    }
}

impl DerefMut for Floats {
    fn deref_mut(&mut self) -> &mut [f32] {
        // SAFETY: as in `deref`, and the borrow is unique.
        unsafe { std::slice::from_raw_parts_mut(self.lines.as_mut_ptr().cast(), self.length) }
    }
}
