//! Files and folders as the user named them, to the files in them. No file is opened for that and
//! no link inside a folder is followed, so neither a pipe nor a loop can hold it up.

mod rules;
mod stamp;
mod presence;

use std::fs;
use std::path::{Path, PathBuf};

use assay_domain::port::Source;
use assay_domain::{Failure, Problem};

pub use presence::{Presence, presence};
use rules::{Level, Verdict};

/// What is left out of folders, beside what their own rules say.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Largest file, in bytes.
    pub largest: u64,
    /// Assay's own data, which changes whenever something is taken in.
    pub own: PathBuf,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Found {
    /// Files to read, each once, in order of their paths.
    pub sources: Vec<Source>,
    /// What could not be reached, with the reason.
    pub unreachable: Vec<(PathBuf, Failure)>,
    /// What is left out by rule, with the rule. A folder that is left out is one of these.
    pub excluded: Vec<(PathBuf, String)>,
    /// The folders that were looked into, each with its number on its disk.
    pub folders: Vec<(PathBuf, u64)>,
}

/// All regular files at or below the paths. What is hidden, linked, too large or left out by an
/// ignore file inside a named folder is named as excluded, and anything that cannot be reached is
/// named too.
pub fn find(paths: &[PathBuf], limits: &Limits) -> Found {
    let mut found = Found::default();
    for path in paths {
        match fs::symlink_metadata(path) {
            Ok(kind) if kind.is_dir() || kind.is_file() => named(path, &mut found, limits),
            // A link that the user named is meant; one that lies in a folder may lead anywhere.
            Ok(kind) if kind.is_symlink() => named(path, &mut found, limits),
            Ok(_) => {
                refuse(path, Problem::UnsupportedFile, "is neither a file nor a folder", "name a file", &mut found)
            }
            Err(error) => found.unreachable.push((path.clone(), unreachable(path, &error))),
        }
    }
    found.sources.sort_by(|a, b| a.path.cmp(&b.path));
    found.sources.dedup_by(|a, b| a.path == b.path);
    found.excluded.sort();
    found.excluded.dedup_by(|a, b| a.0 == b.0);
    found
}

fn named(path: &Path, found: &mut Found, limits: &Limits) {
    let real = path.canonicalize().and_then(|real| Ok((fs::symlink_metadata(&real)?, real)));
    match real {
        Ok((meta, real)) if meta.is_dir() => walk(real, found, limits),
        Ok((meta, real)) if meta.is_file() => {
            let device = real.parent().and_then(|folder| fs::symlink_metadata(folder).ok()).and_then(stamp::device);
            take(&real, &meta, device, found);
        }
        Ok(_) => refuse(path, Problem::UnsupportedFile, "leads to neither a file nor a folder", "name a file", found),
        Err(error) => found.unreachable.push((path.to_owned(), unreachable(path, &error))),
    }
}

fn walk(root: PathBuf, found: &mut Found, limits: &Limits) {
    let mut waiting = vec![(root, None)];
    while let Some((folder, above)) = waiting.pop() {
        let listed = fs::symlink_metadata(&folder).and_then(|meta| Ok((meta, fs::read_dir(&folder)?)));
        let (meta, entries) = match listed {
            Ok(listed) => listed,
            Err(error) => {
                let failure = unreachable(&folder, &error);
                found.unreachable.push((folder, failure));
                continue;
            }
        };
        found.folders.push((folder.clone(), stamp::inode(&meta)));
        let device = stamp::device(meta);
        let level = Level::below(above, &folder);
        for entry in entries {
            let (path, meta) = match entry.and_then(|entry| Ok((entry.path(), entry.metadata()?))) {
                Ok(found) => found,
                // It was there a moment ago: files come and go.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                Err(error) => {
                    found.unreachable.push((folder.clone(), unreachable(&folder, &error)));
                    continue;
                }
            };
            if let Some(why) = left_out(&path, &meta, &level, limits) {
                found.excluded.push((path, why));
            } else if meta.is_dir() {
                waiting.push((path, Some(level.clone())));
            } else {
                take(&path, &meta, device, found);
            }
        }
    }
}

/// The rule that leaves a file or folder out of its folder.
fn left_out(path: &Path, meta: &fs::Metadata, level: &Level, limits: &Limits) -> Option<String> {
    if meta.is_symlink() {
        return Some("a link; links inside folders are not followed".into());
    }
    if !meta.is_dir() && !meta.is_file() {
        return Some("a pipe, a socket or a device".into());
    }
    if path == limits.own {
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
        }
    }
    let too_large = meta.is_file() && meta.len() > limits.largest;
    too_large.then(|| {
        format!("{} MiB long, and the limit in the settings is {} MiB", meta.len() >> 20, limits.largest >> 20)
    })
}

fn take(path: &Path, meta: &fs::Metadata, device: Option<u64>, found: &mut Found) {
    let Some(text) = path.to_str() else {
        let advice = "rename it and add it again";
        return refuse(path, Problem::UnreadableFile, "has a name that is not valid Unicode", advice, found);
    };
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let (bytes, stamp) = (meta.len(), stamp::trusted(meta));
    found.sources.push(Source { path: text.to_owned(), name, bytes, stamp, device });
}

fn refuse(path: &Path, problem: Problem, what: &str, advice: &str, found: &mut Found) {
    let failure = Failure::new(problem, format!("{} {what}", path.display()), advice);
    found.unreachable.push((path.to_owned(), failure));
}

fn unreachable(path: &Path, error: &std::io::Error) -> Failure {
    let at = path.display();
    match error.kind() {
        std::io::ErrorKind::NotFound => {
            Failure::new(Problem::MissingFile, format!("{at} does not exist"), "check the path and try again")
        }
        std::io::ErrorKind::PermissionDenied => {
            let message = format!("{at} may not be read by you");
            Failure::new(Problem::NoPermission, message, "give yourself the right to read it, then add it again")
        }
        _ => Failure::new(Problem::UnreadableFile, format!("{at} cannot be opened: {error}"), "try again later"),
    }
}

#[cfg(test)]
mod tests;
