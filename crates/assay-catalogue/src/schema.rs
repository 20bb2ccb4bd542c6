//! Tables, and how a file of an earlier layout becomes one of this.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;

use crate::{CatalogueError, snapshot};

/// One step per layout; the file's `user_version` counts the steps it has had. A step that was
/// released is never changed.
const STEPS: [&str; 8] = [FIRST, JUDGEMENTS, PAGE_ROWS, WATCHED, INDEXES, PROBLEMS, FAULTS, PARTLY];

/// The layout of this program.
pub const NEWEST: i64 = STEPS.len() as i64;

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

/// Watched folders, two more states, what a file was when it was hashed, and the tries that failed.
/// The number of a document is never used twice, so the count of them goes along.
const WATCHED: &str = "
CREATE TABLE folders (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    path       TEXT NOT NULL,
    collection TEXT NOT NULL,
    device     INTEGER,
    scanned    INTEGER,
    files      INTEGER NOT NULL DEFAULT 0,
    excluded   INTEGER NOT NULL DEFAULT 0,
    away       TEXT,
    UNIQUE (collection, path)
);

CREATE TABLE document_rows (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    collection      TEXT NOT NULL,
    path            TEXT NOT NULL,
    name            TEXT NOT NULL,
    state           TEXT NOT NULL CHECK (state IN
        ('queued', 'reading', 'embedding', 'committed', 'failed', 'quarantined', 'offline')),
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
    folder          INTEGER REFERENCES folders (id) ON DELETE SET NULL,
    device          INTEGER,
    seen_hash       TEXT,
    seen_bytes      INTEGER,
    seen_modified   INTEGER,
    seen_changed    INTEGER,
    seen_inode      INTEGER,
    UNIQUE (collection, path),
    CHECK ((generation IS NULL) = (hash IS NULL)),
    CHECK (state <> 'committed' OR generation IS NOT NULL)
);
INSERT INTO document_rows (id, collection, path, name, state, reason, generation, hash, bytes, format, language,
        incomplete, pages, pages_with_text, chunks, added, changed, seen_hash)
    SELECT id, collection, path, name, state, reason, generation, hash, bytes, format, language,
        incomplete, pages, pages_with_text, chunks, added, changed, hash
    FROM documents;
DELETE FROM sqlite_sequence WHERE name = 'document_rows';
INSERT INTO sqlite_sequence (name, seq) SELECT 'document_rows', seq FROM sqlite_sequence WHERE name = 'documents';
DROP TABLE documents;
ALTER TABLE document_rows RENAME TO documents;
CREATE INDEX documents_of_folder ON documents (folder) WHERE folder IS NOT NULL;

CREATE TABLE tries (
    document INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    hash     TEXT NOT NULL,
    tries    INTEGER NOT NULL,
    problem  TEXT NOT NULL,
    message  TEXT NOT NULL,
    action   TEXT NOT NULL,
    by       TEXT NOT NULL,
    PRIMARY KEY (document, hash)
);
";

/// Which folder's index answers, and what a rebuild has put into the one beside it.
const INDEXES: &str = "
CREATE TABLE indexes (
    folder TEXT PRIMARY KEY,
    state  TEXT NOT NULL CHECK (state IN ('answers', 'filling', 'dropped'))
);
CREATE TABLE beside (
    document   INTEGER PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE,
    reading    INTEGER NOT NULL,
    generation INTEGER NOT NULL UNIQUE,
    chunks     INTEGER
);
";

/// Which of the problems a failed document has, for screens of any language. What is known of it
/// stands beside the tries.
const PROBLEMS: &str = "
ALTER TABLE documents ADD COLUMN problem TEXT;
UPDATE documents SET problem = (SELECT problem FROM tries WHERE tries.document = documents.id)
    WHERE state IN ('failed', 'quarantined');
UPDATE documents SET problem = 'missing_file' WHERE state = 'offline';
";

