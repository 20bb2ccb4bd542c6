//! What a catalogue's file holds, in numbers alone: a report about it tells nothing of the documents.

use std::path::Path;
use std::time::Duration;

use assay_domain::{DocumentState, FaultKind, Problem};
use rusqlite::{Connection, OpenFlags};

use crate::error::CatalogueError;
use crate::shadow::answering_index;
use crate::{database, schema};

/// How long a locked file is waited for.
const PATIENCE: Duration = Duration::from_secs(3);

/// What a catalogue's file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// Its layout.
    pub layout: i64,
    /// What is in its tables; `None` for a file of an earlier layout.
    pub counts: Option<Counts>,
}

/// Numbers of rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Documents by state.
    pub documents: Vec<(DocumentState, u32)>,
    /// Problems of documents that failed or are unreachable.
    pub problems: Vec<(Problem, u32)>,
    /// Pages of all documents.
    pub pages: u32,
    /// Faults of pages that were not read, or in part.
    pub faults: Vec<(FaultKind, u32)>,
    /// Chunks that the index should hold.
    pub chunks: u64,
    /// Watched folders.
    pub folders: u32,
    /// Kept questions.
    pub questions: u32,
    /// Judgements.
    pub judgements: u32,
    /// What waits in the queue.
    pub waiting: WaitingCounts,
    /// Folder of the index that answers; `None` before the first rebuild.
    pub index: Option<String>,
    /// Whether a rebuild was begun and not finished.
    pub rebuilding: bool,
}

/// Rows of the queue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WaitingCounts {
    /// Files to read.
    pub read: u32,
    /// Files and folders to look through.
    pub walk: u32,
    /// Rebuilds.
    pub rebuild: u32,
    /// Those of all of them that the user stopped.
    pub stopped: u32,
}

/// Counts what a catalogue's file holds. Nothing is created, changed or repaired. Another process may have the file open;
/// this one must not.
///
/// # Errors
/// [`CatalogueError::Newer`] if a later Assay wrote it, [`CatalogueError::Damaged`] or [`CatalogueError::NotWhole`] if it is
/// damaged, [`CatalogueError::InUse`] if it is being written, and what the disk reports.
pub fn survey(catalogue: &Path) -> Result<Survey, CatalogueError> {
    let connection = database::connect_again(catalogue, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.busy_timeout(PATIENCE)?;
    let layout = database::layout(&connection)?;
    if layout > schema::NEWEST {
        return Err(CatalogueError::Newer { found: layout, known: schema::NEWEST });
    }
    database::check(&connection, catalogue)?;
    let counts = (layout == schema::NEWEST).then(|| counts(&connection)).transpose()?;
    Ok(Survey { layout, counts })
}

fn counts(connection: &Connection) -> Result<Counts, CatalogueError> {
    let count = |table: &str| -> Result<u32, CatalogueError> {
        Ok(connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))?)
    };
    let of_queue = |condition: &str| count(&format!("queue WHERE {condition}"));
    let states = grouped(
        connection,
        "SELECT CASE WHEN missing_since IS NULL THEN state ELSE 'missing' END AS shown, count(*) FROM documents \
         GROUP BY shown ORDER BY shown",
    )?;
    let problems = grouped(
        connection,
        "SELECT problem, count(*) FROM documents WHERE problem IS NOT NULL AND missing_since IS NULL \
         AND state IN ('failed', 'quarantined', 'offline') GROUP BY problem ORDER BY problem",
    )?;
    let faults =
        grouped(connection, "SELECT fault, count(*) FROM pages WHERE fault IS NOT NULL GROUP BY fault ORDER BY fault")?;
    let state = |(name, count): (String, u32)| {
        let parsed = DocumentState::parse(&name).map(|state| (state, count));
        parsed.ok_or(CatalogueError::UnknownName { what: "document state", name })
    };
    Ok(Counts {
        documents: states.into_iter().map(state).collect::<Result<_, CatalogueError>>()?,
        problems: problems.into_iter().map(|(name, count)| (Problem::parse(&name), count)).collect(),
        pages: count("pages")?,
        faults: faults.into_iter().map(|(name, count)| (FaultKind::parse(&name), count)).collect(),
        chunks: connection.query_row(
            "SELECT coalesce(sum(chunks), 0) FROM documents WHERE generation IS NOT NULL",
            [],
            |row| row.get(0),
        )?,
        folders: count("folders")?,
        questions: count("turns")?,
        judgements: count("labels")?,
        waiting: WaitingCounts {
            read: of_queue("what = 'read'")?,
            walk: of_queue("what = 'walk'")?,
            rebuild: of_queue("what = 'rebuild'")?,
            stopped: of_queue("stopped")?,
        },
        index: answering_index(connection)?,
        rebuilding: count("indexes WHERE state = 'filling'")? > 0,
    })
}

fn grouped(connection: &Connection, query: &str) -> Result<Vec<(String, u32)>, CatalogueError> {
    let mut statement = connection.prepare(query)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use assay_domain::port::{Catalogue, Source};
    use assay_domain::{DocumentState, Failure, Problem};

    use super::{WaitingCounts, survey};
    use crate::error::Fault;
    use crate::{NEWEST_LAYOUT, Store};

    #[test]
    fn a_file_is_counted_while_it_is_open_and_damage_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("catalogue.sqlite");
        let store = Store::open(&path).unwrap();
        for name in ["a", "b", "c"] {
            store.enqueue("default", &Source::at(format!("/x/{name}"), name)).unwrap();
        }
        let all = store.documents().unwrap();
        let locked = Failure::new(Problem::EncryptedFile, "it needs a password", "unlock it");
        store.set_state(all[0].id, DocumentState::Failed, Some(&locked)).unwrap();
        drop(store);

        let found = survey(&path).unwrap();
        assert_eq!(found.layout, NEWEST_LAYOUT);
        let counts = found.counts.unwrap();
        assert_eq!(counts.documents, [(DocumentState::Failed, 1), (DocumentState::Queued, 2)]);
        assert_eq!(counts.problems, [(Problem::EncryptedFile, 1)]);
        assert_eq!(counts.waiting, WaitingCounts { read: 2, ..WaitingCounts::default() });

        let before = std::fs::read(&path).unwrap();
        survey(&path).unwrap();
        assert!(std::fs::read(&path).unwrap() == before, "a survey writes nothing");
        std::fs::write(&path, &before[..before.len() / 2]).unwrap();
        assert_eq!(survey(&path).unwrap_err().fault(), Fault::Damage);
        std::fs::write(&path, "no database, but as long as a header has to be to be looked at: 100 bytes. ".repeat(9))
            .unwrap();
        assert_eq!(survey(&path).unwrap_err().fault(), Fault::Damage);
    }
}
