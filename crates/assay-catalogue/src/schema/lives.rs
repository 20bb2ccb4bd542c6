//! The step of layout 11: documents that are missing, dismissed or tried again, and judgements by document.

/// - `missing_since`: a missing document keeps its state; it shows again once its file is back.
/// - `again_at`, `again_tries`: the next try after a fault that passes by itself.
/// - `dismissed`: files that the user removed from a watched folder, so that a scan does not take them in again.
/// - `labels_once`: a judgement of a document is one by the document's number, whatever its file is called.
///   Where a file was judged under two names, the later judgement stays.
pub const LIVES: &str = "
ALTER TABLE documents ADD COLUMN missing_since INTEGER;
ALTER TABLE documents ADD COLUMN missing_why TEXT;
ALTER TABLE documents ADD COLUMN again_at INTEGER;
ALTER TABLE documents ADD COLUMN again_tries INTEGER NOT NULL DEFAULT 0;
CREATE INDEX documents_missing ON documents (missing_since) WHERE missing_since IS NOT NULL;
CREATE INDEX documents_again ON documents (again_at) WHERE again_at IS NOT NULL;

CREATE TABLE dismissed (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    collection TEXT NOT NULL,
    path       TEXT NOT NULL,
    name       TEXT NOT NULL,
    hash       TEXT,
    dismissed  INTEGER NOT NULL DEFAULT (unixepoch()),
    UNIQUE (collection, path)
);

DROP INDEX labels_once;
DELETE FROM labels WHERE document IS NOT NULL AND id NOT IN (
    SELECT max(id) FROM labels WHERE document IS NOT NULL
    GROUP BY question, document, coalesce(page, -1), coalesce(passage, ''));
CREATE UNIQUE INDEX labels_once ON labels
    (question, coalesce(document, -1), CASE WHEN document IS NULL THEN coalesce(name, '') ELSE '' END,
     coalesce(page, -1), coalesce(passage, ''));
";
