//! Writing a backup: copies taken while the library is in use, one archive, read again before it gets its name.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use assay_catalogue::{CopyFacts, Store, copy_for_backup};
use assay_domain::{Cancel, Failure};
use tempfile::{Builder, NamedTempFile};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::error::BackupError;
use super::gather::{Wanted, index_files, model_files};
use super::hashed::{CopyEnd, OnBytes, copy_hashed};
use super::index_copy::copy_index;
use super::manifest::{CATALOGUE, FIRST_ENTRY, FileEntry, MANIFEST, MODELS, Manifest, SETTINGS};
use super::read::Archive;
use super::restore::end_confirmed;
use super::sync::sync_folder;
use crate::claim::refuse_foreign;
use crate::scratch::Scratch;

const FIRST_TEXT: &str = "This is a backup of an Assay library: assay restore FILE
这是 Assay 资料库的备份：assay restore FILE
";

/// What goes into a backup besides the catalogue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BackupOptions {
    /// The settings' text, without secrets.
    pub settings: Option<String>,
    /// Whether the index is in it. Without, it is filled again from the stored text after a restore.
    pub index: bool,
    /// Whether models are in it.
    pub models: bool,
    /// Whether a file that is no backup is replaced.
    pub force: bool,
}

/// Writes a backup of the library in a data folder, which this process (then `open` is its catalogue) or another may
/// have open. The archive is written next to `file`, read again and compared, and takes its name when it is whole.
///
/// # Errors
/// [`BackupError::NoLibrary`], [`BackupError::WouldOverwrite`], a damaged catalogue, a stop, or a fault of the disk.
/// Nothing is left of the archive then.
pub fn write(
    data: &Path,
    open: Option<&Store>,
    file: &Path,
    options: &BackupOptions,
    cancel: &Cancel,
    on: &mut OnBytes<'_>,
) -> Result<Manifest, Failure> {
    refuse_foreign(data)?;
    if open.is_none() {
        end_confirmed(data)?;
    }
    let catalogue = data.join(CATALOGUE);
    if !catalogue.is_file() {
        return Err(BackupError::NoLibrary { folder: data.to_owned() }.into());
    }
    if file.exists() && !options.force && !Archive::is_backup(file) {
        return Err(BackupError::WouldOverwrite { file: file.to_owned() }.into());
    }
    let scratch = Scratch::make(data)?;
    let copy = scratch.folder().join(CATALOGUE);
    // The catalogue first: the index has the rows of all that the catalogue calls committed.
    let facts = match open {
        Some(store) => store.copy_for_backup(&copy)?,
        None => copy_for_backup(&catalogue, &copy)?,
    };
    cancel.check()?;
    let (manifest, files) = gather(data, &scratch, copy, &facts, options)?;
    let temporary = temporary_archive(file).map_err(BackupError::file(file))?;
    let manifest = archive(&temporary, manifest, &files, options, cancel, on)?;
    // Through the handle that holds the lock: on Windows no other can read it.
    let written = temporary.as_file().try_clone().map_err(BackupError::file(temporary.path()))?;
    Archive::read(written, temporary.path())?.verify(cancel)?;
    keep(temporary, file, options.force).map_err(BackupError::file(file))?;
    Ok(manifest)
}

fn gather(
    data: &Path,
    scratch: &Scratch,
    copy: PathBuf,
    facts: &CopyFacts,
    options: &BackupOptions,
) -> Result<(Manifest, Vec<Wanted>), BackupError> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let mut manifest = Manifest::new(facts, now as i64);
    let mut files = vec![Wanted { name: CATALOGUE.to_owned(), path: copy, packed: true }];
    let index = facts.index.clone().unwrap_or_else(|| "index".to_owned());
    if options.index && data.join(&index).is_dir() {
        let copied = scratch.folder().join(&index);
        copy_index(&data.join(&index), &copied)?;
        files.extend(index_files(&copied, &index)?);
        manifest.index = Some(index);
    }
    if options.models {
        let models = model_files(&data.join(MODELS))?;
        manifest.models = !models.files.is_empty();
        manifest.models_left_out = models.left_out;
        files.extend(models.files);
    }
    Ok((manifest, files))
}

