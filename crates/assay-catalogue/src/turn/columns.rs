//! Scores in columns.

use rusqlite::Row;

/// A score and its rank in two columns, if the stage ran.
pub fn score<T>(row: &Row<'_>, column: usize, of: impl FnOnce(f64, u32) -> T) -> rusqlite::Result<Option<T>> {
    let Some(rank) = row.get(column + 1)? else { return Ok(None) };
    Ok(Some(of(number(row, column)?, rank)))
}

/// SQLite keeps NaN as NULL.
pub fn number(row: &Row<'_>, column: usize) -> rusqlite::Result<f64> {
    Ok(row.get::<_, Option<f64>>(column)?.unwrap_or(f64::NAN))
}
