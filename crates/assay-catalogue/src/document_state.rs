//! Writes into a document's row that it is missing, and when a file is tried again.

use assay_domain::{DocumentId, Failure, Retry};
use rusqlite::{Connection, params};

use crate::error::CatalogueError;

/// Marks a document as missing; one that is missing already keeps its time.
pub fn set_missing(connection: &Connection, document: DocumentId, why: Option<&Failure>) -> Result<(), CatalogueError> {
    connection
        .prepare_cached(
            "UPDATE documents SET missing_since = coalesce(missing_since, unixepoch()), missing_why = ?2, changed = unixepoch() WHERE id = ?1",
        )?
        .execute(params![document.0, why.map(Failure::to_string)])?;
    Ok(())
}

/// Plans the next try after a failure that passes by itself; any other end plans none.
pub fn plan_retry(connection: &Connection, document: DocumentId, why: Option<&Failure>) -> Result<(), CatalogueError> {
    if why.is_none_or(|failure| !failure.problem.is_passing()) {
        connection
            .prepare_cached("UPDATE documents SET again_at = NULL, again_tries = 0 WHERE id = ?1")?
            .execute([document.0])?;
        return Ok(());
    }
    let tries: u32 = connection
        .prepare_cached("UPDATE documents SET again_tries = again_tries + 1 WHERE id = ?1 RETURNING again_tries")?
        .query_row([document.0], |row| row.get(0))?;
    connection
        .prepare_cached("UPDATE documents SET again_at = unixepoch() + ?2 WHERE id = ?1")?
        .execute(params![document.0, Retry::pause(tries)])?;
    Ok(())
}
