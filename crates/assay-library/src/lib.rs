//! One open library: its data folder, its engines as the settings name them, and everything that keeps it
//! whole. It reports in types of its own and of the pipelines.

#[cfg(test)]
mod fixtures;
mod error;
mod claim;
mod home;
mod memory;
mod scratch;
mod synced;
mod notices;
mod recovery;
mod embedder_kept;
mod settings;
mod writer;
mod language_model;
mod worker;
mod index;
mod copies;
mod engines;
mod rerankers;
mod indexes;

mod report;
mod stop_buttons;
mod followed;
mod claims;
mod unoptimized;
mod queue_notice;
mod quarantine;
mod library;
mod queue;
mod ingest;
mod retry;
mod missing;
mod dismissed;
mod collections;
mod rescan;
mod optimizing;
mod follow;
mod rebuild;
mod check;
mod examine;
mod restore;
pub mod backup;
mod remote;

pub use assay_answer::sentences;
pub use assay_catalogue::{
    Collection, Conversation, Counts, Dismissed, FolderScan, Label, LabelOrigin, NEWEST_LAYOUT, NewTurn, Run, Snapshot,
    Survey, Turn, TurnCandidate, TurnModels, Waiting, WaitingCounts, Work,
};
pub use assay_files::{InstalledOcr, OcrSettings, installed_ocr, real_path};
pub use assay_index::{NEWEST_LAYOUT as NEWEST_INDEX_LAYOUT, Repair};
pub use check::CheckOutcome;
pub use claim::refuse_foreign;
pub use embedder_kept::embedder_kept;
pub use engines::Engines;
pub use error::LibraryError;
pub use examine::{CatalogueLook, Examination, FolderUse, IndexLook, examine};
pub use follow::{FollowEvent, OnFollow};
pub use followed::{FollowState, FollowedFolder};
pub use home::Home;
pub use index::{Index, open_index};
pub use language_model::open_language_model;
pub use library::Library;
pub use memory::share_heaps;
pub use notices::{Notice, NoticeFact, NoticeKind, Notices, WaitingWork, WorkState};
pub use queue::QueueRow;
pub use remote::{
    Address, Cost, FilledBy, MirrorStanding, RemoteDone, RemoteError, RemoteRole, RemoteStanding, Stored, role_in,
};
pub use report::{FileStatus, FileSummary, IngestReport, OnIngest};
pub use rerankers::{OpenedReranker, Rerankers};
pub use restore::{restore, snapshots_of};
pub use scratch::Scratch;
pub use settings::Settings;
pub use stop_buttons::{StopButtons, Ticket};
pub use worker::serve_worker;
