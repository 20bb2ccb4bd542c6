//! Tables, and how a file of an earlier layout becomes one of this.

use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;

use crate::CatalogueError;

/// One step per layout; the file's `user_version` counts the steps it has had. A step that was
/// released is never changed.
const STEPS: [&str; 3] = [FIRST, JUDGEMENTS, PAGE_ROWS];

const FIRST: &str = "
CREATE TABLE documents (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    collection      TEXT NOT NULL,
    path            TEXT NOT NULL,
    name            TEXT NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('queued', 'reading', 'embedding', 'committed', 'failed')),
    reason          TEXT,
    generation      INTEGER,
    hash            TEXT,
    bytes           INTEGER,
    format          TEXT,
    language        TEXT,
    incomplete      TEXT,
    pages           INTEGER NOT NULL DEFAULT 0,
    pages_with_text INTEGER NOT NULL DEFAULT 0,
    chunks          INTEGER NOT NULL DEFAULT 0,
    added           INTEGER NOT NULL DEFAULT (unixepoch()),
    changed         INTEGER NOT NULL DEFAULT (unixepoch()),
    UNIQUE (collection, path),
    CHECK ((generation IS NULL) = (hash IS NULL)),
    CHECK (state <> 'committed' OR generation IS NOT NULL)
);

-- No reference to documents: a generation outlives its document until its rows are gone from the index.
CREATE TABLE generations (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    document INTEGER NOT NULL,
    state    TEXT NOT NULL CHECK (state IN ('begun', 'committed', 'dead')),
    begun    INTEGER NOT NULL DEFAULT (unixepoch())
);
CREATE INDEX generations_of_document ON generations (document);

CREATE TABLE pages (
    document   INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    page_index INTEGER NOT NULL,
    number     INTEGER,
    outcome    TEXT NOT NULL CHECK (outcome IN ('text', 'empty', 'failed')),
    failure    TEXT,
    text       TEXT NOT NULL,
    PRIMARY KEY (document, page_index)
);

CREATE TABLE headings (
    document   INTEGER NOT NULL,
    page_index INTEGER NOT NULL,
    place      INTEGER NOT NULL,
    start      INTEGER NOT NULL,
    path       TEXT NOT NULL,
    PRIMARY KEY (document, page_index, place),
    FOREIGN KEY (document, page_index) REFERENCES pages (document, page_index) ON DELETE CASCADE
) WITHOUT ROWID;

CREATE TABLE conversations (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    title   TEXT NOT NULL,
    created INTEGER NOT NULL DEFAULT (unixepoch())
);

CREATE TABLE turns (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    question     TEXT NOT NULL,
    answer       TEXT NOT NULL,
    kind         TEXT NOT NULL CHECK (kind IN ('extractive', 'written', 'refused')),
    reply        TEXT NOT NULL,
    created      INTEGER NOT NULL DEFAULT (unixepoch())
);
CREATE INDEX turns_of_conversation ON turns (conversation);
";

/// A mark goes with its document; what was imported names no row and stays.
const JUDGEMENTS: &str = "
CREATE TABLE labels (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    question TEXT NOT NULL,
    document INTEGER REFERENCES documents (id) ON DELETE CASCADE,
    name     TEXT,
    page     INTEGER,
    passage  TEXT,
    grade    INTEGER NOT NULL,
    origin   TEXT NOT NULL CHECK (origin IN ('marked', 'imported', 'proposed')),
    created  INTEGER NOT NULL DEFAULT (unixepoch()),
    CHECK (passage IS NOT NULL OR name IS NOT NULL)
);
CREATE UNIQUE INDEX labels_once ON labels (question, coalesce(name, ''), coalesce(page, -1), coalesce(passage, ''));
CREATE INDEX labels_of_document ON labels (document);

CREATE TABLE runs (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    created INTEGER NOT NULL DEFAULT (unixepoch()),
    run     TEXT NOT NULL
);
";

