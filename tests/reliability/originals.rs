//! Checks that the user's files are only read: compares hash, length, modification time and mode before
//! and after. Access time is left out, because reading may change it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::cases::Cases;

/// Number of bytes hashed at the start of a file; some test files are sparse and 20 GB long.
const HASHED: u64 = 64 << 20;

#[derive(Debug, PartialEq, Eq)]
struct Seen {
    length: u64,
    changed: (i64, i64),
    mode: u32,
    hash: String,
}

/// The recorded state of the files in a folder.
#[derive(Debug)]
pub struct Originals {
    folder: PathBuf,
    seen: BTreeMap<PathBuf, Seen>,
}

impl Originals {
    /// Records everything below a folder. Links are not followed; only regular files have a hash.
    pub fn record(folder: &Path) -> Self {
        let mut seen = BTreeMap::new();
        let mut open = vec![folder.to_owned()];
        while let Some(next) = open.pop() {
            for entry in fs::read_dir(next).into_iter().flatten().flatten() {
                let path = entry.path();
                let Ok(meta) = fs::symlink_metadata(&path) else { continue };
                if meta.is_dir() {
                    open.push(path.clone());
                }
                let hash = if meta.is_file() { hash(&path) } else { String::new() };
                let changed = (meta.mtime(), meta.mtime_nsec());
                // A folder's length depends on the file system.
                let length = if meta.is_dir() { 0 } else { meta.len() };
                seen.insert(path, Seen { length, changed, mode: meta.mode(), hash });
            }
        }
        Self { folder: folder.to_owned(), seen }
    }

    /// Fails if a file was changed, added or removed.
    pub fn same(&self) -> Result<(), String> {
        let now = Self::record(&self.folder);
        let shown = |path: &PathBuf| path.display().to_string();
        let differing = self.seen.iter().filter(|(path, seen)| now.seen.get(*path) != Some(seen));
        let differing: Vec<String> = differing.map(|(path, _)| shown(path)).collect();
        let new: Vec<String> = now.seen.keys().filter(|path| !self.seen.contains_key(*path)).map(shown).collect();
        if differing.is_empty() && new.is_empty() {
            return Ok(());
        }
        Err(format!("{} differences; changed or missing: {differing:?}; new: {new:?}", differing.len() + new.len()))
    }

    /// Fails if a file was changed or removed, or a folder removed, or the mode of either changed, but for those that
    /// `may_change`. New ones are none of the user's.
    pub fn kept(&self, may_change: &dyn Fn(&Path) -> bool) -> Result<(), String> {
        let now = Self::record(&self.folder);
        let is_kept = |path: &Path, seen: &Seen| match now.seen.get(path) {
            Some(found) if seen.hash.is_empty() => found.mode == seen.mode,
            found => found == Some(seen),
        };
        let below = |path: &PathBuf| path.strip_prefix(&self.folder).unwrap_or(path).to_owned();
        let differing = self.seen.iter().filter(|(path, seen)| !may_change(&below(path)) && !is_kept(path, seen));
        let differing: Vec<String> = differing.map(|(path, _)| path.display().to_string()).collect();
        if differing.is_empty() { Ok(()) } else { Err(format!("changed or missing: {differing:?}")) }
    }

    /// Records the result of `same` as a case.
    pub fn compare(&self, cases: &mut Cases) {
        let same = self.same();
        if same.is_ok() {
            cases.figure(format!("originals: {} files and folders, 0 differences", self.seen.len()));
        }
        cases.check("originals untouched", same);
    }
}

fn hash(path: &Path) -> String {
    let Ok(file) = File::open(path) else { return "unreadable".to_owned() };
    let mut hasher = blake3::Hasher::new();
    let mut piece = vec![0; 1 << 16];
    let mut file = file.take(HASHED);
    while let Ok(length @ 1..) = file.read(&mut piece) {
        hasher.update(&piece[..length]);
    }
    hasher.finalize().to_hex().to_string()
}
