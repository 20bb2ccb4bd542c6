//! What happened to the library itself and its owner should know.

use std::sync::{Mutex, PoisonError};

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// `healed`, `damaged`, `rebuilding`, `snapshot`, `synced_folder`.
    pub kind: &'static str,
    /// One sentence: what happened.
    pub what: String,
    /// What to do about it; empty where there is nothing to do.
    pub action: String,
}

/// All of them since the library was opened, in the order in which they happened.
#[derive(Debug, Default)]
pub struct Notices(Mutex<Vec<Notice>>);

impl Notices {
    /// Adds one, unless it was said already.
    pub fn add(&self, kind: &'static str, what: impl Into<String>, action: impl Into<String>) {
        let notice = Notice { kind, what: what.into(), action: action.into() };
        let mut list = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !list.contains(&notice) {
            list.push(notice);
        }
    }

    /// Takes back those of a kind: what they told of is over.
    pub fn withdraw(&self, kind: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|notice| notice.kind != kind);
    }

    /// All so far.
    pub fn all(&self) -> Vec<Notice> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
