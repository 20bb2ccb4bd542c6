//! The journal of a download: which byte ranges of a file arrived, so that an interrupted download resumes.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::ModelsError;

/// A range of bytes that one request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    /// First byte.
    pub from: u64,
    /// The byte after the last.
    pub to: u64,
    /// The next byte to arrive.
    pub at: u64,
}

impl Range {
    /// Bytes that have not arrived.
    pub fn left(self) -> u64 {
        self.to.saturating_sub(self.at)
    }
}

/// The state of a `.part` file. It may lag behind the bytes; after a power cut it may be ahead of them, which
/// the hash at the end shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Journal {
    /// The hash that the file must have.
    pub wanted: String,
    /// Bytes of the file.
    pub length: u64,
    /// In order, without gaps.
    #[serde(rename = "stretches")]
    pub ranges: Vec<Range>,
}

impl Journal {
    /// Opens the journal of an earlier run if it is about the same content, else begins a new one and a
    /// part of the file's length.
    pub fn open(part: &Path, wanted: &str, length: u64, step: u64) -> Result<Self, ModelsError> {
        if let Some(found) = Self::read(part).filter(|found| found.fits(part, wanted, length)) {
            return Ok(found);
        }
        let file = File::create(part).map_err(ModelsError::file(part))?;
        file.set_len(length).map_err(ModelsError::file(part))?;
        let starts = (0..length).step_by(usize::try_from(step.max(1)).unwrap_or(usize::MAX));
        let ranges = starts.map(|from| Range { from, to: (from + step).min(length), at: from }).collect();
        Ok(Self { wanted: wanted.to_owned(), length, ranges })
    }

    /// Bytes that a `.part` file holds of the content with this hash.
    pub fn held(part: &Path, wanted: &str, length: u64) -> u64 {
        let found = Self::read(part).filter(|found| found.fits(part, wanted, length));
        found.map_or(0, |found| length - found.left())
    }

    /// Bytes that have not arrived.
    pub fn left(&self) -> u64 {
        self.ranges.iter().map(|range| range.left()).sum()
    }

    /// Writes the journal without waiting for the disk: losing it costs only time.
    pub fn save(&self, part: &Path) -> Result<(), ModelsError> {
        let path = journal_of(part);
        let text = serde_json::to_string(self)
            .map_err(|error| ModelsError::Manifest { path: path.clone(), reason: error.to_string() })?;
        fs::write(&path, text).map_err(ModelsError::file(&path))
    }

    /// Deletes a part and its journal.
    pub fn discard(part: &Path) {
        let _ = fs::remove_file(part);
        let _ = fs::remove_file(journal_of(part));
    }

    /// Deletes the journal of a complete part.
    pub fn close(part: &Path) {
        let _ = fs::remove_file(journal_of(part));
    }

    fn read(part: &Path) -> Option<Self> {
        serde_json::from_str(&fs::read_to_string(journal_of(part)).ok()?).ok()
    }

    fn fits(&self, part: &Path, wanted: &str, length: u64) -> bool {
        let same = self.wanted == wanted && self.length == length;
        let sized = fs::metadata(part).is_ok_and(|meta| meta.len() == length);
        let mut end = 0;
        let whole = self.ranges.iter().all(|range| {
            let follows = range.from == end && (range.from..=range.to).contains(&range.at);
            end = range.to;
            follows
        });
        same && sized && whole && end == length
    }
}

fn journal_of(part: &Path) -> PathBuf {
    let mut name = part.as_os_str().to_owned();
    name.push(".json");
    PathBuf::from(name)
}
