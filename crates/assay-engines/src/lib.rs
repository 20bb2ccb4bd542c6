//! Settings to engines. Each heavy room is opened from here and handed on as the domain's socket,
//! so that the ways and the hosts never meet a vendor.

mod error;
mod home;
mod settings;
pub mod shelf;
pub mod sources;
mod tesseract;
mod reading;
mod writing;
pub mod hosted;
pub mod open_encoders;
mod accelerated;
mod engines;

pub use assay_answer::sentences;
pub use assay_catalogue::{Conversation, Label, NewTurn, Run, Turn};
pub use engines::{Engines, Index, open_index};
pub use error::EnginesError;
pub use home::Home;
pub use reading::ChildReader;
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
