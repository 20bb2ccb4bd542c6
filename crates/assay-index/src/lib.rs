//! Chunks, their vectors and full-text indexes over their words and names, in one LanceDB table.
//!
//! The index is a cache: the catalogue knows which generations count, and everything here can be
//! filled again from the originals. It belongs to the [`IndexIdentity`] that filled it, which is
//! kept in the table's own schema so that the two cannot be separated.
//!
//! The vector retriever and the lexical retriever run apart and give raw scores. LanceDB's own
//! hybrid search is not used, because it stretches both scores to 0..1.
//!
//! [`IndexIdentity`]: assay_domain::IndexIdentity

mod error;
mod layout;
mod table;
mod rows;
mod durable;
mod repair;
mod compact;
mod indexes;
mod read_back;
mod fetch;
mod extent;
mod lexical;
mod spelling;
mod reader;
mod places;
mod writer;
mod open;
mod contents;
#[cfg(test)]
mod tests;

pub use contents::{Contents, contents};
pub use error::IndexError;
pub use layout::LAYOUT as NEWEST_LAYOUT;
pub use open::{open, open_any};
pub use reader::Reader;
pub use repair::Repair;
pub use writer::Writer;
