//! Tells a catalogue from another program's database.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

/// Whether a file is a sound SQLite database without a catalogue's tables. A damaged file, or one that cannot
/// be opened without writing to it, is not called foreign. Nothing is written.
pub fn is_foreign(file: &Path) -> bool {
    let tables = || {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(file, flags)?;
        let mut query = connection.prepare("SELECT name FROM sqlite_master WHERE type = 'table'")?;
        query.query_map([], |row| row.get(0))?.collect::<Result<Vec<String>, rusqlite::Error>>()
    };
    tables().is_ok_and(|tables| !tables.is_empty() && !tables.iter().any(|table| table == "documents"))
}
