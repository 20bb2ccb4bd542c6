//! The frame that both sides speak: length (`u32`, little-endian), one byte for its kind, JSON.

use serde::{Deserialize, Serialize};
use tokio_util::bytes::{Buf, BufMut, Bytes, BytesMut};
use tokio_util::codec::{Decoder, Encoder};

/// Raised whenever a frame changes its meaning.
pub(crate) const VERSION: u32 = 1;
/// Longest greeting, as a whole frame.
pub(crate) const MAX_GREETING_BYTES: u64 = 1024;
/// Longest request, as a whole frame.
pub(crate) const MAX_REQUEST_BYTES: u64 = 16 * 1024 * 1024;

const LENGTH_BYTES: usize = 4;
const HEAD_BYTES: usize = LENGTH_BYTES + 1;

/// What a frame is.
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

    fn of(byte: u8) -> Option<Self> {
        [Self::Greeting, Self::Message, Self::End].into_iter().find(|kind| kind.byte() == byte)
    }
}

/// States the version; the parent's greeting also states the child's memory cap.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Greeting {
    pub(crate) assay_process: u32,
    pub(crate) memory_bytes: u64,
}

/// A frame that arrived; its JSON is not parsed yet.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) kind: Kind,
    pub(crate) json: Bytes,
}

impl Frame {
    /// Bytes of the whole frame.
    pub(crate) fn total_bytes(&self) -> u64 {
        (HEAD_BYTES + self.json.len()) as u64
    }
}

/// Why a frame could not be read or written.
#[derive(Debug)]
pub(crate) enum FrameError {
    /// The other side closed its stream, or the stream failed.
    Closed,
    /// The frame is longer than the codec allows.
    TooLong,
    /// The bytes are no frame, or the value cannot be written as JSON.
    Malformed(String),
}

impl From<std::io::Error> for FrameError {
    fn from(_: std::io::Error) -> Self {
        Self::Closed
    }
}

/// Reads and writes frames of at most `max_bytes`.
///
/// `LengthDelimitedCodec` of tokio-util is not used: it reserves the announced length at once, and a hostile length
/// must not cost memory that no byte arrived for.
#[derive(Debug)]
pub(crate) struct FrameCodec {
    pub(crate) max_bytes: u64,
}

impl Decoder for FrameCodec {
    type Item = Frame;
    type Error = FrameError;

    fn decode(&mut self, source: &mut BytesMut) -> Result<Option<Frame>, FrameError> {
        let Some(length) = source.first_chunk().map(|bytes| u32::from_le_bytes(*bytes)) else { return Ok(None) };
        if u64::from(length) + LENGTH_BYTES as u64 > self.max_bytes {
            return Err(FrameError::TooLong);
        }
        if length == 0 {
            return Err(FrameError::Malformed("an empty frame".to_owned()));
        }
        let Some(byte) = source.get(LENGTH_BYTES).copied() else { return Ok(None) };
        let kind =
            Kind::of(byte).ok_or_else(|| FrameError::Malformed(format!("a frame of the unknown kind {byte}")))?;
        let json_bytes = length as usize - 1;
        if source.len() - HEAD_BYTES < json_bytes {
            return Ok(None);
        }
        source.advance(HEAD_BYTES);
        Ok(Some(Frame { kind, json: source.split_to(json_bytes).freeze() }))
    }
}

impl<'a, T: Serialize> Encoder<(Kind, &'a T)> for FrameCodec {
    type Error = FrameError;

    fn encode(&mut self, (kind, value): (Kind, &'a T), target: &mut BytesMut) -> Result<(), FrameError> {
        let json = serde_json::to_vec(value).map_err(|error| FrameError::Malformed(error.to_string()))?;
        let length = u32::try_from(json.len() + 1).map_err(|_| FrameError::TooLong)?;
        if u64::from(length) + LENGTH_BYTES as u64 > self.max_bytes {
            return Err(FrameError::TooLong);
        }
        target.reserve(HEAD_BYTES + json.len());
        target.put_u32_le(length);
        target.put_u8(kind.byte());
        target.put_slice(&json);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use tokio_util::bytes::BytesMut;
    use tokio_util::codec::{Decoder, Encoder};

    use super::{FrameCodec, FrameError, Kind};

    #[test]
    fn a_frame_survives_in_any_pieces() {
        let mut codec = FrameCodec { max_bytes: 64 };
        let mut stream = BytesMut::new();
        codec.encode((Kind::Message, &"泵"), &mut stream).unwrap();
        codec.encode((Kind::End, &()), &mut stream).unwrap();
        for piece in 1..=stream.len() {
            let mut arrived = BytesMut::new();
            let mut frames = Vec::new();
            for bytes in stream.chunks(piece) {
                arrived.extend_from_slice(bytes);
                while let Some(frame) = codec.decode(&mut arrived).unwrap() {
                    frames.push((frame.kind, frame.json.to_vec()));
                }
            }
            assert_eq!(frames, [(Kind::Message, "\"泵\"".into()), (Kind::End, b"null".to_vec())], "pieces of {piece}");
            assert!(arrived.is_empty());
        }
    }

    #[test]
    fn a_hostile_head_is_refused_before_its_body_arrives() {
        for (head, expected) in [
            (&[0xff, 0xff, 0xff, 0xff][..], "TooLong"),
            (&[61, 0, 0, 0], "TooLong"),
            (&[0, 0, 0, 0], "empty frame"),
            (&[9, 0, 0, 0, b'X'], "unknown kind 88"),
        ] {
            let error = FrameCodec { max_bytes: 64 }.decode(&mut BytesMut::from(head)).expect_err(expected);
            assert!(format!("{error:?}").contains(expected), "{head:?}: {error:?}");
        }
    }

    #[test]
    fn the_announced_length_reserves_no_memory() {
        let mut source = BytesMut::from(&[0, 0, 0, 0x40, b'M', b'"'][..]);
        let mut codec = FrameCodec { max_bytes: u64::MAX };
        assert!(codec.decode(&mut source).unwrap().is_none());
        assert!(source.capacity() < 1024, "{}", source.capacity());
    }

    #[test]
    fn a_frame_over_the_limit_is_not_written() {
        let mut target = BytesMut::new();
        let error = FrameCodec { max_bytes: 64 }.encode((Kind::Message, &"x".repeat(64)), &mut target);
        assert!(matches!(error, Err(FrameError::TooLong)) && target.is_empty(), "{error:?}");
    }
}
