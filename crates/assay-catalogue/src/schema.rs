//! The tables, and the steps that bring a file of an earlier layout up to date.

mod steps;
mod turns;
mod lives;
mod queue;
mod mirror;
#[cfg(test)]
pub mod tests;

use rusqlite::Connection;

use crate::database;
use crate::error::CatalogueError;
use crate::turn::from_json;
use lives::LIVES;
use mirror::FOREIGN_ROOTS;
use queue::QUEUE;
use steps::{FAULTS, FIRST, INDEXES, JUDGEMENTS, PAGE_ROWS, PARTLY, PROBLEMS, REVISIONS, WATCHED};
use turns::{DRAFTS, FOLLOW_UPS, NARROWED, SENTENCES, TURNS};

/// One step per layout; the file's `user_version` counts the steps it has had. A released step
/// never changes.
const STEPS: [&str; 17] = [
    FIRST,
    JUDGEMENTS,
    PAGE_ROWS,
    WATCHED,
    INDEXES,
    PROBLEMS,
    FAULTS,
    PARTLY,
    TURNS,
    REVISIONS,
    LIVES,
    QUEUE,
    FOLLOW_UPS,
    SENTENCES,
    DRAFTS,
    NARROWED,
    FOREIGN_ROOTS,
];

/// The layout of this program.
pub const NEWEST: i64 = STEPS.len() as i64;

pub use queue::TRIGGERS;

/// Brings the file to the newest layout.
pub fn migrate(connection: &mut Connection) -> Result<(), CatalogueError> {
    let found = database::layout(connection)?;
    if found > NEWEST {
        return Err(CatalogueError::Newer { found, known: NEWEST });
    }
    // Dropping a table that is created again must not delete what refers to it.
    connection.pragma_update(None, "foreign_keys", "OFF")?;
    // One transaction, because the turns are carried over once the tables that take them have their last form.
    let transaction = connection.transaction()?;
    for (step, sql) in (1_i64..).zip(STEPS).filter(|(step, _)| *step > found) {
        transaction.execute_batch(sql)?;
        transaction.pragma_update(None, "user_version", step)?;
    }
    if found <= from_json::LAST_LAYOUT {
        from_json::carry_over(&transaction)?;
    }
    transaction.commit()?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    Ok(())
}