/// Which extractor gave a page, how sure recognition was, and an outcome for scans that were not
/// read. A check cannot be changed in place, so the tables are made anew with what they hold.
const PAGE_ROWS: &str = "
CREATE TEMP TABLE kept_headings AS SELECT document, page_index, place, start, path FROM headings;
DROP TABLE headings;
CREATE TABLE page_rows (
    document   INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    page_index INTEGER NOT NULL,
    number     INTEGER,
    extractor  TEXT NOT NULL DEFAULT 'none',
    confidence INTEGER,
    outcome    TEXT NOT NULL CHECK (outcome IN ('text', 'empty', 'scanned', 'failed')),
    failure    TEXT,
    characters INTEGER NOT NULL DEFAULT 0,
    text       TEXT NOT NULL,
    PRIMARY KEY (document, page_index)
);
INSERT INTO page_rows (document, page_index, number, extractor, outcome, failure, characters, text)
    SELECT document, page_index, pages.number,
        CASE WHEN pages.text = '' THEN 'none' WHEN documents.format = 'PDF' THEN 'pdf-extract' ELSE 'format' END,
        outcome, failure, length(pages.text), pages.text
    FROM pages JOIN documents ON documents.id = pages.document;
DROP TABLE pages;
ALTER TABLE page_rows RENAME TO pages;
CREATE TABLE headings (
    document   INTEGER NOT NULL,
    page_index INTEGER NOT NULL,
    place      INTEGER NOT NULL,
    start      INTEGER NOT NULL,
    path       TEXT NOT NULL,
    PRIMARY KEY (document, page_index, place),
    FOREIGN KEY (document, page_index) REFERENCES pages (document, page_index) ON DELETE CASCADE
) WITHOUT ROWID;
INSERT INTO headings SELECT document, page_index, place, start, path FROM kept_headings;
DROP TABLE kept_headings;
";

/// Opens the file, making it and its folder if needed, and brings it to the newest layout.
pub fn open(path: &Path) -> Result<Connection, CatalogueError> {
    prepare_file(path).map_err(|source| CatalogueError::Folder { path: path.to_owned(), source })?;
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "secure_delete", "ON")?;
    connection.pragma_update(None, "synchronous", "EXTRA")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    connection.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))?;
    migrate(&mut connection)?;
    Ok(connection)
}

fn migrate(connection: &mut Connection) -> Result<(), CatalogueError> {
    let known = STEPS.len() as i64;
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > known {
        return Err(CatalogueError::Newer { found, known });
    }
    for (step, sql) in (1_i64..).zip(STEPS).filter(|(step, _)| *step > found) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(sql)?;
        transaction.pragma_update(None, "user_version", step)?;
        transaction.commit()?;
    }
    Ok(())
}

/// The text of every document stands in the file, so only its owner may read it. SQLite gives
/// its journal the mode of the file.
pub fn prepare_file(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        make_folder(folder)?;
    }
    let mut options = fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?;
    restrict(path, 0o600)
}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(unix)]
fn restrict(path: &Path, mode: u32) -> io::Result<()> {
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode))
}

#[cfg(not(unix))]
fn restrict(_path: &Path, _mode: u32) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::{FIRST, open};

    /// Pages and headings of the first layout, opened by this program.
    #[test]
    fn pages_of_the_first_layout_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("catalogue.sqlite");
        let old = Connection::open(&path).unwrap();
        old.execute_batch(FIRST).unwrap();
        old.execute_batch(
            "INSERT INTO documents (id, collection, path, name, state, format) VALUES (7, 'a', 'b', 'c', 'failed', 'PDF');
            INSERT INTO pages VALUES (7, 0, 1, 'text', NULL, '灯塔'), (7, 1, 2, 'failed', 'no font', '');
            INSERT INTO headings VALUES (7, 0, 0, 0, 'Intro');
            PRAGMA user_version = 1;",
        )
        .unwrap();
        drop(old);
        let connection = open(&path).unwrap();
        let rows: Vec<(String, String, u32, Option<String>, u32)> = connection
            .prepare(
                "SELECT extractor, outcome, characters, failure,
                    (SELECT count(*) FROM headings h WHERE h.document = p.document AND h.page_index = p.page_index)
                FROM pages p ORDER BY page_index",
            )
            .unwrap()
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        assert_eq!(
            rows,
            [
                ("pdf-extract".into(), "text".into(), 2, None, 1),
                ("none".into(), "failed".into(), 0, Some("no font".into()), 0)
            ]
        );
        let faults: u32 =
            connection.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0)).unwrap();
        assert_eq!(faults, 0);
    }
}
