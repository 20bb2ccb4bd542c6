//! Faults of a request: those that may pass, and those that stay.

use std::time::Duration;

use crate::error::ModelsError;

/// Why a request gave nothing.
pub enum Fault {
    /// It may succeed later.
    Passing {
        /// What happened.
        reason: String,
        /// `Retry-After`.
        wait: Option<Duration>,
        /// Whether bytes arrived before, so that it counts as a first fault.
        moved: bool,
    },
    /// It will not succeed.
    Final(ModelsError),
}

impl Fault {
    /// A passing fault before which no byte arrived, without `Retry-After`.
    pub fn passing(reason: impl Into<String>) -> Self {
        Self::Passing { reason: reason.into(), wait: None, moved: false }
    }
}

/// A download that failed for good.
pub fn fetch_error(url: &str, reason: &dyn std::fmt::Display) -> ModelsError {
    ModelsError::Fetch { url: url.to_owned(), reason: reason.to_string() }
}
