//! Frames: length (`u32`, little-endian), then JSON. Each side treats what comes in as hostile.

use std::io;

use assay_contract::ProblemView;
use assay_contract::call::FrontEnd;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::ser::Formatter;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// Raised whenever a frame changes its meaning.
pub const PROTOCOL: u32 = 1;

/// This version of Assay. The fields of calls and replies may differ between two, so both sides must have the same.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Longest greeting, in bytes.
pub const GREETING: usize = 1 << 10;

/// Longest call, in bytes: more than the paths of any command line.
pub const CALL: usize = 16 << 20;

/// Longest event or reply, in bytes: the rows and pages of a large library.
pub const REPLY: usize = 1 << 30;

/// The first frame in each direction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Greeting {
    /// [`PROTOCOL`]
    pub protocol: u32,
    /// [`VERSION`]
    pub version: String,
    /// What kind of program it is; absent for a client.
    pub front_end: Option<FrontEnd>,
}

impl Greeting {
    /// The greeting of this program.
    pub fn new(front_end: Option<FrontEnd>) -> Self {
        Self { protocol: PROTOCOL, version: VERSION.to_owned(), front_end }
    }

    /// Whether both sides understand each other.
    pub fn fits(&self) -> bool {
        self.protocol == PROTOCOL && self.version == VERSION
    }
}

/// The only frame of a client after its call: it stops the call.
#[derive(Debug, Serialize, Deserialize)]
pub struct Stop {}

/// A frame of the owner after its greeting.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer<E, R> {
    /// Something happened.
    Event(E),
    /// The call is done.
    Reply(R),
    /// The call failed.
    Failure(ProblemView),
}

/// Why a frame could not be read or written.
#[derive(Debug)]
pub enum FrameError {
    /// The other side closed its end, or the connection failed.
    Closed,
    /// The frame is longer than the reader takes.
    TooLong {
        /// Its length in bytes.
        bytes: usize,
    },
    /// The bytes are no such frame.
    Malformed(serde_json::Error),
}

impl From<io::Error> for FrameError {
    fn from(_: io::Error) -> Self {
        Self::Closed
    }
}

/// A value as a frame.
///
/// # Errors
/// [`FrameError::TooLong`] above `most` bytes.
pub fn framed(value: &impl Serialize, most: usize) -> Result<Vec<u8>, FrameError> {
    let mut frame = vec![0; 4];
    let mut serializer = serde_json::Serializer::with_formatter(&mut frame, Exact);
    value.serialize(&mut serializer).map_err(FrameError::Malformed)?;
    let bytes = frame.len() - 4;
    let length = u32::try_from(bytes).ok().filter(|_| bytes <= most).ok_or(FrameError::TooLong { bytes })?;
    if let Some(head) = frame.first_chunk_mut() {
        *head = length.to_le_bytes();
    }
    Ok(frame)
}

/// JSON whose numbers serde_json reads as they were. Without its feature `float_roundtrip`, which all crates would have to
/// be built with, it reads every ninth of the shortest forms of f64 one bit off. Of those numbers a longer form, or that of
/// a neighbour, is read as the wanted number; for one in a thousand there is none, and it stays one bit off.
struct Exact;

impl Formatter for Exact {
    fn write_f64<W: ?Sized + io::Write>(&mut self, to: &mut W, value: f64) -> io::Result<()> {
        let shortest = format!("{value:e}");
        let near = [value, value.next_up(), value.next_down()];
        let longer = near.iter().flat_map(|near| (16..19).map(move |digits| format!("{near:.digits$e}")));
        let is_read_as =
            |text: &String| serde_json::from_str(text).is_ok_and(|read: f64| read.to_bits() == value.to_bits());
        let exact = std::iter::once(shortest.clone()).chain(longer).find(is_read_as);
        to.write_all(exact.unwrap_or(shortest).as_bytes())
    }
}

/// Writes a value as a frame.
///
/// # Errors
/// As [`framed`], or the connection failed.
pub async fn write(to: &mut (impl AsyncWrite + Unpin), value: &impl Serialize, most: usize) -> Result<(), FrameError> {
    to.write_all(&framed(value, most)?).await?;
    Ok(to.flush().await?)
}

/// Reads a frame of at most `most` bytes. What it claims to hold takes no memory before it has come.
///
/// # Errors
/// The connection ended, or the frame is too long or no value of this type.
pub async fn read<T: DeserializeOwned>(from: &mut (impl AsyncRead + Unpin), most: usize) -> Result<T, FrameError> {
    let bytes = from.read_u32_le().await? as usize;
    if bytes > most {
        return Err(FrameError::TooLong { bytes });
    }
    let mut json = Vec::new();
    from.take(bytes as u64).read_to_end(&mut json).await?;
    if json.len() < bytes {
        return Err(FrameError::Closed);
    }
    serde_json::from_slice(&json).map_err(FrameError::Malformed)
}
