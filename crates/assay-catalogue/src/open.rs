//! Opens a catalogue for use: checked, backed up and brought to the newest layout.

use std::path::Path;

use rusqlite::Connection;

use crate::error::CatalogueError;
use crate::{database, schema, snapshot};

/// A file of an earlier layout that was brought up to date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Upgrade {
    /// The layout that it had.
    pub from: i64,
    /// Kept questions whose replies could not be read. Their questions and answers are.
    pub unreadable_turns: u32,
}

/// Opens the file, and creates it and its folder if needed. A file of an earlier layout is copied
/// into a snapshot and then brought up to date.
pub fn open(path: &Path) -> Result<(Connection, Option<Upgrade>), CatalogueError> {
    let mut connection = database::connect(path)?;
    database::check(&connection, path)?;
    let from = database::layout(&connection)?;
    let outdated = from > 0 && from < schema::NEWEST;
    if outdated {
        let folder = path.parent().unwrap_or(Path::new("")).join(snapshot::FOLDER);
        snapshot::take(&connection, &folder, "before-upgrade")?;
    }
    schema::migrate(&mut connection)?;
    connection.execute_batch(schema::TRIGGERS)?;
    if !outdated {
        return Ok((connection, None));
    }
    let unreadable_turns = connection.query_row("SELECT count(*) FROM unreadable_turns", [], |row| row.get(0))?;
    Ok((connection, Some(Upgrade { from, unreadable_turns })))
}
