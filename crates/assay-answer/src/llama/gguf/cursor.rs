//! Reads little-endian values of a file of known length, never past its end.

use std::io::{BufReader, Read, Seek};

/// A value, or what is wrong with the file.
pub(super) type Scan<T> = Result<T, String>;

/// Value type of a string.
pub(super) const STRING: u32 = 8;
/// Value type of an array.
pub(super) const ARRAY: u32 = 9;

/// Bytes of a value of a scalar type; `None` for strings, arrays and types that do not exist.
pub(super) fn scalar_size(kind: u32) -> Option<u64> {
    match kind {
        0 | 1 | 7 => Some(1),
        2 | 3 => Some(2),
        4..=6 => Some(4),
        10..=12 => Some(8),
        _ => None,
    }
}

/// A position in a file.
pub(super) struct Cursor<R> {
    source: BufReader<R>,
    at: u64,
    pub length: u64,
}

impl<R: Read + Seek> Cursor<R> {
    pub fn new(source: R, length: u64) -> Self {
        Self { source: BufReader::with_capacity(1 << 16, source), at: 0, length }
    }

    /// Bytes that were read or skipped.
    pub fn at(&self) -> u64 {
        self.at
    }

    /// Fails if fewer than `count` values of `size` bytes are left.
    pub fn fits(&self, count: u64, size: u64, what: &str) -> Scan<()> {
        let left = self.length.saturating_sub(self.at);
        if count.checked_mul(size).is_some_and(|bytes| bytes <= left) {
            return Ok(());
        }
        Err(format!("it is cut short or damaged: {what} does not fit into its {} bytes", self.length))
    }

    pub fn array<const N: usize>(&mut self) -> Scan<[u8; N]> {
        self.fits(N as u64, 1, "the header")?;
        let mut bytes = [0; N];
        self.source.read_exact(&mut bytes).map_err(|error| format!("it cannot be read ({error})"))?;
        self.at += N as u64;
        Ok(bytes)
    }

    pub fn u32(&mut self) -> Scan<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub fn u64(&mut self) -> Scan<u64> {
        self.array().map(u64::from_le_bytes)
    }

    /// A count of at most `most`.
    pub fn count(&mut self, most: u64, what: &str) -> Scan<u64> {
        let count = self.u64()?;
        if count > most {
            return Err(format!("it claims {count} {what}"));
        }
        Ok(count)
    }

    pub fn string_length(&mut self, what: &str) -> Scan<u64> {
        let length = self.u64()?;
        self.fits(length, 1, what)?;
        Ok(length)
    }

    /// The next `length` bytes, at most `most`.
    pub fn bytes(&mut self, length: u64, most: u64, what: &str) -> Scan<Vec<u8>> {
        if length > most {
            return Err(format!("{what} holds a text of {length} bytes"));
        }
        self.fits(length, 1, what)?;
        let mut bytes = vec![0; usize::try_from(length).unwrap_or(usize::MAX)];
        self.source.read_exact(&mut bytes).map_err(|error| format!("it cannot be read ({error})"))?;
        self.at += length;
        Ok(bytes)
    }

    pub fn string(&mut self, most: u64, what: &str) -> Scan<String> {
        let length = self.u64()?;
        let bytes = self.bytes(length, most, what)?;
        String::from_utf8(bytes).map_err(|_| format!("{what} is not UTF-8"))
    }

    pub fn skip_string(&mut self, what: &str) -> Scan<()> {
        let length = self.string_length(what)?;
        self.skip(length, what)
    }

    pub fn skip(&mut self, bytes: u64, what: &str) -> Scan<()> {
        self.fits(bytes, 1, what)?;
        let step = i64::try_from(bytes).map_err(|_| format!("{what} claims {bytes} bytes"))?;
        self.source.seek_relative(step).map_err(|error| format!("it cannot be read ({error})"))?;
        self.at += bytes;
        Ok(())
    }

    /// The value of an integer or a boolean; `None` for a float, which is skipped.
    pub fn scalar(&mut self, kind: u32, what: &str) -> Scan<Option<i128>> {
        Ok(Some(match kind {
            0 | 7 => self.array::<1>()?[0].into(),
            1 => i8::from_le_bytes(self.array()?).into(),
            2 => u16::from_le_bytes(self.array()?).into(),
            3 => i16::from_le_bytes(self.array()?).into(),
            4 => self.u32()?.into(),
            5 => i32::from_le_bytes(self.array()?).into(),
            10 => self.u64()?.into(),
            11 => i64::from_le_bytes(self.array()?).into(),
            6 | 12 => {
                self.skip(if kind == 6 { 4 } else { 8 }, what)?;
                return Ok(None);
            }
            _ => return Err(format!("{what} has the unknown type {kind}")),
        }))
    }
}
