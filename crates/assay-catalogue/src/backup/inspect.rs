//! Reading a catalogue through that comes from elsewhere. It may be damaged, or made to do what no catalogue does, or of
//! an earlier layout.

use std::collections::BTreeSet;
use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::facts::{CopyFacts, facts};
use crate::database;
use crate::error::CatalogueError;
use crate::schema;

/// Reads a catalogue through that comes from elsewhere, brings it to the newest layout, and says what is in it, with the
/// layout that it came with. The file is a copy that nobody else has open.
///
/// # Errors
/// As [`inspect`].
pub fn inspect_and_upgrade(catalogue: &Path) -> Result<CopyFacts, CatalogueError> {
    let connection = database::connect_again(catalogue, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let layout = database::layout(&connection)?;
    if layout < schema::NEWEST {
        read_through(&connection)?;
        drop(connection);
        schema::migrate(&mut database::connect(catalogue)?)?;
    }
    Ok(CopyFacts { layout, ..inspect(catalogue)? })
}

/// Reads a catalogue of the newest layout through, and says what is in it. Nothing is written.
///
/// # Errors
/// [`CatalogueError::NotWhole`] or [`CatalogueError::Damaged`] if it is no whole catalogue,
/// [`CatalogueError::Newer`] if a later Assay wrote it.
pub fn inspect(catalogue: &Path) -> Result<CopyFacts, CatalogueError> {
    let connection = database::connect_again(catalogue, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let said = |said: &str| CatalogueError::NotWhole { said: said.to_owned() };
    if read_through(&connection)? < schema::NEWEST {
        return Err(said("it is not of the layout that backups have"));
    }
    let orphans: u32 = connection.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0))?;
    if orphans > 0 {
        return Err(said("some of its rows belong to nothing"));
    }
    // Folders of other indexes are deleted when a library is opened, so a backup names none.
    let others: bool = connection.query_row(
        "SELECT EXISTS (SELECT 1 FROM shadow_index) OR EXISTS (SELECT 1 FROM indexes WHERE state <> 'answers') \
             OR (SELECT count(*) FROM indexes) > 1",
        [],
        |row| row.get(0),
    )?;
    if others {
        return Err(said("it names indexes that no backup has"));
    }
    facts(&connection)
}

/// Makes sure that the file holds plain tables and indexes alone, and reads every page. Returns the file's layout.
fn read_through(connection: &Connection) -> Result<i64, CatalogueError> {
    connection.pragma_update(None, "cell_size_check", "ON")?;
    let found = database::layout(connection)?;
    if found > schema::NEWEST {
        return Err(CatalogueError::Newer { found, known: schema::NEWEST });
    }
    if found < 1 {
        return Err(CatalogueError::NotWhole { said: "it has no layout".to_owned() });
    }
    if let Some(name) = foreign_object(connection, found == schema::NEWEST)? {
        return Err(CatalogueError::NotWhole { said: format!("it holds {name:?}, which no catalogue holds") });
    }
    database::check_pages(connection)?;
    Ok(found)
}

/// The name of something in the file that is neither a plain table nor an index on one, such as a trigger, which would
/// run while the library is used. In a file of the newest layout it is anything that this program does not make.
fn foreign_object(connection: &Connection, newest: bool) -> Result<Option<String>, CatalogueError> {
    let ours = if newest { own_objects()? } else { BTreeSet::new() };
    let mut statement = connection.prepare("SELECT type, name, sql FROM sqlite_master")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (kind, name, sql): (String, String, Option<String>) = (row.get(0)?, row.get(1)?, row.get(2)?);
        // SQLite's own: the numbers that were used, statistics, the indexes of keys.
        let own = name.starts_with("sqlite_");
        let known = own || !newest || ours.contains(&(kind.clone(), name.clone()));
        if !known || !is_plain(&kind, sql.as_deref()) {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

/// Whether the statement makes a table or an index, and no virtual table: SQLite runs the statement as it is stored, so
/// its first words are compared as they are.
fn is_plain(kind: &str, sql: Option<&str>) -> bool {
    // The index of a key has no statement.
    let Some(sql) = sql else { return kind == "index" };
    let starts = |words: &str| sql.get(..words.len()).is_some_and(|start| start.eq_ignore_ascii_case(words));
    match kind {
        "table" => starts("CREATE TABLE "),
        "index" => starts("CREATE INDEX ") || starts("CREATE UNIQUE INDEX "),
        _ => false,
    }
}

/// The tables and indexes of a catalogue that this program makes.
fn own_objects() -> Result<BTreeSet<(String, String)>, CatalogueError> {
    let mut connection = Connection::open_in_memory()?;
    schema::migrate(&mut connection)?;
    let mut statement = connection.prepare("SELECT type, name FROM sqlite_master")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
