//! Turns the bytes of a file into pages of text, and pages into chunks.
//!
//! [`read()`] detects the format of a file by its content and returns its text page by page; [`chunk()`]
//! cuts the pages into slices small enough to embed. Both are pure: they open no file and know no
//! model. A hostile file can make a parser hang, exhaust memory or overflow the stack in spite of
//! every guard here, so front ends run [`read()`] in a child process.

mod error;
mod options;
mod context;
mod format;
mod detect;
mod read;
mod outline;
mod table;
mod compose;
mod normalize;
mod language;
mod guard;
mod chunk;
mod fold;

/// Revision of the readers, which grows whenever they read the same bytes differently. It is part of the
/// identity of a reader, so that files that were read in part are read again.
pub const REVISION: u32 = 4;

pub use chunk::{ChunkSize, TokenStarts, chunk};
pub use error::TextError;
pub use fold::{fold, simplified};
pub use format::{FORMATS, Format};
pub use language::{share_script, tell_language};
pub use options::{OcrLimits, ReadOptions, Step};
pub use read::{read, read_with};
