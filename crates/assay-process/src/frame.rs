//! Frames: what both sides agree on.

use serde::{Deserialize, Serialize};

/// Raised whenever a frame changes its meaning.
pub(crate) const VERSION: u32 = 1;
/// Longest greeting.
pub(crate) const MOST_GREETING_BYTES: u64 = 1024;
/// Longest request.
pub(crate) const MOST_REQUEST_BYTES: u64 = 16 * 1024 * 1024;

/// What a frame is, as its first byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The first frame in each direction, a [`Greeting`].
    Greeting,
    /// A request or a reply.
    Message,
    /// No more replies to this request.
    End,
}

impl Kind {
    fn byte(self) -> u8 {
        match self {
            Self::Greeting => b'G',
            Self::Message => b'M',
            Self::End => b'E',
        }
    }

    /// The kind for a frame's first byte.
    pub(crate) fn of(byte: u8) -> Option<Self> {
        [Self::Greeting, Self::Message, Self::End].into_iter().find(|kind| kind.byte() == byte)
    }
}

/// Says which version is spoken; the parent's also caps the child's memory.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Greeting {
    pub(crate) assay_process: u32,
    pub(crate) memory_bytes: u64,
}

/// A frame around a value.
pub(crate) fn encode<T: Serialize>(kind: Kind, value: &T) -> Result<Vec<u8>, String> {
    let mut frame = vec![0, 0, 0, 0, kind.byte()];
    serde_json::to_writer(&mut frame, value).map_err(|error| error.to_string())?;
    let length = u32::try_from(frame.len() - 4).map_err(|_| "it is longer than 4 GiB".to_owned())?;
    frame.iter_mut().zip(length.to_le_bytes()).for_each(|(place, byte)| *place = byte);
    Ok(frame)
}
