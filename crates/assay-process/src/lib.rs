//! Child processes for work that may hang, eat memory or crash.
//!
//! [`Child`] is the parent's side: it spawns a program, talks to it in frames, holds it to its
//! [`Limits`] and says what became of it. [`child::serve`] is the other side. Neither knows
//! what the job is.
//!
//! A frame is its length (`u32`, little-endian), one byte for its kind, and JSON. The two
//! sides greet each other first; then each request is answered by any number of replies and
//! an end. The parent treats all that comes back as hostile.

mod error;
mod frame;
mod parent;
mod blame;
pub mod child;

pub use error::WorkerError;
pub use parent::{Child, Limits, WorkerCommand};
