//! The cells of a table.

use std::collections::BTreeMap;
use std::ops::Range;

/// Maximum number of columns that one cell may span.
const WIDEST: u32 = 100;
/// Maximum number of rows that one cell may span.
pub(super) const TALLEST: u32 = 2_000;

/// A row: its number, counted from 0, and its filled cells by column.
pub(crate) type Row = (u32, BTreeMap<u32, String>);

/// The range of a merged cell; rows and columns count from 0, and the last ones are included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) top: u32,
    pub(crate) left: u32,
    pub(crate) bottom: u32,
    pub(crate) right: u32,
}

impl Span {
    /// Returns the columns, limited to a sane number.
    pub(super) fn columns(&self) -> Range<u32> {
        self.left..self.right.min(self.left.saturating_add(WIDEST - 1)).saturating_add(1)
    }
}
