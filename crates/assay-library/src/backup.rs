//! Backups: one archive (ZIP) of a library, and its way back, also on another machine where the files lie elsewhere.
//!
//! In it are the catalogue (documents with their text, conversations, judgements), the settings, and on request the
//! index and models; the last entry is a list with the hash of every other. Keys of hosted rerankers are in no file of
//! Assay, so they are in no backup. Temporary files, snapshots and the cache of scores are left out.

mod error;
mod manifest;
mod hashed;
mod read;
mod settled;
mod write;
mod restore;
#[cfg(test)]
mod tests;

pub use assay_catalogue::new_place;
pub use error::BackupError;
pub use hashed::OnBytes;
pub use manifest::{Manifest, RootEntry};
pub use read::Archive;
pub use restore::{Unpacked, end, restore, unpack};
pub use write::{BackupOptions, write};
