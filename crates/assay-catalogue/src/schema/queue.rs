//! The queue's table, and the triggers that keep it true to the documents' states.

/// The work that waits. A row is written before the work begins and deleted when it is done.
pub const QUEUE: &str = "
CREATE TABLE queue (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    what        TEXT NOT NULL CHECK (what IN ('read', 'walk', 'rebuild')),
    document    INTEGER UNIQUE REFERENCES documents (id) ON DELETE CASCADE,
    path        TEXT,
    collection  TEXT,
    why         TEXT NOT NULL DEFAULT 'added' CHECK (why IN ('added', 'watched', 'again')),
    priority    INTEGER NOT NULL DEFAULT 0,
    stopped     INTEGER NOT NULL DEFAULT 0,
    interrupted INTEGER NOT NULL DEFAULT 0,
    since       INTEGER NOT NULL DEFAULT (unixepoch()),
    CHECK ((what = 'read') = (document IS NOT NULL)),
    CHECK ((what = 'walk') = (path IS NOT NULL AND collection IS NOT NULL))
);
INSERT INTO queue (what) SELECT 'rebuild' FROM indexes WHERE state = 'filling' LIMIT 1;
";

/// A document that waits has a row in the queue, and one that is finished or missing has none, whichever statement
/// writes its state. The triggers belong to the connection: a catalogue's file holds tables alone, so that one from
/// elsewhere runs nothing. What was written without them is put right first.
pub const TRIGGERS: &str = "
INSERT INTO queue (what, document, why) SELECT 'read', id, CASE WHEN folder IS NULL THEN 'added' ELSE 'watched' END
    FROM documents WHERE state IN ('queued', 'reading', 'embedding') AND missing_since IS NULL
    AND id NOT IN (SELECT document FROM queue WHERE what = 'read');
CREATE TEMP TRIGGER new_documents_wait AFTER INSERT ON main.documents WHEN new.state = 'queued' BEGIN
    INSERT INTO queue (what, document, why)
        SELECT 'read', new.id, CASE WHEN new.folder IS NULL THEN 'added' ELSE 'watched' END
        WHERE NOT EXISTS (SELECT 1 FROM queue WHERE document = new.id);
END;
CREATE TEMP TRIGGER queued_documents_wait AFTER UPDATE OF state ON main.documents
WHEN new.state = 'queued' AND new.missing_since IS NULL BEGIN
    INSERT INTO queue (what, document, why)
        SELECT 'read', new.id, CASE WHEN new.folder IS NULL THEN 'added' ELSE 'watched' END
        WHERE NOT EXISTS (SELECT 1 FROM queue WHERE document = new.id);
END;
CREATE TEMP TRIGGER finished_documents_leave AFTER UPDATE OF state ON main.documents
WHEN new.state NOT IN ('queued', 'reading', 'embedding') BEGIN
    DELETE FROM queue WHERE document = new.id;
END;
CREATE TEMP TRIGGER missing_documents_leave AFTER UPDATE OF missing_since ON main.documents
WHEN new.missing_since IS NOT NULL BEGIN
    DELETE FROM queue WHERE document = new.id;
END;
";
