//! The local interface: an MCP server, and an HTTP server on this machine's loopback address. Both only read the
//! library, and open it only while they are asked.

mod on_demand;
mod stop;
mod address;
mod passage;
mod search;
mod explain;
mod text;
mod status;
mod mcp;
mod token;
mod dialect;
mod listener;
mod guard;
mod interface;
mod http;
#[cfg(test)]
mod tests;

pub use http::{PORT, Server, Serving};
pub use mcp::serve_stdio;
