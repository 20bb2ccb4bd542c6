//! Reading a backup. Nothing of the archive is believed before it is compared: it may be truncated, damaged, or made
//! to write where it should not.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufReader, Read, Seek, Write};
use std::path::{Path, PathBuf};

use assay_domain::{Cancel, Failure};
use zip::ZipArchive;
use zip::result::ZipError;

use super::error::BackupError;
use super::hashed::{CopyEnd, OnBytes, copy_hashed};
use super::manifest::{FIRST_ENTRY, FORMAT_VERSION, FileEntry, MANIFEST, Manifest, Versions};
use super::names;
use super::sync::sync_folder;

/// Most bytes of the manifest: enough for some 70,000 files.
const MANIFEST_BYTES: u64 = 16 << 20;
/// Where the name of an archive's first entry stands.
const FIRST_NAME_AT: usize = 30;
/// Most characters of a version that is shown.
const VERSION_LENGTH: usize = 40;

/// An open backup, whose list of files makes sense.
pub struct Archive {
    file: PathBuf,
    zip: ZipArchive<BufReader<File>>,
    /// What is in it.
    pub manifest: Manifest,
}

impl Archive {
    /// Whether a file begins as backups do. One that cannot be read does not.
    pub fn is_backup(file: &Path) -> bool {
        File::open(file).is_ok_and(|mut file| begins_as_one(&mut file).unwrap_or(false))
    }

    /// Opens a backup and reads its list of files.
    ///
    /// # Errors
    /// [`BackupError::NotWhole`] or [`BackupError::Newer`] if it cannot be restored, [`BackupError::File`] if it
    /// cannot be read.
    pub fn open(file: &Path) -> Result<Self, BackupError> {
        Self::read(File::open(file).map_err(BackupError::file(file))?, file)
    }

    /// As [`Self::open`], for an open file: on Windows nobody else can read a file that is locked.
    pub fn read(mut opened: File, file: &Path) -> Result<Self, BackupError> {
        if !begins_as_one(&mut opened).map_err(BackupError::file(file))? {
            return Err(BackupError::not_whole(file, "it does not begin as one"));
        }
        let mut zip = ZipArchive::new(BufReader::new(opened)).map_err(|error| zip_fault(file, error))?;
        let mut text = Vec::new();
        let entry = zip.by_name(MANIFEST).map_err(|error| zip_fault(file, error))?;
        entry
            .take(MANIFEST_BYTES + 1)
            .read_to_end(&mut text)
            .map_err(|error| unpacking_fault(file, MANIFEST, error))?;
        let manifest = manifest(file, &text)?;
        let archive = Self { file: file.to_owned(), zip, manifest };
        archive.check_names()?;
        Ok(archive)
    }

    /// The archive holds what the manifest lists, and nothing else.
    fn check_names(&self) -> Result<(), BackupError> {
        let there: BTreeSet<&str> = self.zip.file_names().collect();
        let listed = self.manifest.files.iter().map(|file| file.name.as_str());
        let listed: BTreeSet<&str> = listed.chain([FIRST_ENTRY, MANIFEST]).collect();
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

    /// Unpacks every file into a new folder, each compared with the list. All of it is on the disk when this returns.
    ///
    /// # Errors
    /// As [`Self::verify`], and any fault of the disk. The folder may hold some of the files then.
    pub fn unpack(&mut self, folder: &Path, cancel: &Cancel, on: &mut OnBytes<'_>) -> Result<(), Failure> {
        let (mut done, total) = (0, self.manifest.bytes());
        let mut folders = BTreeSet::from([folder.to_owned()]);
        for entry in self.manifest.files.clone() {
            let path = folder.join(&entry.name);
            let parent = path.parent().unwrap_or(folder);
            fs::create_dir_all(parent).map_err(BackupError::file(parent))?;
            folders.extend(parent.ancestors().take_while(|above| *above != folder).map(Path::to_owned));
            let mut new = private(&path).map_err(|error| match error.kind() {
                // The file system takes two names for one.
                io::ErrorKind::AlreadyExists => {
                    BackupError::not_whole(&self.file, format!("it holds two files for the place {:?}", entry.name))
                }
                _ => BackupError::file(&path)(error),
            })?;
            self.copy(&entry, &mut new, cancel, &mut |bytes| {
                done += bytes;
                on(done, total);
            })?;
            new.sync_all().map_err(BackupError::file(&path))?;
        }
        folders.iter().try_for_each(|made| sync_folder(made).map_err(BackupError::file(made)))?;
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
        let packed = self.zip.by_name(name).map_err(|error| zip_fault(&file, error))?;
        if packed.is_symlink() || !packed.is_file() {
            return Err(BackupError::not_whole(&file, format!("{name:?} is no file")).into());
        }
        let copied = copy_hashed(packed.take(entry.bytes.saturating_add(1)), to, cancel, step);
        let (bytes, hash) = copied.map_err(|end| match end {
            CopyEnd::Read(error) => unpacking_fault(&file, name, error).into(),
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
    let versions: Versions = serde_json::from_slice(text).map_err(|error| odd(error.to_string()))?;
    if versions.format_version > FORMAT_VERSION.into() || versions.layout > assay_catalogue::NEWEST_LAYOUT {
        return Err(BackupError::Newer { file: file.to_owned(), program: shown(&versions.program) });
    }
    let manifest: Manifest = serde_json::from_slice(text).map_err(|error| odd(error.to_string()))?;
    match names::fault(&manifest) {
        Some(why) => Err(BackupError::not_whole(file, why)),
        None => Ok(manifest),
    }
}

/// A version as it may be shown on a terminal.
fn shown(program: &str) -> String {
    let plain: String = program.chars().filter(char::is_ascii_graphic).take(VERSION_LENGTH).collect();
    if plain.is_empty() { "of unknown version".to_owned() } else { plain }
}

/// Whether an open file begins as backups do. The next read is from its beginning.
fn begins_as_one(file: &mut File) -> io::Result<bool> {
    let mut head = vec![0; FIRST_NAME_AT + FIRST_ENTRY.len()];
    file.rewind()?;
    let read = file.read_exact(&mut head);
    file.rewind()?;
    match read {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        read => read.map(|()| head.starts_with(b"PK\x03\x04") && head.ends_with(FIRST_ENTRY.as_bytes())),
    }
}

/// An error of the archive's structure means that it is damaged; the disk has errors of its own.
fn zip_fault(file: &Path, error: ZipError) -> BackupError {
    match error {
        ZipError::Io(source) => unpacking_fault(file, "the list of its parts", source),
        other => BackupError::not_whole(file, other.to_string()),
    }
}

fn unpacking_fault(file: &Path, what: &str, error: io::Error) -> BackupError {
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
