//! Bytes to pages, pages to chunks.
//!
//! [`read()`] tells the format of a file by its content and gives its text page by page; [`chunk()`]
//! cuts the pages into slices small enough to embed. Both are pure: no file is opened, no
//! model is known. Parsers of other people's files can hang, exhaust memory or overflow the
//! stack whatever is done here, so hosts run [`read()`] in a child process.

mod error;
mod aids;
mod format;
mod recognise;
mod read;
mod outline;
mod compose;
mod tidy;
mod language;
mod contain;
mod chunk;

pub use aids::{Aids, OcrLimits, Step};
pub use chunk::{ChunkSize, TokenStarts, chunk};
pub use error::TextError;
pub use format::{FORMATS, Format};
pub use read::{read, read_with};
