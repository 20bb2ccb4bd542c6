//! The numbers of a tensor as a weights file holds them, widened to f32.
//!
//! Floats are f32, f16 or bf16. A matrix `[rows, columns]` may also be in 8 bits, named and shaped as the
//! `int-quantized` form of compressed-tensors: whole numbers `NAME` (I8, `[rows, columns]`), their scales
//! `NAME_scale` (F32, F16 or BF16, `[rows, groups]`), and where zero is not stored as 0 the zero points
//! `NAME_zero_point` (I8, `[rows, groups]`). Scale and zero point belong to `columns / groups` neighbours of a row.
//! The number is `(whole number - zero point) * scale`, multiplied in f32.

use half::slice::HalfFloatSliceExt;
use half::{bf16, f16};

/// A kind of float.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Float {
    F32,
    F16,
    Bf16,
}

/// How a tensor's numbers are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Storage {
    Float(Float),
    /// Whole numbers of 8 bits, with so many scales a row of this kind.
    Int8 {
        groups: usize,
        scale: Float,
    },
}

/// The bytes of a matrix with `width` columns.
#[derive(Clone, Copy)]
pub(crate) struct Numbers<'a> {
    pub(super) storage: Storage,
    pub(super) width: usize,
    pub(super) bytes: &'a [u8],
    /// Bytes of the scales; empty where there are none.
    pub(super) scales: &'a [u8],
    /// The zero points, one for each scale; empty where all of them are 0.
    pub(super) zero_points: &'a [u8],
}

impl Numbers<'_> {
    /// Reads one row in f32. A row beyond the matrix leaves `into` as it is.
    pub fn row(&self, row: usize, into: &mut [f32]) {
        match self.storage {
            Storage::Float(float) => {
                if let Some(bytes) = part(self.bytes, row, self.width * float.size()) {
                    float.decode(bytes, into);
                }
            }
            Storage::Int8 { groups, scale } => {
                let of_row = || {
                    let zero_points =
                        if self.zero_points.is_empty() { Some(&[][..]) } else { part(self.zero_points, row, groups) };
                    let (bytes, scales) =
                        (part(self.bytes, row, self.width)?, part(self.scales, row, groups * scale.size())?);
                    Some(Self { bytes, scales, zero_points: zero_points?, ..*self })
                };
                if let Some(of_row) = of_row() {
                    of_row.all(into);
                }
            }
        }
    }

    /// Reads all rows in f32.
    pub fn all(&self, into: &mut [f32]) {
        match self.storage {
            Storage::Float(float) => float.decode(self.bytes, into),
            Storage::Int8 { groups, scale } => {
                let length = self.width / groups;
                let groups = into.chunks_mut(length).zip(self.bytes.chunks(length)).enumerate();
                for (group, (into, bytes)) in groups {
                    let stored = part(self.scales, group, scale.size()).unwrap_or_default();
                    let mut factor = [0.0];
                    scale.decode(stored, &mut factor);
                    let zero = self.zero_points.get(group).map_or(0, |byte| i16::from(byte.cast_signed()));
                    for (value, byte) in into.iter_mut().zip(bytes) {
                        *value = f32::from(i16::from(byte.cast_signed()) - zero) * factor[0];
                    }
                }
            }
        }
    }
}

fn part(bytes: &[u8], index: usize, length: usize) -> Option<&[u8]> {
    bytes.get(index * length..(index + 1) * length)
}

impl Float {
    fn size(self) -> usize {
        match self {
            Float::F32 => 4,
            Float::F16 | Float::Bf16 => 2,
        }
    }

    fn decode(self, bytes: &[u8], into: &mut [f32]) {
        match self {
            Float::F32 => {
                for (value, bytes) in into.iter_mut().zip(bytes.as_chunks::<4>().0) {
                    *value = f32::from_le_bytes(*bytes);
                }
            }
            Float::F16 => decode_f16(bytes, into),
            Float::Bf16 => {
                for (value, bytes) in into.iter_mut().zip(bytes.as_chunks::<2>().0) {
                    *value = bf16::from_le_bytes(*bytes).to_f32();
                }
            }
        }
    }
}

/// Decodes f16 by the slice, which half does with vectors. The file does not align its tensors, so they go through
/// an array.
fn decode_f16(bytes: &[u8], into: &mut [f32]) {
    const CHUNK: usize = 64;
    for (into, bytes) in into.chunks_mut(CHUNK).zip(bytes.chunks(2 * CHUNK)) {
        let mut chunk = [f16::ZERO; CHUNK];
        for (value, bytes) in chunk.iter_mut().zip(bytes.as_chunks::<2>().0) {
            *value = f16::from_le_bytes(*bytes);
        }
        chunk[..into.len()].convert_to_f32_slice(into);
    }
}

#[cfg(test)]
mod tests {
    use half::f16;

    use super::{Float, Numbers, Storage};

    fn decoded(bits: u16) -> f32 {
        let mut value = [0.0];
        Float::F16.decode(&bits.to_le_bytes(), &mut value);
        value[0]
    }

    #[test]
    fn half_precision_is_read_exactly() {
        for (bits, expected) in [
            (0x0000, 0.0),
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x3555, 0.333_251_95),
            (0x7bff, 65504.0),
            (0x0001, 5.960_464_5e-8),
            (0x03ff, 6.097_555e-5),
            (0x7c00, f32::INFINITY),
        ] {
            assert_eq!(decoded(bits), expected, "bits {bits:04x}");
        }
        assert!(decoded(0x7e00).is_nan());
    }

    #[test]
    fn eight_bits_are_multiplied_by_the_scale_of_their_group() {
        let bytes = [1i8, -2, 127, -128, 3, 4, 5, 6].map(i8::cast_unsigned);
        // Two rows of four columns in two groups.
        let scales = [0.5, 2.0, 0.25, -1.0].map(|scale| f16::from_f32(scale).to_le_bytes()).concat();
        let zero_points = [0, 127, -1, 2].map(i8::cast_unsigned);
        let storage = Storage::Int8 { groups: 2, scale: Float::F16 };
        for (zero_points, wanted) in [
            (&[][..], [0.5, -1.0, 254.0, -256.0, 0.75, 1.0, -5.0, -6.0]),
            (&zero_points[..], [0.5, -1.0, 0.0, -510.0, 1.0, 1.25, -3.0, -4.0]),
        ] {
            let numbers = Numbers { storage, width: 4, bytes: &bytes, scales: &scales, zero_points };
            let mut all = [0.0; 8];
            numbers.all(&mut all);
            assert_eq!(all, wanted);
            let mut row = [9.0; 4];
            numbers.row(1, &mut row);
            assert_eq!(row, wanted[4..]);
            numbers.row(2, &mut row);
            assert_eq!(row, wanted[4..], "a row beyond the matrix changes nothing");
        }
    }
}
