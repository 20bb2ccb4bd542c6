//! One owner, many front ends: the program that has a library open does the calls of other programs of the same user.
//!
//! A client connects to a socket that only the user can open. Both sides greet with the protocol and the version of
//! Assay, which must be the same. The client sends one call; the owner sends events, and last the reply or a failure.
//! A client that leaves or sends `frame::Stop` stops its call, as Ctrl-C stops a command that has the library itself.

mod frame;
#[cfg(unix)]
mod socket;
#[cfg(windows)]
mod pipe;
mod connection;
mod serving;
mod remote;
#[cfg(all(test, unix))]
mod tests;

pub use remote::Remote;
pub use serving::Owner;
