//! Reading a backup. Nothing of the archive is believed before it is compared: it may be truncated, damaged, or made
//! to write where it should not.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use assay_domain::{Cancel, Failure};
use zip::ZipArchive;
use zip::result::ZipError;

use super::error::BackupError;
use super::hashed::{CopyEnd, OnBytes, copy_hashed};
use super::manifest::{FORM, FileEntry, MANIFEST, Manifest, SIGN};

/// Most bytes of the manifest: one line for each file.
const MANIFEST_BYTES: u64 = 64 << 20;
/// Where the name of an archive's first entry stands.
const SIGN_AT: usize = 30;

/// An open backup, whose list of files makes sense.
pub struct Archive {
    file: PathBuf,
    zip: ZipArchive<BufReader<File>>,
    /// What is in it.
    pub manifest: Manifest,
}

impl Archive {
    /// Whether a file begins as backups do. One that cannot be read does not.
    pub fn has_sign(file: &Path) -> bool {
        let mut head = vec![0; SIGN_AT + SIGN.len()];
        let read = File::open(file).and_then(|mut file| file.read_exact(&mut head));
        read.is_ok() && head.starts_with(b"PK\x03\x04") && head.ends_with(SIGN.as_bytes())
    }

    /// Opens a backup and reads its list of files.
    ///
    /// # Errors
    /// [`BackupError::NotWhole`] or [`BackupError::Newer`] if it cannot be restored, [`BackupError::File`] if it
    /// cannot be read.
    pub fn open(file: &Path) -> Result<Self, BackupError> {
        let opened = File::open(file).map_err(BackupError::file(file))?;
        if !Self::has_sign(file) {
            return Err(BackupError::not_whole(file, "it does not begin as one"));
        }
        let mut zip = ZipArchive::new(BufReader::new(opened)).map_err(|error| sorted(file, error))?;
        let mut text = Vec::new();
        let entry = zip.by_name(MANIFEST).map_err(|error| sorted(file, error))?;
        entry.take(MANIFEST_BYTES + 1).read_to_end(&mut text).map_err(|error| unpacking(file, MANIFEST, error))?;
        let manifest = manifest(file, &text)?;
        let archive = Self { file: file.to_owned(), zip, manifest };
        archive.check_names()?;
        Ok(archive)
    }

    /// The archive holds what the manifest lists, and nothing else.
    fn check_names(&self) -> Result<(), BackupError> {
        let there: BTreeSet<&str> = self.zip.file_names().collect();
        let listed = self.manifest.files.iter().map(|file| file.name.as_str());
        let listed: BTreeSet<&str> = listed.chain([SIGN, MANIFEST]).collect();
        if self.zip.len() == listed.len() && there == listed {
            return Ok(());
        }
        let odd = there.symmetric_difference(&listed).next().copied().unwrap_or("a file twice");
        Err(BackupError::not_whole(&self.file, format!("its list of files and its files differ ({odd:?})")))
    }

    /// Compares every file with the list.
    ///
    /// # Errors
    /// [`BackupError::NotWhole`] for the first that differs; a stop.
    pub fn verify(mut self, cancel: &Cancel) -> Result<(), Failure> {
        for entry in self.manifest.files.clone() {
            self.copy(&entry, &mut io::sink(), cancel, &mut |_| ())?;
        }
        Ok(())
    }

    /// Unpacks every file into a new folder, each compared with the list.
    ///
    /// # Errors
    /// As [`Self::verify`], and any fault of the disk. The folder may hold some of the files then.
    pub fn unpack(&mut self, folder: &Path, cancel: &Cancel, on: &mut OnBytes<'_>) -> Result<(), Failure> {
        let (mut done, total) = (0, self.manifest.bytes());
        for entry in self.manifest.files.clone() {
            let path = folder.join(&entry.name);
            let parent = path.parent().unwrap_or(folder);
            fs::create_dir_all(parent).map_err(BackupError::file(parent))?;
            let mut new = private(&path).map_err(BackupError::file(&path))?;
            self.copy(&entry, &mut new, cancel, &mut |bytes| {
                done += bytes;
                on(done, total);
            })?;
            new.sync_all().map_err(BackupError::file(&path))?;
        }
        Ok(())
    }

    /// Copies a file of the archive. It is read to the length in the list and one byte on, whatever the archive says.
    fn copy(
        &mut self,
        entry: &FileEntry,
        to: &mut impl Write,
        cancel: &Cancel,
        step: &mut dyn FnMut(u64),
    ) -> Result<(), Failure> {
        let (file, name) = (self.file.clone(), entry.name.as_str());
        let packed = self.zip.by_name(name).map_err(|error| sorted(&file, error))?;
        if packed.is_symlink() || !packed.is_file() {
            return Err(BackupError::not_whole(&file, format!("{name:?} is no file")).into());
        }
        let copied = copy_hashed(packed.take(entry.bytes.saturating_add(1)), to, cancel, step);
        let (bytes, hash) = copied.map_err(|end| match end {
            CopyEnd::Read(error) => unpacking(&file, name, error).into(),
            CopyEnd::Write(error) => BackupError::file(Path::new(name))(error).into(),
            CopyEnd::Stopped(stopped) => stopped,
        })?;
        if bytes != entry.bytes || hash != entry.blake3 {
            return Err(BackupError::not_whole(&file, format!("{name} is not as it was when it was written")).into());
        }
        Ok(())
    }
}

fn manifest(file: &Path, text: &[u8]) -> Result<Manifest, BackupError> {
    let odd = |why: String| BackupError::not_whole(file, format!("its list of files cannot be read ({why})"));
    if text.len() as u64 > MANIFEST_BYTES {
        return Err(odd("it is too long".to_owned()));
    }
    let any: serde_json::Value = serde_json::from_slice(text).map_err(|error| odd(error.to_string()))?;
    let program = any["program"].as_str().unwrap_or("of unknown version").to_owned();
    if any["form"].as_u64().is_some_and(|form| form > FORM.into()) {
        return Err(BackupError::Newer { file: file.to_owned(), program });
    }
    let manifest: Manifest = serde_json::from_value(any).map_err(|error| odd(error.to_string()))?;
    if manifest.layout > assay_catalogue::NEWEST_LAYOUT {
        return Err(BackupError::Newer { file: file.to_owned(), program });
    }
    match manifest.fault() {
        Some(why) => Err(BackupError::not_whole(file, why)),
        None => Ok(manifest),
    }
}

/// An error of the archive's structure means that it is damaged; the disk has errors of its own.
fn sorted(file: &Path, error: ZipError) -> BackupError {
    match error {
        ZipError::Io(source) => unpacking(file, "the list of its parts", source),
        other => BackupError::not_whole(file, other.to_string()),
    }
}

fn unpacking(file: &Path, what: &str, error: io::Error) -> BackupError {
    match error.kind() {
        io::ErrorKind::InvalidData
        | io::ErrorKind::InvalidInput
        | io::ErrorKind::UnexpectedEof
        | io::ErrorKind::Other => BackupError::not_whole(file, format!("{what}: {error}")),
        _ => BackupError::file(file)(error),
    }
}

fn private(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
