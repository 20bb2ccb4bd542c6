//! Opening a user's file: read only, regular and bearable, or a named failure.

use std::fs::File;
use std::io;
use std::path::Path;

use assay_domain::socket::Source;
use assay_domain::{Failure, Fingerprint, Problem};

/// Hash and length of a file.
pub(super) fn fingerprint(source: &Source, largest: u64) -> Result<Fingerprint, Failure> {
    let file = open(Path::new(&source.path), &source.name, largest)?;
    let mut hasher = blake3::Hasher::new();
    let bytes = hasher.update_reader(file).map(|hasher| hasher.count());
    let bytes = bytes.map_err(|error| cannot_open(&source.name, &error))?;
    Ok(Fingerprint { hash: hasher.finalize().to_hex().to_string(), bytes })
}

/// Only regular files of a bearable size: a pipe would never end, a device may do anything.
pub(super) fn open(path: &Path, name: &str, largest: u64) -> Result<File, Failure> {
    let meta = std::fs::metadata(path).map_err(|error| cannot_open(name, &error))?;
    if !meta.is_file() {
        let message = format!("{name} is not a regular file");
        return Err(Failure::new(Problem::UnsupportedFile, message, "add a file or a folder"));
    }
    if meta.len() > largest {
        let (size, limit) = (meta.len() >> 20, largest >> 20);
        let message = format!("{name} is {size} MiB long, and the limit is {limit} MiB");
        return Err(Failure::new(Problem::TooLarge, message, "raise the limit in the settings, or split the file"));
    }
    File::open(path).map_err(|error| cannot_open(name, &error))
}

pub(super) fn cannot_open(name: &str, error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::NotFound => Failure::new(
            Problem::MissingFile,
            format!("{name} is no longer there"),
            "put it back or remove it from the library",
        ),
        io::ErrorKind::PermissionDenied => {
            let message = format!("{name} may not be read by you");
            Failure::new(Problem::NoPermission, message, "give yourself the right to read it and try again")
        }
        _ => Failure::new(
            Problem::UnreadableFile,
            format!("{name} cannot be read: {error}"),
            "check the disk and try again",
        ),
    }
}
