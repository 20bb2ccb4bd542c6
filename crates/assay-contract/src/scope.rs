//! Which documents a question searches.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Which documents a question searches. All that is given must hold; of a list, one entry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
pub struct ScopeChoice {
    /// Only these documents; all if empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[ts(type = "readonly number[]", optional)]
    pub documents: Vec<i64>,
    /// Only files below this folder: its absolute path, or the names of one or more folders in a row (`2024/invoices`).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub folder: Option<String>,
    /// Only these formats: names of formats or endings of file names (`pdf`); all if empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[ts(type = "readonly string[]", optional)]
    pub formats: Vec<String>,
    /// Only documents in these languages: ISO 639 codes (`zh`, `eng`); all if empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[ts(type = "readonly string[]", optional)]
    pub languages: Vec<String>,
    /// Only files last written on this day or later (`2024-12-31`, UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub since: Option<String>,
    /// Only files last written before this day (UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub before: Option<String>,
}

/// How many documents a limited question searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ScopeView {
    /// Documents that it searched.
    pub documents: u32,
    /// Documents of the library that answer.
    pub of: u32,
}
