//! The SQLite file of the catalogue: connecting, protecting, checking.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::error::CatalogueError;

/// Files up to this size are checked page by page when they are opened. Of larger ones only the
/// length is checked, unless damage was found in them before.
const CHECKED_WHOLE: u64 = 64 << 20;

/// How long a call waits for another program that has the file locked. This process never keeps it locked for
/// longer than a call takes: long reads give way to writes (`beside.rs`).
const PATIENCE: Duration = Duration::from_secs(30);

/// Ending of the file next to the catalogue that says that damage was found.
pub const DAMAGED: &str = "-damaged";

/// Opens the file with the tables it has, and creates it and its folder if needed.
pub fn connect(path: &Path) -> Result<Connection, CatalogueError> {
    prepare_file(path).map_err(|source| CatalogueError::Folder { path: path.to_owned(), source })?;
    let connection = Connection::open(path)?;
    connection.busy_timeout(PATIENCE)?;
    distrust_schema(&connection)?;
    connection.pragma_update(None, "secure_delete", "ON")?;
    connection.pragma_update(None, "synchronous", "EXTRA")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    connection.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))?;
    Ok(connection)
}

/// Makes SQLite put its temporary files (a catalogue while it is packed, a large sort) into a folder, for
/// all connections of this process. Call it before the first of them does work.
///
/// # Errors
/// Fails if the folder cannot be written to.
pub fn temporary_files_in(folder: &Path) -> Result<(), CatalogueError> {
    // SQLite deprecates this pragma because of programs that use it late; Rust has no other way to set the folder.
    Ok(Connection::open_in_memory()?.pragma_update(None, "temp_store_directory", folder.to_string_lossy())?)
}

/// The layout of a file, by its number.
pub fn layout(connection: &Connection) -> Result<i64, CatalogueError> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

/// Checks that the file is whole, as far as that is quick.
pub fn check(connection: &Connection, path: &Path) -> Result<(), CatalogueError> {
    let pages = |name: &str| connection.pragma_query_value::<u64, _>(None, name, |row| row.get(0));
    let wanted = pages("page_count")? * pages("page_size")?;
    let found = fs::metadata(path).map_or(0, |metadata| metadata.len());
    if found < wanted {
        let said = format!("it is {found} bytes long and should have {wanted}");
        return Err(CatalogueError::NotWhole { said });
    }
    if found <= CHECKED_WHOLE || sibling(path, DAMAGED).exists() { check_pages(connection) } else { Ok(()) }
}

/// Checks every page of the file.
pub fn check_pages(connection: &Connection) -> Result<(), CatalogueError> {
    let said: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if said == "ok" { Ok(()) } else { Err(CatalogueError::NotWhole { said }) }
}

/// Opens an existing file without preparing it. The file of an open [`crate::Store`] must be opened in no other way:
/// when a process closes a file, POSIX drops all its locks on it.
pub fn connect_again(path: &Path, flags: OpenFlags) -> Result<Connection, CatalogueError> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(PATIENCE)?;
    distrust_schema(&connection)?;
    Ok(connection)
}

/// A catalogue may come out of somebody else's backup: nothing that its tables name runs but SQLite's harmless
/// functions.
pub fn distrust_schema(connection: &Connection) -> Result<(), CatalogueError> {
    Ok(connection.pragma_update(None, "trusted_schema", "OFF")?)
}

/// The file next to the catalogue that has its name and this ending.
pub fn sibling(path: &Path, ending: &str) -> PathBuf {
    path.with_file_name(format!("{}{ending}", path.file_name().unwrap_or_default().to_string_lossy()))
}

/// Creates the file and its folder, readable by this user only: the text of every document is in
/// it. SQLite gives its journal the mode of the file.
pub fn prepare_file(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        make_folder(folder)?;
    }
    let mut options = fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?;
    restrict(path, 0o600)
}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(unix)]
fn restrict(path: &Path, mode: u32) -> io::Result<()> {
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode))
}

#[cfg(not(unix))]
fn restrict(_path: &Path, _mode: u32) -> io::Result<()> {
    Ok(())
}
