//! Files to pages of text.

use futures::future::BoxFuture;

use crate::{Failure, Fingerprint, ReadDocument, Stamp};

/// A file as the user named it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Source {
    /// Absolute path.
    pub path: String,
    /// File name, for display.
    pub name: String,
    /// Length in bytes when it was found; 0 if unknown.
    pub bytes: u64,
    /// The file system's stamp when it was found; `None` if it cannot be trusted.
    pub stamp: Option<Stamp>,
    /// Number of the disk that its folder is on.
    pub device: Option<u64>,
}

impl Source {
    /// A file of which only path and name are known.
    pub fn at(path: impl Into<String>, name: impl Into<String>) -> Self {
        Self { path: path.into(), name: name.into(), ..Self::default() }
    }
}

/// Reads files, in a process of its own, so that a file that crashes its reader harms nothing else.
pub trait Reader: Send + Sync {
    /// Hash and length of a file.
    ///
    /// # Errors
    /// [`MissingFile`](crate::Problem::MissingFile), [`NoPermission`](crate::Problem::NoPermission),
    /// or what the file system reports.
    fn fingerprint(&self, source: &Source) -> BoxFuture<'_, Result<Fingerprint, Failure>>;

    /// The text of a file, page by page. Pages that cannot be read are part of the result.
    ///
    /// # Errors
    /// A file that gives no page at all; [`Problem::is_content_fault`](crate::Problem::is_content_fault)
    /// says whether the same bytes would fail again.
    fn read(&self, source: &Source) -> BoxFuture<'_, Result<ReadDocument, Failure>>;

    /// Name of the reader with its limits. Another reader, or the same with other limits, may read
    /// what this one cannot.
    fn identity(&self) -> String {
        String::new()
    }

    /// Number that grows whenever the text of readable files changes, so that they are read again.
    fn revision(&self) -> u32 {
        0
    }
}
