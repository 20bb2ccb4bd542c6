//! Reads the ZIP archives of office files and books. Bytes are counted while they are unpacked, because
//! the sizes that an archive declares need not be true.

use std::io::{Cursor, Read, Write};

use zip::read::ZipFile;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::error::TextError;

/// A deck of a thousand slides has about ten thousand parts.
const MOST_ENTRIES: usize = 50_000;
/// Maximum unpacked size of one part.
const MOST_PART_BYTES: u64 = 128 << 20;
/// Maximum unpacked size of all parts.
const MOST_BYTES: u64 = 512 << 20;
/// Below this unpacked size the ratio does not matter.
const SMALL_BYTES: u64 = 32 << 20;
/// Office files compress to a tenth or a twentieth; a higher ratio than this is a zip bomb.
const MOST_RATIO: u64 = 200;

/// Unpacks all parts once, keeping nothing, to enforce the limits.
///
/// # Errors
/// [`TextError::TooLarge`] for a bomb, [`TextError::Encrypted`] for an archive with a password.
/// A truncated archive passes, because its reader reports better what is wrong.
pub(crate) fn check(bytes: &[u8], format: &'static str) -> Result<(), TextError> {
    let Ok(mut archive) = ZipArchive::new(Cursor::new(bytes)) else { return Ok(()) };
    if archive.len() > MOST_ENTRIES {
        return Err(over(format!("{MOST_ENTRIES} parts in an archive, the file has {}", archive.len())));
    }
    let mut total = 0;
    for index in 0..archive.len() {
        let part = match archive.by_index(index) {
            Ok(part) => part,
            Err(ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED)) => {
                return Err(TextError::Encrypted { format });
            }
            Err(_) => continue,
        };
        total += unpacked(part);
        let packed = bytes.len() as u64;
        if total > MOST_BYTES || (total > SMALL_BYTES && total / packed.max(1) > MOST_RATIO) {
            return Err(over(format!(
                "{} MiB or {MOST_RATIO} times its size when unpacked (a zip bomb?)",
                MOST_BYTES >> 20
            )));
        }
    }
    Ok(())
}

/// Counts the unpacked bytes of a part, up to the limit and one more.
fn unpacked(part: impl Read) -> u64 {
    let mut part = part.take(MOST_BYTES + 1);
    let mut buffer = vec![0; 64 << 10];
    let mut total = 0;
    while let Ok(read @ 1..) = part.read(&mut buffer) {
        total += read as u64;
    }
    total
}

fn over(limit: String) -> TextError {
    TextError::TooLarge { limit }
}

/// An archive with access to its parts by name.
pub(crate) struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
}

impl<'a> Package<'a> {
    /// Opens an archive after [`check`].
    pub(crate) fn open(bytes: &'a [u8], format: &'static str) -> Result<Self, TextError> {
        check(bytes, format)?;
        Self::counted(bytes, format)
    }

    /// Opens an archive that [`check`] has passed.
    pub(crate) fn counted(bytes: &'a [u8], format: &'static str) -> Result<Self, TextError> {
        let archive = ZipArchive::new(Cursor::new(bytes))
            .map_err(|error| TextError::Damaged { format, cause: error.to_string() })?;
        Ok(Self { archive })
    }

    /// Returns a part's bytes, or `None` if it is missing, damaged or too large. Names match without regard
    /// to case, as in office programs.
    pub(crate) fn part(&mut self, name: &str) -> Option<Vec<u8>> {
        let name = name.trim_start_matches('/');
        let found = self.archive.index_for_name(name).or_else(|| {
            (0..self.archive.len())
                .find(|index| self.archive.name_for_index(*index).is_some_and(|other| other.eq_ignore_ascii_case(name)))
        })?;
        read_part(self.archive.by_index(found).ok()?)
    }

    /// Returns the archive with some parts replaced or added.
    pub(crate) fn with(&mut self, parts: &[(String, Vec<u8>)]) -> Option<Vec<u8>> {
        let mut out = ZipWriter::new(Cursor::new(Vec::new()));
        for index in 0..self.archive.len() {
            let part = self.archive.by_index_raw(index).ok()?;
            if parts.iter().all(|(name, _)| name != part.name()) {
                out.raw_copy_file(part).ok()?;
            }
        }
        let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        for (name, bytes) in parts {
            out.start_file(name.as_str(), stored).ok()?;
            out.write_all(bytes).ok()?;
        }
        Some(out.finish().ok()?.into_inner())
    }
}

fn read_part<R: Read>(part: ZipFile<'_, R>) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    part.take(MOST_PART_BYTES + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 <= MOST_PART_BYTES).then_some(bytes)
}

/// Resolves a relative address in a part to the path of another part. `..` stops at the root of the
/// archive; nothing is ever written under such a path.
pub(crate) fn resolve(from: &str, address: &str) -> String {
    let address = address.split(['#', '?']).next().unwrap_or_default();
    let mut path: Vec<&str> = match address.starts_with('/') {
        true => Vec::new(),
        false => from.rsplit_once('/').map_or(Vec::new(), |(folder, _)| folder.split('/').collect()),
    };
    for step in address.split('/') {
        match step {
            "" | "." => {}
            ".." => drop(path.pop()),
            step => path.push(step),
        }
    }
    path.join("/")
}
