//! Backups: one archive (ZIP) of a library, and its way back, also on another machine where the files lie elsewhere.
//!
//! In it are the catalogue (documents with their text, conversations, judgements), the settings, and on request the
//! index and models; the last entry is a list with the hash of every other. Keys of hosted rerankers are in no file of
//! Assay, so they are in no backup. Temporary files, snapshots and the cache of scores are left out.

mod error;
mod sync;
mod manifest;
mod names;
mod hashed;
mod read;
mod gather;
mod index_copy;
mod empty;
mod staging;
mod restore;
mod write;
#[cfg(test)]
mod tests;

pub use assay_catalogue::new_place;
pub use error::BackupError;
pub use hashed::OnBytes;
pub(crate) use index_copy::copy_index;
pub use manifest::{Manifest, RootEntry};
pub use read::Archive;
pub use restore::{Unpacked, open_home, restore, unpack};
pub use staging::folder_in as restoring_in;
pub(crate) use sync::write_synced;
pub use write::{BackupOptions, write};
