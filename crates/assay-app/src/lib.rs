//! Requests to pipelines to replies, the same for every front end. The terminal prints the replies and
//! the window shows them.

mod app;
mod documents;
mod folders;
mod collections;
mod maintenance;
mod remote;
mod rebuild_offer;
mod backup;
mod answering;
mod cross_encoders;
mod ask;
mod what_if;
mod conversations;
mod passage;
mod explain;
mod why;
mod judgements;
mod propose;
mod triplets;
mod cost;
mod models;
mod pulling;
mod doctor;
mod call;
mod owner;
mod session;
pub mod standalone;

mod labels_file;
mod memory;
mod settings;
mod model_rows;
mod embedder;
mod convert;
#[cfg(test)]
mod tests;

pub use app::{App, Opening};
pub use assay_contract::AskOptions;
pub use assay_domain::port::TextKind;
pub use assay_domain::{Cancel, Failure, Problem};
pub use assay_library::{Home, Scratch, real_path, refuse_foreign, serve_worker, share_heaps};
pub use assay_models::{ImportMode, ModelRegistry, Phase};
pub use backup::{backup_folders, backup_of, backup_view, restore_backup};
pub use call::Call;
pub use convert::problem::problem;
pub use doctor::doctor;
pub use documents::DEFAULT_COLLECTION;
pub use maintenance::{restore, snapshot_rows};
pub use model_rows::{model_row, model_rows, pair_rows};
pub use models::registry_of;
pub use owner::Owner;
pub use session::{Session, named_owner};

/// The file formats that are read: name, extensions, and what locates a passage in a file.
pub use assay_text::FORMATS;
