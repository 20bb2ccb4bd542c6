//! Pages of documents with their text, so that a citation opens when the original cannot be reached.

use assay_domain::{DocumentId, Extractor, Page, PageOutcome, PageRow};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::error::CatalogueError;
use crate::store::Store;

const COLUMNS: &str = "SELECT page_index, number, outcome, fault, failure, extractor, confidence, text FROM pages";
const ROW_COLUMNS: &str = "SELECT number, outcome, fault, failure, extractor, confidence, characters FROM pages";

impl Store {
    /// The pages of the last committed reading, in order; none if there is no reading yet.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn pages(&self, document: DocumentId) -> Result<Vec<Page>, CatalogueError> {
        self.read(|connection| all(connection, document))
    }

    /// How each page of the last committed reading was read, in order, without its text.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub fn page_rows(&self, document: DocumentId) -> Result<Vec<PageRow>, CatalogueError> {
        self.read(|connection| {
            let mut statement =
                connection.prepare_cached(&format!("{ROW_COLUMNS} WHERE document = ?1 ORDER BY page_index"))?;
            let rows = statement.query_map([document.0], |row| {
                let (number, characters, confidence) = (row.get(0)?, row.get(6)?, row.get(5)?);
                Ok(outcome(row, 1).and_then(|outcome| {
                    let extractor = extractor(row, 4)?;
                    Ok(PageRow { number, extractor, characters, confidence, outcome })
                }))
            })?;
            rows.map(|row| row?).collect()
        })
    }

    /// One page of the last committed reading, by its index from 0.
    ///
    /// # Errors
    /// Fails if the disk does.
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

pub fn all(connection: &Connection, document: DocumentId) -> Result<Vec<Page>, CatalogueError> {
    let mut statement = connection.prepare_cached(&format!("{COLUMNS} WHERE document = ?1 ORDER BY page_index"))?;
    let rows = statement.query_map([document.0], |row| Ok(from_row(connection, document, row)))?;
    rows.map(|row| row?).collect()
}

pub fn replace(connection: &Connection, document: DocumentId, pages: &[Page]) -> Result<(), CatalogueError> {
    connection.prepare_cached("DELETE FROM pages WHERE document = ?1")?.execute([document.0])?;
    let mut insert_page = connection.prepare_cached(
        "INSERT INTO pages (document, page_index, number, extractor, confidence, outcome, fault, failure, characters,
            text)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?;
    let mut insert_heading = connection.prepare_cached(
        "INSERT INTO headings (document, page_index, place, start, path) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for (index, page) in pages.iter().enumerate() {
        insert_page.execute(params![
            document.0,
            index,
            page.number,
            page.extractor.as_str(),
            page.confidence,
            page.outcome.as_str(),
            page.outcome.fault().map(|fault| fault.kind.as_str()),
            page.outcome.fault().map(|fault| &fault.reason),
            page.text.chars().count(),
            page.text
        ])?;
        for (place, (start, path)) in page.headings.iter().enumerate() {
            insert_heading.execute(params![document.0, index, place, start, path])?;
        }
    }
    Ok(())
}

fn from_row(connection: &Connection, document: DocumentId, row: &Row<'_>) -> Result<Page, CatalogueError> {
    Ok(Page {
        number: row.get(1)?,
        text: row.get(7)?,
        headings: headings(connection, document, row.get(0)?)?,
        extractor: extractor(row, 5)?,
        confidence: row.get(6)?,
        outcome: outcome(row, 2)?,
    })
}

/// The outcome in a column, with the kind of its fault and the reason in the two columns after it.
fn outcome(row: &Row<'_>, column: usize) -> Result<PageOutcome, CatalogueError> {
    let name: String = row.get(column)?;
    let kind: Option<String> = row.get(column + 1)?;
    let outcome = PageOutcome::parse(&name, kind.as_deref(), row.get(column + 2)?);
    outcome.ok_or(CatalogueError::UnknownName { what: "page outcome", name })
}

fn extractor(row: &Row<'_>, column: usize) -> Result<Extractor, CatalogueError> {
    let name: String = row.get(column)?;
    Extractor::parse(&name).ok_or(CatalogueError::UnknownName { what: "page extractor", name })
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
