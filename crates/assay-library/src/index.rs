//! An open index: its reader, its writer, and the identity of what filled it.

use std::path::Path;

use assay_domain::port::{IndexReader, IndexWriter};
use assay_domain::{Failure, IndexIdentity};

/// Both handles of an index.
pub struct Index {
    /// The read side.
    pub reader: assay_index::Reader,
    /// The write side.
    pub writer: assay_index::Writer,
    /// The model and chunking that filled it.
    pub identity: IndexIdentity,
}

impl Index {
    /// The read side as a port.
    pub fn reader(&self) -> &dyn IndexReader {
        &self.reader
    }

    /// The write side as a port.
    pub fn writer(&self) -> &dyn IndexWriter {
        &self.writer
    }
}

/// Opens an index in any folder, for measurements outside a library.
///
/// # Errors
/// Fails if the index cannot be opened or created, or was filled by another identity.
pub async fn open_index(
    folder: &Path,
    identity: &IndexIdentity,
) -> Result<(assay_index::Writer, assay_index::Reader), Failure> {
    assay_index::open(folder, identity).await.map_err(Failure::from)
}
