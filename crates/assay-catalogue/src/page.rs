//! The text of documents, kept so that a citation can be opened when the original is away.

use assay_domain::{DocumentId, Page, PageOutcome};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::{CatalogueError, Store};

const COLUMNS: &str = "SELECT page_index, number, outcome, failure, text FROM pages";

impl Store {
    /// The pages of the last committed reading, in order; none if there was no reading yet.
    ///
    /// # Errors
    /// Whatever the disk does.
    pub fn pages(&self, document: DocumentId) -> Result<Vec<Page>, CatalogueError> {
        self.read(|connection| {
            let mut statement =
                connection.prepare_cached(&format!("{COLUMNS} WHERE document = ?1 ORDER BY page_index"))?;
            let rows = statement.query_map([document.0], |row| Ok(from_row(connection, document, row)))?;
            rows.map(|row| row?).collect()
        })
    }

    /// One page of the last committed reading, by its index from 0.
    ///
    /// # Errors
    /// Whatever the disk does.
    pub fn page(&self, document: DocumentId, page_index: usize) -> Result<Option<Page>, CatalogueError> {
        self.read(|connection| {
            connection
                .prepare_cached(&format!("{COLUMNS} WHERE document = ?1 AND page_index = ?2"))?
                .query_row(params![document.0, page_index], |row| Ok(from_row(connection, document, row)))
                .optional()?
                .transpose()
        })
    }
}

pub fn replace(connection: &Connection, document: DocumentId, pages: &[Page]) -> Result<(), CatalogueError> {
    connection.prepare_cached("DELETE FROM pages WHERE document = ?1")?.execute([document.0])?;
    let mut insert_page = connection.prepare_cached(
        "INSERT INTO pages (document, page_index, number, outcome, failure, text) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    let mut insert_heading = connection.prepare_cached(
        "INSERT INTO headings (document, page_index, place, start, path) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for (index, page) in pages.iter().enumerate() {
        let (outcome, failure) = match &page.outcome {
            PageOutcome::Text => ("text", None),
            PageOutcome::Empty => ("empty", None),
            PageOutcome::Failed(reason) => ("failed", Some(reason.as_str())),
        };
        insert_page.execute(params![document.0, index, page.number, outcome, failure, page.text])?;
        for (place, (start, path)) in page.headings.iter().enumerate() {
            insert_heading.execute(params![document.0, index, place, start, path])?;
        }
    }
    Ok(())
}

fn from_row(connection: &Connection, document: DocumentId, row: &Row<'_>) -> Result<Page, CatalogueError> {
    let outcome = match row.get::<_, String>(2)?.as_str() {
        "text" => PageOutcome::Text,
        "empty" => PageOutcome::Empty,
        "failed" => PageOutcome::Failed(row.get::<_, Option<String>>(3)?.unwrap_or_default()),
        word => return Err(CatalogueError::UnknownWord { what: "page outcome", word: word.to_owned() }),
    };
    Ok(Page { number: row.get(1)?, text: row.get(4)?, headings: headings(connection, document, row.get(0)?)?, outcome })
}

fn headings(
    connection: &Connection,
    document: DocumentId,
    page_index: usize,
) -> Result<Vec<(usize, String)>, CatalogueError> {
    let mut statement = connection
        .prepare_cached("SELECT start, path FROM headings WHERE document = ?1 AND page_index = ?2 ORDER BY place")?;
    let rows = statement.query_map(params![document.0, page_index], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
