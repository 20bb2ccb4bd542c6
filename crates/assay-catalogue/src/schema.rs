//! Tables, and how a file of an earlier layout becomes one of this.

use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;

use crate::CatalogueError;

/// One step per layout; the file's `user_version` counts the steps it has had. A step that was
/// released is never changed.
const STEPS: [&str; 2] = [FIRST, JUDGEMENTS];

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
