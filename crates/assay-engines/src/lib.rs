//! Settings to engines. Each heavy room is opened from here and handed on as the domain's socket,
//! so that the ways and the hosts never meet a vendor.

mod error;
mod home;
mod memory;
mod scratch;
mod synced;
mod notices;
mod healing;
mod settings;
pub mod registry;
pub mod sources;
pub mod watch;
mod tesseract;
mod reading;
mod writing;
pub mod hosted;
pub mod open_encoders;
mod accelerated;
mod engines;
mod indexes;

pub use assay_answer::sentences;
pub use assay_catalogue::{Conversation, Label, Look, NewTurn, Run, Snapshot, Turn, snapshots};
pub use engines::Engines;
pub use error::EnginesError;
pub use healing::put_back;
pub use home::Home;
pub use indexes::{Index, open_index};
pub use memory::share_heaps;
pub use notices::{Notice, Notices};
pub use reading::ChildReader;
pub use scratch::Scratch;
pub use settings::Settings;
pub use tesseract::OcrSettings;

use std::process::ExitCode;

/// What a host's own program does when it is started as `worker ROLE`: serve one job over its
/// pipes, where a crash hurts nobody.
pub fn serve_worker(role: &str) -> ExitCode {
    let served = match role {
        reading::ROLE => reading::serve(),
        writing::ROLE => writing::serve(),
        _ => return ExitCode::from(2),
    };
    if served.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
