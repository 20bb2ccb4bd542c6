//! Copies of the catalogue, to go back to.
//!
//! A whole one is taken before the layout changes and before an index is rebuilt; the last three
//! are kept. A small one without the text of pages is renewed after each ingest: put back, it knows
//! every document, conversation and judgement, and the text is read from the originals again.
//!
//! Text of a document that is removed leaves the snapshots, too.

#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use crate::{CatalogueError, Store, conversation, schema};

/// Name of their folder, beside the catalogue.
pub const FOLDER: &str = "snapshots";

/// Whole snapshots that are kept.
const KEPT: usize = 3;

/// Free pages (of 4 KB) below which the file is left as it is.
const WORTH_A_COPY: u64 = 64;

/// The small one's name.
const SMALL: &str = "without-text.sqlite";

/// A copy of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Its file's name, which says when and before what it was taken.
    pub name: String,
    /// Its file.
    pub path: PathBuf,
    /// Seconds since 1970, UTC.
    pub taken: i64,
    /// Layout of its tables.
    pub layout: i64,
    /// Documents in it.
    pub documents: u32,
    /// Bytes of the file.
    pub bytes: u64,
    /// Whether the text of pages is in it.
    pub with_text: bool,
}

impl Store {
    /// Takes a whole snapshot into a folder and keeps the last three.
    ///
    /// # Errors
    /// Whatever the disk does.
    pub fn take_snapshot(&self, folder: &Path, why: &str) -> Result<PathBuf, CatalogueError> {
        self.read(|connection| take(connection, folder, why))
    }

    /// Renews the small snapshot.
    ///
    /// # Errors
    /// Whatever the disk does.
    pub fn take_small_snapshot(&self, folder: &Path) -> Result<(), CatalogueError> {
        let fault = |source| CatalogueError::Folder { path: folder.to_owned(), source };
        let (new, path) = (folder.join(format!("{SMALL}.new")), folder.join(SMALL));
        delete(&new).map_err(fault)?;
        drop(schema::open(&new)?);
        self.read(|connection| {
            connection.execute("ATTACH ?1 AS small", [new.to_string_lossy()])?;
            let copied = copy_without_text(connection);
            connection.execute_batch("DETACH small")?;
            copied
        })?;
        sync(&new).and_then(|()| fs::rename(&new, &path)).and_then(|()| sync_folder(folder)).map_err(fault)
    }
}

fn copy_without_text(connection: &Connection) -> Result<(), CatalogueError> {
    let tables: Vec<String> = connection
        .prepare(
            "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT IN ('pages', 'headings') \
             AND name NOT LIKE 'sqlite_%' ORDER BY rowid",
        )?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let transaction = connection.unchecked_transaction()?;
    transaction.pragma_update(None, "defer_foreign_keys", "ON")?;
    for table in tables.iter().map(String::as_str).chain(["sqlite_sequence"]) {
        transaction.execute_batch(&format!(
            "DELETE FROM small.{table}; INSERT INTO small.{table} SELECT * FROM main.{table};"
        ))?;
    }
    transaction.commit()?;
    Ok(())
}

/// Copies what a connection has open into a new file of a folder.
pub fn take(connection: &Connection, folder: &Path, why: &str) -> Result<PathBuf, CatalogueError> {
    let layout = schema::layout(connection)?;
    let name: String = connection.query_row(
        "SELECT strftime('%Y-%m-%d-%H%M%S', 'now') || '-layout' || ?1 || '-' || ?2 || '.sqlite'",
        rusqlite::params![layout, why],
        |row| row.get(0),
    )?;
    let path = folder.join(name);
    let fault = |source| CatalogueError::Folder { path: path.clone(), source };
    delete(&path).map_err(fault)?;
    schema::prepare_file(&path).map_err(fault)?;
    let copied = connection
        .execute("VACUUM INTO ?1", [path.to_string_lossy()])
        .map_err(CatalogueError::from)
        .and_then(|_| sync(&path).and_then(|()| sync_folder(folder)).map_err(fault));
    if copied.is_err() {
        // Half a copy is none.
        delete(&path).map_err(fault)?;
    }
    copied?;
    let whole = snapshots(folder).into_iter().filter(|snapshot| snapshot.with_text);
    for old in whole.skip(KEPT) {
        delete(&old.path).map_err(fault)?;
    }
    Ok(path)
}

/// The snapshots in a folder that can be put back, the newest first.
pub fn snapshots(folder: &Path) -> Vec<Snapshot> {
    let mut found: Vec<Snapshot> = files_ending(folder, "sqlite").iter().filter_map(|path| look(path)).collect();
    found.sort_by(|a, b| b.taken.cmp(&a.taken).then(b.name.cmp(&a.name)));
    found
}

/// What a file holds; `None` if it is no catalogue or not whole.
fn look(path: &Path) -> Option<Snapshot> {
    let metadata = fs::metadata(path).ok()?;
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).ok()?;
    schema::check(&connection, path).ok()?;
    let layout = schema::layout(&connection).ok()?;
    let documents = connection.query_row("SELECT count(*) FROM documents", [], |row| row.get(0)).ok()?;
    let taken = metadata.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?.as_secs() as i64;
    let name = path.file_name()?.to_string_lossy().into_owned();
    let with_text = name != SMALL;
    Some(Snapshot { name, path: path.to_owned(), taken, layout, documents, bytes: metadata.len(), with_text })
}

