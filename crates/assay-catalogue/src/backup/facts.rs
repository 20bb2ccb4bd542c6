//! What is in a copy of a catalogue.

use rusqlite::Connection;

use super::roots::{Root, roots};
use crate::database;
use crate::error::CatalogueError;
use crate::shadow::answering_index;

/// What is in a copy of a catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyFacts {
    /// Layout of its tables.
    pub layout: i64,
    /// Documents.
    pub documents: u32,
    /// Kept questions.
    pub turns: u32,
    /// Judgements.
    pub labels: u32,
    /// Folder of the index that answers, if the catalogue names one.
    pub index: Option<String>,
    /// The folders that its documents lie in.
    pub roots: Vec<Root>,
}

/// Counts what is in an open catalogue.
pub fn facts(connection: &Connection) -> Result<CopyFacts, CatalogueError> {
    let count = |table: &str| connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0));
    Ok(CopyFacts {
        layout: database::layout(connection)?,
        documents: count("documents")?,
        turns: count("turns")?,
        labels: count("labels")?,
        index: answering_index(connection)?,
        roots: roots(connection)?,
    })
}
