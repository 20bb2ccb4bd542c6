//! Opens a file of the user's: read only, regular, and within the size limit.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

use assay_domain::port::Source;
use assay_domain::{Failure, Fingerprint};

use crate::error::FilesError;

/// Hash and length of a file. It ends early, with a failure, once `unwanted` is set.
pub(super) fn fingerprint(source: &Source, largest: u64, unwanted: &AtomicBool) -> Result<Fingerprint, Failure> {
    read_unchanged(Path::new(&source.path), &source.name, largest, |file| {
        let mut hasher = blake3::Hasher::new();
        let bytes = hasher.update_reader(WhileWanted { file, unwanted }).map(|hasher| hasher.count())?;
        Ok(Fingerprint { hash: hasher.finalize().to_hex().to_string(), bytes })
    })
}

/// A file that fails to be read once nobody waits for it.
struct WhileWanted<'a> {
    file: &'a mut File,
    unwanted: &'a AtomicBool,
}

impl Read for WhileWanted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.unwanted.load(Ordering::Relaxed) {
            true => Err(io::Error::other("nobody waits for it any more")),
            false => self.file.read(buffer),
        }
    }
}

/// Reads a file and fails if it was written to meanwhile: parts of two versions are no version.
pub(super) fn read_unchanged<T>(
    path: &Path,
    name: &str,
    largest: u64,
    read: impl FnOnce(&mut File) -> io::Result<T>,
) -> Result<T, Failure> {
    let (mut file, before) = open(path, name, largest)?;
    let value = read(&mut file).map_err(|error| not_read(name, error))?;
    let same = |after: io::Result<Metadata>| after.is_ok_and(|after| version(&after) == version(&before));
    if same(file.metadata()) && same(std::fs::symlink_metadata(path)) {
        return Ok(value);
    }
    Err(FilesError::Changed { name: name.to_owned() }.into())
}

/// Metadata that stays the same while nobody writes to a file or replaces it.
fn version(meta: &Metadata) -> (u64, Option<SystemTime>, (u64, u64)) {
    #[cfg(unix)]
    let place = {
        use std::os::unix::fs::MetadataExt;
        (meta.dev(), meta.ino())
    };
    #[cfg(not(unix))]
    let place = (0, 0);
    (meta.len(), meta.modified().ok(), place)
}

/// Opens a regular file within the size limit. A pipe would never end, a device may do anything, and a
/// link may lead anywhere. The path may change between the look and the opening, so the file is opened
/// without blocking and looked at again.
pub(super) fn open(path: &Path, name: &str, largest: u64) -> Result<(File, Metadata), FilesError> {
    check(&std::fs::symlink_metadata(path).map_err(|error| not_read(name, error))?, name, largest)?;
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits();
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, flags as i32);
    }
    let file = options.open(path).map_err(|error| not_read(name, error))?;
    let meta = file.metadata().map_err(|error| not_read(name, error))?;
    check(&meta, name, largest)?;
    Ok((file, meta))
}

fn check(meta: &Metadata, name: &str, largest: u64) -> Result<(), FilesError> {
    let name = name.to_owned();
    if !meta.is_file() {
        return Err(FilesError::NotRegular { name });
    }
    if meta.len() > largest {
        return Err(FilesError::TooLarge { name, bytes: meta.len(), limit: largest });
    }
    Ok(())
}

fn not_read(name: &str, source: io::Error) -> FilesError {
    let name = name.to_owned();
    match source.kind() {
        io::ErrorKind::NotFound => FilesError::FileGone { name },
        io::ErrorKind::PermissionDenied => FilesError::FilePermissionDenied { name },
        _ => FilesError::FileNotRead { name, source },
    }
}