/// Puts a snapshot in the place of the catalogue. The file that is there now is moved into
/// `aside`, with its journal; nobody may have it open. Documents without the text of their pages
/// are queued; what the index holds of them answers until they were read again.
///
/// # Errors
/// Whatever the disk does.
pub fn restore(snapshot: &Snapshot, catalogue: &Path, aside: &Path) -> Result<(), CatalogueError> {
    let fault = |source| CatalogueError::Folder { path: catalogue.to_owned(), source };
    let new = catalogue.with_extension("sqlite.new");
    schema::prepare_file(&new).map_err(fault)?;
    fs::copy(&snapshot.path, &new).and_then(|_| sync(&new)).map_err(fault)?;
    set_aside(catalogue, aside).map_err(fault)?;
    fs::rename(&new, catalogue).map_err(fault)?;
    sync_folder(catalogue.parent().unwrap_or(Path::new("."))).map_err(fault)?;
    let connection = schema::open(catalogue)?;
    connection.execute(
        "UPDATE documents SET state = 'queued', reason = NULL, hash = CASE WHEN generation IS NULL THEN NULL ELSE '' END \
         WHERE id NOT IN (SELECT document FROM pages) AND state = 'committed'",
        [],
    )?;
    Ok(())
}

/// Moves a catalogue and its journal out of the way, under names that say when.
fn set_aside(catalogue: &Path, aside: &Path) -> io::Result<()> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    for ending in ["", "-journal", "-wal", "-shm", schema::DAMAGED] {
        let file = schema::beside(catalogue, ending);
        if file.exists() {
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            fs::create_dir_all(aside)?;
            fs::rename(file, aside.join(format!("{now}-{name}")))?;
        }
    }
    Ok(())
}

impl Store {
    /// Takes out of every snapshot what is no longer in the library, so that the text of what was
    /// removed is nowhere on the disk. A snapshot that cannot be opened any more is deleted for the
    /// same reason. Returns how many documents were taken out.
    ///
    /// # Errors
    /// Whatever the disk does.
    pub fn forget_in_snapshots(&self, folder: &Path) -> Result<usize, CatalogueError> {
        let here: HashSet<(String, String)> =
            self.read(|connection| Ok(files(connection)?.into_iter().map(|(_, place)| place).collect()))?;
        let mut forgotten = 0;
        for path in files_ending(folder, "sqlite") {
            let taken = fs::metadata(&path).and_then(|metadata| metadata.modified()).ok();
            match forget_in(&path, &here) {
                Ok(0) => (),
                Ok(count) => {
                    forgotten += count;
                    // The date says when it was taken.
                    let file = File::options().append(true).open(&path);
                    drop(file.and_then(|file| taken.map_or(Ok(()), |taken| file.set_modified(taken))));
                }
                Err(_) => delete(&path).map_err(|source| CatalogueError::Folder { path: path.clone(), source })?,
            }
        }
        for half in files_ending(folder, "new") {
            delete(&half).map_err(|source| CatalogueError::Folder { path: half.clone(), source })?;
        }
        Ok(forgotten)
    }

    /// Gives space back to the system that removed documents took, once it is worth a copy of the
    /// file.
    ///
    /// # Errors
    /// Whatever the disk does.
    pub fn tidy(&self) -> Result<(), CatalogueError> {
        self.read(|connection| {
            let number = |name: &str| connection.pragma_query_value::<u64, _>(None, name, |row| row.get(0));
            let (free, all) = (number("freelist_count")?, number("page_count")?);
            if free > WORTH_A_COPY && free * 5 > all {
                connection.execute_batch("VACUUM")?;
            }
            Ok(())
        })
    }
}

fn forget_in(path: &Path, here: &HashSet<(String, String)>) -> Result<usize, CatalogueError> {
    let mut connection = schema::open_as_it_is(path)?;
    let gone: Vec<i64> =
        files(&connection)?.into_iter().filter(|(_, place)| !here.contains(place)).map(|(id, _)| id).collect();
    if gone.is_empty() {
        return Ok(0);
    }
    let transaction = connection.transaction()?;
    for id in &gone {
        transaction.execute("DELETE FROM documents WHERE id = ?1", [id])?;
    }
    conversation::withdraw(&transaction, &gone)?;
    transaction.commit()?;
    Ok(gone.len())
}

fn files(connection: &Connection) -> Result<Vec<(i64, (String, String))>, CatalogueError> {
    let mut statement = connection.prepare("SELECT id, collection, path FROM documents")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn files_ending(folder: &Path, end: &str) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path());
    paths.filter(|path| path.is_file() && path.extension().is_some_and(|extension| extension == end)).collect()
}

fn delete(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn sync(path: &Path) -> io::Result<()> {
    File::options().read(true).write(true).open(path)?.sync_all()
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// NTFS keeps its own journal of names.
#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}
