//! The steps of layouts 1 to 8, and of layout 10.

/// Documents, generations, pages, conversations.
pub const FIRST: &str = "
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

/// A judgement made while reading goes with its document; an imported one names no document and stays.
pub const JUDGEMENTS: &str = "
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

/// The extractor of a page, the confidence of text recognition, and an outcome for scans that were
/// not read. SQLite cannot change a CHECK in place, so the tables are created again.
pub const PAGE_ROWS: &str = "
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

/// Watched folders, two more states, the stamp of a file when it was hashed, and the tries that failed.
/// A document's number is never used twice, so the counter of the numbers is copied too.
pub const WATCHED: &str = "
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

/// The folder whose index answers, and what a rebuild has put into the shadow index.
pub const INDEXES: &str = "
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

/// The problem of a failed document, for screens of any language. Earlier layouts have it only with the
/// tries.
pub const PROBLEMS: &str = "
ALTER TABLE documents ADD COLUMN problem TEXT;
UPDATE documents SET problem = (SELECT problem FROM tries WHERE tries.document = documents.id)
    WHERE state IN ('failed', 'quarantined');
UPDATE documents SET problem = 'missing_file' WHERE state = 'offline';
";

/// The kind of a page's fault, for screens of any language; older pages have only its text.
pub const FAULTS: &str = "
ALTER TABLE pages ADD COLUMN fault TEXT;
";

/// The reader of a document that has pages with faults.
pub const PARTLY: &str = "
ALTER TABLE documents ADD COLUMN partly_by TEXT;
";

/// Layout 10: the revision of the reader, so that files are read again once a newer one reads more of them.
pub const REVISIONS: &str = "
ALTER TABLE documents ADD COLUMN reader_revision INTEGER;
";