/// Of which kind the fault of a page is, for screens of any language; of older pages only the words are known.
const FAULTS: &str = "
ALTER TABLE pages ADD COLUMN fault TEXT;
";

/// What read a document that has such pages.
const PARTLY: &str = "
ALTER TABLE documents ADD COLUMN partly_by TEXT;
";

/// Files up to this size are read through when they are opened; of larger ones the length alone is
/// compared with what the file says of itself, unless damage was found in them before.
const READ_THROUGH: u64 = 64 << 20;

/// Ending of a file beside the catalogue: damage was found, and the next who opens it is to see it.
pub const DAMAGED: &str = "-damaged";

/// Opens the file, making it and its folder if needed, and brings it to the newest layout. What
/// an earlier layout holds is kept in a snapshot first.
pub fn open(path: &Path) -> Result<Connection, CatalogueError> {
    let connection = open_as_it_is(path)?;
    check(&connection, path)?;
    let found = layout(&connection)?;
    if found > 0 && found < NEWEST {
        let folder = path.parent().unwrap_or(Path::new("")).join(snapshot::FOLDER);
        snapshot::take(&connection, &folder, "before-upgrade")?;
    }
    bring_up_to_date(connection)
}

/// Opens the file with the tables it has.
pub fn open_as_it_is(path: &Path) -> Result<Connection, CatalogueError> {
    prepare_file(path).map_err(|source| CatalogueError::Folder { path: path.to_owned(), source })?;
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "secure_delete", "ON")?;
    connection.pragma_update(None, "synchronous", "EXTRA")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    connection.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))?;
    Ok(connection)
}

/// Has SQLite put its temporary files (a catalogue while it is packed, a large sort) into a folder, for
/// all connections of this process. To be called before the first of them does work.
///
/// # Errors
/// The folder cannot be written to.
pub fn temporary_files_in(folder: &Path) -> Result<(), CatalogueError> {
    // Called outdated for what it does to programs that call it late; there is no other way from here.
    Ok(Connection::open_in_memory()?.pragma_update(None, "temp_store_directory", folder.to_string_lossy())?)
}

/// The layout that a file has.
pub fn layout(connection: &Connection) -> Result<i64, CatalogueError> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

/// Whether the file is whole, as far as that can be told quickly.
pub fn check(connection: &Connection, path: &Path) -> Result<(), CatalogueError> {
    let pages = |name: &str| connection.pragma_query_value::<u64, _>(None, name, |row| row.get(0));
    let wanted = pages("page_count")? * pages("page_size")?;
    let found = fs::metadata(path).map_or(0, |metadata| metadata.len());
    if found < wanted {
        let said = format!("it is {found} bytes long and says that it has {wanted}");
        return Err(CatalogueError::NotWhole { said });
    }
    if found <= READ_THROUGH || beside(path, DAMAGED).exists() { read_through(connection) } else { Ok(()) }
}

/// Looks at every page of the file.
pub fn read_through(connection: &Connection) -> Result<(), CatalogueError> {
    let said: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if said == "ok" { Ok(()) } else { Err(CatalogueError::NotWhole { said }) }
}

/// A file that belongs to the catalogue, by its ending.
pub fn beside(path: &Path, ending: &str) -> PathBuf {
    path.with_file_name(format!("{}{ending}", path.file_name().unwrap_or_default().to_string_lossy()))
}

fn bring_up_to_date(mut connection: Connection) -> Result<Connection, CatalogueError> {
    let found = layout(&connection)?;
    if found > NEWEST {
        return Err(CatalogueError::Newer { found, known: NEWEST });
    }
    // A table that is made anew is dropped first, which must not take along what refers to it.
    connection.pragma_update(None, "foreign_keys", "OFF")?;
    for (step, sql) in (1_i64..).zip(STEPS).filter(|(step, _)| *step > found) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(sql)?;
        transaction.pragma_update(None, "user_version", step)?;
        transaction.commit()?;
    }
    connection.pragma_update(None, "foreign_keys", "ON")?;
    Ok(connection)
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
mod tests;
