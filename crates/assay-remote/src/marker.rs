//! The object that says what lies below a prefix.

use serde::{Deserialize, Serialize};

use crate::error::RemoteError;
use crate::names::MARKER;

/// Counts up when the objects change in a way that an earlier program does not understand.
pub const FORMAT: u32 = 1;

/// What filled an index, as the index says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilledBy {
    /// Name of the bi-encoder.
    pub embedder: String,
    /// Hash of its weights.
    pub weights: String,
    /// Length of a vector.
    pub dimension: u64,
    /// Pooling of its outputs.
    pub pooling: String,
    /// Put before each passage.
    pub passage_prefix: String,
    /// Put before each question.
    pub query_prefix: String,
    /// Most tokens in a chunk.
    pub chunk_tokens: u64,
    /// Tokens shared by neighbouring chunks.
    pub chunk_overlap: u64,
    /// How vectors are compared.
    pub metric: String,
    /// Whether rows hold the context of their passages.
    pub context: bool,
}

/// What lies below a prefix. It is written once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marker {
    /// [`FORMAT`] of the program that made it.
    pub format: u32,
    /// Random number of the library, in hex.
    pub library: String,
    /// What filled its index when it was made.
    pub filled_by: FilledBy,
}

impl Marker {
    /// Reads the marker at an address.
    ///
    /// # Errors
    /// [`RemoteError::Newer`] for a later format, [`RemoteError::Damaged`].
    pub fn read(bytes: &[u8], url: &str) -> Result<Self, RemoteError> {
        let format: Format = of_json(MARKER, bytes)?;
        if format.format > FORMAT {
            return Err(RemoteError::Newer { url: url.to_owned(), found: format.format, known: FORMAT });
        }
        of_json(MARKER, bytes)
    }
}

/// The part of an object that every format has.
#[derive(Deserialize)]
pub struct Format {
    /// The format.
    pub format: u32,
}

/// A value as the bytes of an object.
pub fn to_json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}

/// The value of an object's bytes.
///
/// # Errors
/// [`RemoteError::Damaged`].
pub fn of_json<T: serde::de::DeserializeOwned>(name: &str, bytes: &[u8]) -> Result<T, RemoteError> {
    let damaged =
        |error: serde_json::Error| RemoteError::Damaged { object: name.to_owned(), reason: error.to_string() };
    serde_json::from_slice(bytes).map_err(damaged)
}
