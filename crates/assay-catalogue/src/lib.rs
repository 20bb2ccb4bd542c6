//! The truth about documents, their readings, their pages and the conversations, in one SQLite file.
//!
//! The index is a cache that can be filled again; this file is not. So every call is one
//! transaction that is on disk when the call returns (`synchronous = EXTRA`), and what is deleted
//! is overwritten (`secure_delete`). A rollback journal is used and not a write-ahead log, because
//! a log would keep the text of a removed document until it happens to be folded back.
//!
//! A *generation* is one reading of a document. Its number is handed out by [`Catalogue::begin`],
//! index rows carry it, and it counts from [`Catalogue::commit`] on until another takes its place
//! or the document is removed. Numbers are never used twice, so a row left in the index by a
//! process that died can never be taken for another reading's.
//!
//! [`Catalogue::begin`]: assay_domain::port::Catalogue::begin
//! [`Catalogue::commit`]: assay_domain::port::Catalogue::commit

mod error;
mod schema;
mod store;
mod document;
mod file;
mod folder;
mod generation;
mod beside;
mod snapshot;
mod page;
mod conversation;
mod pairs;
mod judgement;
#[cfg(test)]
mod tests;

pub use beside::Beside;
pub use conversation::{Cited, Conversation, NewTurn, Turn};
pub use error::CatalogueError;
pub use folder::Look;
pub use judgement::{Label, LabelOrigin, Run};
pub use pairs::Pairs;
pub use schema::temporary_files_in;
pub use snapshot::{FOLDER as SNAPSHOTS, Snapshot, restore, snapshots};
pub use store::Store;
