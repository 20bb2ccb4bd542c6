//! Packed objects: JSON, compressed, named by the hash of their bytes.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::RemoteError;

/// Most bytes that an object may unpack to.
const LARGEST: u64 = 1 << 30;

/// Packs a value. The same value gives the same bytes.
///
/// # Errors
/// Fails if memory does.
pub fn pack(value: &impl Serialize) -> Result<Vec<u8>, RemoteError> {
    let fault = |reason: String| RemoteError::Other { doing: "pack an object".to_owned(), reason };
    let mut packer = GzEncoder::new(Vec::new(), Compression::new(5));
    serde_json::to_writer(&mut packer, value).map_err(|error| fault(error.to_string()))?;
    packer.flush().and_then(|()| packer.finish()).map_err(|error| fault(error.to_string()))
}

/// Unpacks an object whose name follows from its hash.
///
/// # Errors
/// [`RemoteError::Damaged`].
pub fn unpack<T: DeserializeOwned>(name: &str, bytes: &[u8], hash: &str) -> Result<T, RemoteError> {
    let damaged = |reason: String| RemoteError::Damaged { object: name.to_owned(), reason };
    let found = hash_of(bytes);
    if found != hash {
        return Err(damaged(format!("its hash is {found}")));
    }
    let mut text = Vec::new();
    GzDecoder::new(bytes).take(LARGEST).read_to_end(&mut text).map_err(|error| damaged(error.to_string()))?;
    serde_json::from_slice(&text).map_err(|error| damaged(error.to_string()))
}

/// The hash of bytes, in hex.
pub fn hash_of(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}
