//! The step of layout 17: documents of a library that another machine publishes.

/// The folder on the publisher that a document was found in. It is not watched here.
pub const FOREIGN_ROOTS: &str = "
CREATE TABLE IF NOT EXISTS foreign_roots (
    document INTEGER PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE,
    root     TEXT NOT NULL
);
";
