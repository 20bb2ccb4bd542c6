//! Whether a catalogue holds anything that would be lost with it.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use crate::database;
use crate::error::CatalogueError;
use crate::store::Store;

/// Tables whose rows are the program's own bookkeeping and say nothing that its owner would miss.
const BOOKKEEPING: [&str; 3] = ["generations", "indexes", "shadow_index"];

impl Store {
    /// Runs `work` while nothing else writes to the catalogue, if the catalogue is empty; `None` if it is not.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn while_empty<T>(&self, work: impl FnOnce() -> T) -> Result<Option<T>, CatalogueError> {
        self.transact(|transaction| Ok(has_no_rows(transaction)?.then(work)))
    }
}

/// Whether nothing would be lost with the catalogue in a file: documents, conversations, judgements, runs, watched
/// folders, waiting work and removed files are all absent. A file that cannot be read may hold something. Nothing is
/// written.
pub fn is_empty(catalogue: &Path) -> bool {
    let read = || {
        let connection = database::connect_again(catalogue, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        database::check(&connection, catalogue)?;
        has_no_rows(&connection)
    };
    read().unwrap_or(false)
}

/// Every table counts but those of bookkeeping, so that one of a later layout counts, too. A file with tables of
/// another program is not empty.
fn has_no_rows(connection: &Connection) -> Result<bool, CatalogueError> {
    let mut statement = connection
        .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")?;
    let tables: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    if !tables.is_empty() && !tables.iter().any(|table| table == "documents") {
        return Ok(false);
    }
    for table in tables.iter().filter(|table| !BOOKKEEPING.contains(&table.as_str())) {
        let rows = format!("SELECT EXISTS (SELECT 1 FROM \"{}\")", table.replace('"', "\"\""));
        if connection.query_row(&rows, [], |row| row.get(0))? {
            return Ok(false);
        }
    }
    Ok(true)
}
