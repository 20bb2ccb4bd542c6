//! How far a file has come, written beside it, so that an interrupted download goes on.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::EnginesError;

/// A stretch of a file that one request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stretch {
    /// First byte.
    pub from: u64,
    /// Byte after the last.
    pub to: u64,
    /// Next byte to come.
    pub at: u64,
}

impl Stretch {
    /// Bytes that have not come.
    pub fn left(self) -> u64 {
        self.to.saturating_sub(self.at)
    }
}

/// The state of a `.part` file. It may lag behind the bytes, never run ahead of them by more than
/// a power cut explains; the hash at the end is what is believed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Journal {
    /// The hash that the whole must have.
    pub wanted: String,
    /// Bytes of the whole.
    pub length: u64,
    /// In order, without gaps.
    pub stretches: Vec<Stretch>,
}

impl Journal {
    /// What is left from before if it belongs to the same content, else a beginning, with room
    /// set aside for the whole file.
    pub fn open(part: &Path, wanted: &str, length: u64, step: u64) -> Result<Self, EnginesError> {
        if let Some(found) = Self::read(part).filter(|found| found.fits(part, wanted, length)) {
            return Ok(found);
        }
        let file = File::create(part).map_err(EnginesError::file(part))?;
        file.set_len(length).map_err(EnginesError::file(part))?;
        let starts = (0..length).step_by(usize::try_from(step.max(1)).unwrap_or(usize::MAX));
        let stretches = starts.map(|from| Stretch { from, to: (from + step).min(length), at: from }).collect();
        Ok(Self { wanted: wanted.to_owned(), length, stretches })
    }

    /// What a `.part` file holds of some content, before anything is asked for.
    pub fn held(part: &Path, wanted: &str, length: u64) -> u64 {
        let found = Self::read(part).filter(|found| found.fits(part, wanted, length));
        found.map_or(0, |found| length - found.left())
    }

    /// Bytes that have not come.
    pub fn left(&self) -> u64 {
        self.stretches.iter().map(|stretch| stretch.left()).sum()
    }

    /// Writes it; a loss costs time and nothing else, so nobody waits for the disk.
    pub fn save(&self, part: &Path) -> Result<(), EnginesError> {
        let path = beside(part);
        let text = serde_json::to_string(self)
            .map_err(|error| EnginesError::Manifest { path: path.clone(), reason: error.to_string() })?;
        fs::write(&path, text).map_err(EnginesError::file(&path))
    }

    /// Takes a part and its journal away.
    pub fn discard(part: &Path) {
        let _ = fs::remove_file(part);
        let _ = fs::remove_file(beside(part));
    }

    /// The part is whole: only its journal goes.
    pub fn close(part: &Path) {
        let _ = fs::remove_file(beside(part));
    }

    fn read(part: &Path) -> Option<Self> {
        serde_json::from_str(&fs::read_to_string(beside(part)).ok()?).ok()
    }

    fn fits(&self, part: &Path, wanted: &str, length: u64) -> bool {
        let same = self.wanted == wanted && self.length == length;
        let room = fs::metadata(part).is_ok_and(|meta| meta.len() == length);
        let mut end = 0;
        let whole = self.stretches.iter().all(|stretch| {
            let follows = stretch.from == end && (stretch.from..=stretch.to).contains(&stretch.at);
            end = stretch.to;
            follows
        });
        same && room && whole && end == length
    }
}

fn beside(part: &Path) -> PathBuf {
    let mut name = part.as_os_str().to_owned();
    name.push(".json");
    PathBuf::from(name)
}
