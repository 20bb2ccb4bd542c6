//! Child processes for work that may hang, run out of memory or crash.
//!
//! [`Child`] is the parent's side: it spawns a program, exchanges frames with it, enforces its [`Limits`] and reports
//! what became of it. [`child::serve`] is the other side. Neither knows what the job is.
//!
//! The two sides greet each other first; then each request is answered by any number of replies and an end. The parent
//! treats everything that it receives as hostile. `frame.rs` has the format.

mod error;
mod limits;
mod frame;
mod parent;
mod group;
mod stderr;
mod blame;
pub mod child;
mod memory_cap;

pub use error::WorkerError;
pub use limits::Limits;
pub use parent::{Child, WorkerCommand};
