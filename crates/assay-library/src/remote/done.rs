//! What a publication or a mirroring did.

/// What a publication or a mirroring did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RemoteDone {
    /// Whether anything was new.
    pub changed: bool,
    /// Number of the publication.
    pub sequence: u64,
    /// Files of the index that were sent or fetched.
    pub files: u64,
    /// Texts that were sent or fetched.
    pub texts: u64,
    /// Bytes that were sent or fetched.
    pub bytes: u64,
}
