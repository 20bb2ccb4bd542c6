//! How the system looks, for the page to follow.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What the desktop says of its look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SystemLook {
    /// Whether it is dark; absent where nobody says, and then the web view's word counts.
    pub dark: Option<bool>,
    /// Whether it asks for high contrast.
    pub contrast: bool,
}
