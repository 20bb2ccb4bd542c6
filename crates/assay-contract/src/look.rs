//! The desktop's appearance, which the page follows.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The desktop's appearance.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SystemLook {
    /// Whether it is dark; absent where the desktop does not report it: then the web view decides.
    pub dark: Option<bool>,
    /// Whether high contrast is requested.
    pub contrast: bool,
}
