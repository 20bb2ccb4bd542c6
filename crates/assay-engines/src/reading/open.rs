//! Opening a user's file: read only, regular and bearable, or a named failure.

use std::fs::{File, Metadata};
use std::io;
use std::path::Path;
use std::time::SystemTime;

use assay_domain::port::Source;
use assay_domain::{Failure, Fingerprint, Problem};

/// Hash and length of a file.
pub(super) fn fingerprint(source: &Source, largest: u64) -> Result<Fingerprint, Failure> {
    settled(Path::new(&source.path), &source.name, largest, |file| {
        let mut hasher = blake3::Hasher::new();
        let bytes = hasher.update_reader(file).map(|hasher| hasher.count())?;
        Ok(Fingerprint { hash: hasher.finalize().to_hex().to_string(), bytes })
    })
}

/// Reads a file, and names it if it was written to meanwhile: half of one version and half of
/// another is no version.
pub(super) fn settled<T>(
    path: &Path,
    name: &str,
    largest: u64,
    read: impl FnOnce(&mut File) -> io::Result<T>,
) -> Result<T, Failure> {
    let (mut file, before) = open(path, name, largest)?;
    let value = read(&mut file).map_err(|error| cannot_open(name, &error))?;
    let same = |after: io::Result<Metadata>| after.is_ok_and(|after| mark(&after) == mark(&before));
    if same(file.metadata()) && same(std::fs::symlink_metadata(path)) {
        return Ok(value);
    }
    let message = format!("{name} was written to while it was read");
    Err(Failure::new(Problem::FileChanged, message, "try again when the program that writes it is done"))
}

/// What stays the same while nobody writes to a file or puts another in its place.
fn mark(meta: &Metadata) -> (u64, Option<SystemTime>, (u64, u64)) {
    #[cfg(unix)]
    let place = {
        use std::os::unix::fs::MetadataExt;
        (meta.dev(), meta.ino())
    };
    #[cfg(not(unix))]
    let place = (0, 0);
    (meta.len(), meta.modified().ok(), place)
}

/// Only regular files of a bearable size: a pipe would never end, a device may do anything, a link
/// may lead anywhere. What was looked at may be another thing when it is opened, so it is opened
/// without waiting and looked at again.
pub(super) fn open(path: &Path, name: &str, largest: u64) -> Result<(File, Metadata), Failure> {
    bearable(&std::fs::symlink_metadata(path).map_err(|error| cannot_open(name, &error))?, name, largest)?;
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits();
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, flags as i32);
    }
    let file = options.open(path).map_err(|error| cannot_open(name, &error))?;
    let meta = file.metadata().map_err(|error| cannot_open(name, &error))?;
    bearable(&meta, name, largest)?;
    Ok((file, meta))
}

fn bearable(meta: &Metadata, name: &str, largest: u64) -> Result<(), Failure> {
    if !meta.is_file() {
        let message = format!("{name} is not a regular file");
        return Err(Failure::new(Problem::UnsupportedFile, message, "add a file or a folder"));
    }
    if meta.len() > largest {
        let (size, limit) = (meta.len() >> 20, largest >> 20);
        let message = format!("{name} is {size} MiB long, and the limit is {limit} MiB");
        return Err(Failure::new(Problem::TooLarge, message, "raise the limit in the settings, or split the file"));
    }
    Ok(())
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
