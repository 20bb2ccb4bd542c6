//! Walks the files and folders that the user names. No file is opened and no link inside a folder is
//! followed, so neither a pipe nor a loop of links can block it.

mod presence;
mod rules;
mod placeholder;
pub(crate) mod stamp;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use assay_domain::Failure;
use assay_domain::port::Source;

use crate::error::FilesError;
use crate::real_path::real_path;
pub use presence::{Presence, is_listed, presence};
use rules::{Level, Verdict};

/// What is left out of folders, besides what their ignore files say.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Largest file, in bytes.
    pub largest: u64,
    /// Assay's data folder, which changes whenever a file is taken in.
    pub own: PathBuf,
}

/// What a walk found.
#[derive(Debug, Default)]
pub struct Found {
    /// Files to read, each once, in the order of their paths.
    pub sources: Vec<Source>,
    /// Paths that could not be reached, with the reason.
    pub unreachable: Vec<(PathBuf, Failure)>,
    /// Files and folders that a rule leaves out, with the rule.
    pub excluded: Vec<(PathBuf, String)>,
    /// The folders that were listed, each with its inode.
    pub folders: Vec<(PathBuf, u64)>,
}

/// Finds all regular files at or below the paths. Hidden, linked, too large or ignored entries of a
/// folder are reported as excluded, and paths that cannot be reached as unreachable.
pub fn find(paths: &[PathBuf], limits: &Limits) -> Found {
    let mut found = Found::default();
    for path in paths {
        match fs::symlink_metadata(path) {
            // A link that the user names is followed; a link inside a folder may lead anywhere.
            Ok(kind) if kind.is_dir() || kind.is_file() || kind.is_symlink() => named(path, &mut found, limits),
            Ok(_) => refuse(path, FilesError::NeitherFileNorFolder { path: path.clone() }, &mut found),
            Err(error) => refuse(path, unreachable(path, error), &mut found),
        }
    }
    found.sources.sort_by(|a, b| a.path.cmp(&b.path));
    found.sources.dedup_by(|a, b| a.path == b.path);
    found.excluded.sort();
    found.excluded.dedup_by(|a, b| a.0 == b.0);
    found
}

/// Finds all regular files below a watched folder. Their paths begin with the folder's own, also if it was
/// moved since and a link leads to it, so that its documents keep their paths.
pub fn find_below(root: &Path, limits: &Limits) -> Found {
    let mut found = Found::default();
    walk(root.to_owned(), &mut found, limits);
    found.sources.sort_by(|a, b| a.path.cmp(&b.path));
    found.excluded.sort();
    found
}

/// The file at a path.
///
/// # Errors
/// Fails if there is none now, or something else, or if it cannot be reached.
pub fn at(path: &Path, limits: &Limits) -> Result<Source, Failure> {
    let is_file = fs::metadata(path).is_ok_and(|meta| meta.is_file());
    let found = if is_file || !path.exists() { find(&[path.to_owned()], limits) } else { Found::default() };
    match (found.sources.into_iter().next(), found.unreachable.into_iter().next()) {
        // A folder above may be a link by now; the document keeps the path that it has.
        (Some(source), _) => Ok(Source { path: path.to_string_lossy().into_owned(), ..source }),
        (None, Some((_, failure))) => Err(failure),
        (None, None) => Err(FilesError::NeitherFileNorFolder { path: path.to_owned() }.into()),
    }
}

fn named(path: &Path, found: &mut Found, limits: &Limits) {
    let real = real_path(path).and_then(|real| Ok((fs::symlink_metadata(&real)?, real)));
    match real {
        Ok((meta, real)) if meta.is_dir() => walk(real, found, limits),
        Ok((meta, real)) if meta.is_file() => {
            let device = real.parent().and_then(|folder| fs::symlink_metadata(folder).ok()).and_then(stamp::device);
            take(&real, &meta, device, found);
        }
        Ok(_) => refuse(path, FilesError::LeadsToNeither { path: path.to_owned() }, found),
        Err(error) => refuse(path, unreachable(path, error), found),
    }
}

fn walk(root: PathBuf, found: &mut Found, limits: &Limits) {
    let mut waiting = vec![(root, None)];
    while let Some((folder, above)) = waiting.pop() {
        // Only the root may be a link.
        let meta = if above.is_none() { fs::metadata(&folder) } else { fs::symlink_metadata(&folder) };
        let listed = meta.and_then(|meta| Ok((meta, fs::read_dir(&folder)?)));
        let (meta, entries) = match listed {
            Ok(listed) => listed,
            Err(error) => {
                refuse(&folder, unreachable(&folder, error), found);
                continue;
            }
        };
        found.folders.push((folder.clone(), stamp::inode(&meta)));
        let device = stamp::device(meta);
        let level = Level::below(above, &folder);
        for entry in entries {
            let (path, meta) = match entry.and_then(|entry| Ok((entry.path(), entry.metadata()?))) {
                Ok(found) => found,
                // It was deleted after the folder was listed.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => {
                    refuse(&folder, unreachable(&folder, error), found);
                    continue;
                }
            };
            if let Some(rule) = exclusion(&path, &meta, &level, limits) {
                found.excluded.push((path, rule));
            } else if meta.is_dir() {
                waiting.push((path, Some(level.clone())));
            } else {
                take(&path, &meta, device, found);
            }
        }
    }
}

/// The rule that leaves an entry out of its folder, if one does.
fn exclusion(path: &Path, meta: &fs::Metadata, level: &Level, limits: &Limits) -> Option<String> {
    if meta.is_symlink() {
        return Some("a link; links inside folders are not followed".into());
    }
    if !meta.is_dir() && !meta.is_file() {
        return Some("a pipe, a socket or a device".into());
    }
    if is_own(path, &limits.own) {
        return Some("Assay's own data".into());
    }
    match level.verdict(path, meta.is_dir()) {
        Verdict::Out(rule) => return Some(rule),
        Verdict::In => (),
        Verdict::Open => {
            let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
            if hidden {
                return Some("hidden: its name begins with a dot".into());
            }
            if let Some(rule) = placeholder::rule(path, meta) {
                return Some(rule.into());
            }
        }
    }
    let too_large = meta.is_file() && meta.len() > limits.largest;
    too_large.then(|| {
        format!("{} MiB long, and the limit in the settings is {} MiB", meta.len() >> 20, limits.largest >> 20)
    })
}

/// Whether a folder is Assay's own, also if the path leads to it through a link.
fn is_own(path: &Path, own: &Path) -> bool {
    path == own || path.file_name() == own.file_name() && real_path(path).is_ok_and(|real| real == own)
}

fn take(path: &Path, meta: &fs::Metadata, device: Option<u64>, found: &mut Found) {
    let Some(text) = path.to_str() else {
        return refuse(path, FilesError::NotUnicode { path: path.to_owned() }, found);
    };
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let (bytes, stamp) = (meta.len(), stamp::trusted(meta));
    found.sources.push(Source { path: text.to_owned(), name, bytes, stamp, device });
}

fn refuse(path: &Path, error: FilesError, found: &mut Found) {
    found.unreachable.push((path.to_owned(), error.into()));
}

fn unreachable(path: &Path, source: io::Error) -> FilesError {
    let path = path.to_owned();
    match source.kind() {
        io::ErrorKind::NotFound => FilesError::NotFound { path },
        io::ErrorKind::PermissionDenied => FilesError::PermissionDenied { path },
        _ => FilesError::NotOpened { path, source },
    }
}

#[cfg(test)]
mod tests;
