//! The catalogue: documents, their readings and pages, conversations and judgements, in one SQLite file.
//!
//! The index is a cache that can be filled again; this file is not. So every call is one
//! transaction that is on disk when the call returns (`synchronous = EXTRA`), and what is deleted
//! is overwritten (`secure_delete`). The journal is a rollback journal, because a write-ahead log
//! keeps the text of a removed document until its next checkpoint.
//!
//! A *generation* is one reading of a document. [`Catalogue::begin`] gives its number, index rows
//! carry it, and it answers from [`Catalogue::commit`] on until another replaces it or the document
//! is removed. Numbers are never used twice, so a row that a dead process left in the index never
//! counts as another reading's.
//!
//! [`Catalogue::begin`]: assay_domain::port::Catalogue::begin
//! [`Catalogue::commit`]: assay_domain::port::Catalogue::commit

mod error;
mod database;
mod foreign;
mod schema;
mod open;
mod writes;
mod store;
mod beside;
mod port;
mod document;
mod document_state;
mod missing;
mod dismissed;
mod queue;
mod queue_summary;
mod source;
mod folder;
mod collection;
mod prefixes;
mod generation;
mod page;
mod shadow;
mod mirror;
mod snapshot;
mod backup;
mod survey;
mod turn;
mod conversation;
mod judgement;
mod score_cache;
#[cfg(test)]
mod tests;

pub use backup::{CopyFacts, Root, copy_for_backup, inspect_and_upgrade, is_empty, new_place, repoint};
pub use collection::Collection;
pub use conversation::Conversation;
pub use database::temporary_files_in;
pub use dismissed::Dismissed;
pub use error::{CatalogueError, Fault};
pub use folder::FolderScan;
pub use foreign::is_foreign;
pub use judgement::{Label, LabelOrigin, Run};
pub use mirror::{MirrorRow, MirrorRows, PagesOf};
pub use open::Upgrade;
pub use queue::{QueueId, Waiting, Work};
pub use queue_summary::QueueSummary;
pub use schema::NEWEST as NEWEST_LAYOUT;
pub use score_cache::ScoreCacheFile;
pub use shadow::ShadowDocument;
pub use snapshot::renew::is_outdated as small_snapshot_is_outdated;
pub use snapshot::restore::restore;
pub use snapshot::{FOLDER as SNAPSHOTS, Snapshot, snapshots};
pub use store::Store;
pub use survey::{Counts, Survey, WaitingCounts, survey};
pub use turn::{Cited, NewTurn, Turn, TurnCandidate, TurnModels};
