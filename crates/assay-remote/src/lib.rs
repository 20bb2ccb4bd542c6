//! A library on an object store: one publisher, and readers that mirror what it published.
//!
//! The files of an index are immutable, so they are published one by one, and readers mirror them one by one. What is
//! published is what `head.json` names. It is replaced by one conditional put, after everything that it names is there.
//! A publisher holds `lease.json`; its token only grows, and a head with a greater token refuses a smaller one.
//!
//! This crate knows objects, and neither the index nor the catalogue.

mod error;
mod address;
mod keys;
mod cost;
mod objects;
mod transfer;
mod open;
mod names;
mod packed;
mod marker;
mod lease;
mod head;
mod remote;
mod create;
mod publish;
mod index_files;
mod mirror;
mod sweep;
mod status;
#[cfg(test)]
mod tests;

pub use address::Address;
pub use cost::Cost;
pub use error::RemoteError;
pub use head::{DocumentEntry, FileEntry, Head, Heading, PageEntry};
pub use marker::{FORMAT, FilledBy};
pub use mirror::{Mirrored, OnStep, noted};
pub use packed::hash_of;
pub use publish::{PagesOf, Publication, Published};
pub use remote::{Holder, LEASE_SECONDS, Remote, random};
pub use status::{HeadState, LeaseState, StoreState, Stored};
pub use sweep::{Swept, Unreferenced};