/// A file next to the one that is wanted, for its owner alone, which is deleted unless it is kept. Those of runs that
/// died are deleted: they begin as a backup does, and no process holds their lock.
fn temporary_archive(file: &Path) -> io::Result<NamedTempFile> {
    let (folder, name) = (folder_of(file), file.file_name().unwrap_or_default().to_string_lossy());
    let (prefix, suffix) = (format!(".{name}."), ".part");
    for entry in fs::read_dir(folder)?.filter_map(Result::ok) {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        // On Windows one that is locked cannot be read, and is not ours to delete either.
        let ours = name.starts_with(&prefix) && name.ends_with(suffix) && Archive::is_backup(&path);
        if ours && File::open(&path).is_ok_and(|file| file.try_lock().is_ok()) {
            fs::remove_file(path)?;
        }
    }
    let new = Builder::new().prefix(&prefix).suffix(suffix).tempfile_in(folder)?;
    new.as_file().try_lock().map_err(io::Error::from)?;
    Ok(new)
}

fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn archive(
    temporary: &NamedTempFile,
    mut manifest: Manifest,
    files: &[Wanted],
    options: &BackupOptions,
    cancel: &Cancel,
    on: &mut OnBytes<'_>,
) -> Result<Manifest, Failure> {
    let fault = || BackupError::file(temporary.path());
    let total = files.iter().filter_map(|each| fs::metadata(&each.path).ok()).map(|metadata| metadata.len()).sum();
    let mut zip = ZipWriter::new(BufWriter::new(temporary.as_file().try_clone().map_err(fault())?));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored).unix_permissions(0o600);
    let packed = stored.compression_method(CompressionMethod::Deflated).compression_level(Some(1));
    zip.start_file(FIRST_ENTRY, stored).map_err(io::Error::from).map_err(fault())?;
    zip.write_all(FIRST_TEXT.as_bytes()).map_err(fault())?;
    // From here on the file is known as ours, should this process die.
    zip.flush().map_err(fault())?;
    if let Some(settings) = &options.settings {
        zip.start_file(SETTINGS, packed).map_err(io::Error::from).map_err(fault())?;
        let copied = copy_hashed(settings.as_bytes(), &mut zip, cancel, &mut |_| ());
        manifest.files.push(entry(SETTINGS, copied, Path::new(SETTINGS), temporary.path())?);
    }
    let mut done = 0;
    for each in files {
        let from = File::open(&each.path).map_err(BackupError::file(&each.path))?;
        let large = from.metadata().map_err(BackupError::file(&each.path))?.len() > u32::MAX.into();
        let how = if each.packed { packed } else { stored };
        zip.start_file(each.name.as_str(), how.large_file(large)).map_err(io::Error::from).map_err(fault())?;
        let mut step = |bytes| {
            done += bytes;
            on(done, total);
        };
        let copied = copy_hashed(from, &mut zip, cancel, &mut step);
        manifest.files.push(entry(&each.name, copied, &each.path, temporary.path())?);
    }
    zip.start_file(MANIFEST, packed).map_err(io::Error::from).map_err(fault())?;
    let text = serde_json::to_vec_pretty(&manifest).map_err(|error| Failure::bug(error.to_string()))?;
    zip.write_all(&text).map_err(fault())?;
    let written = zip.finish().map_err(io::Error::from).map_err(fault())?;
    let written = written.into_inner().map_err(|error| fault()(error.into_error()))?;
    written.sync_all().map_err(fault())?;
    Ok(manifest)
}

fn entry(name: &str, copied: Result<(u64, String), CopyEnd>, from: &Path, to: &Path) -> Result<FileEntry, Failure> {
    match copied {
        Ok((bytes, blake3)) => Ok(FileEntry { name: name.to_owned(), bytes, blake3 }),
        Err(CopyEnd::Read(error)) => Err(BackupError::file(from)(error).into()),
        Err(CopyEnd::Write(error)) => Err(BackupError::file(to)(error).into()),
        Err(CopyEnd::Stopped(stopped)) => Err(stopped),
    }
}

/// Gives the archive its name. A file that came there meanwhile and is no backup stays.
fn keep(temporary: NamedTempFile, file: &Path, force: bool) -> io::Result<()> {
    if force || Archive::is_backup(file) {
        temporary.persist(file)?;
    } else {
        temporary.persist_noclobber(file)?;
    }
    sync_folder(folder_of(file))
}
