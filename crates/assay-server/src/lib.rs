//! The local interface: an MCP server, and an HTTP server on this machine's loopback address. Both open the library only
//! while they are asked, and only read it; documents are added and removed over HTTP below folders that the user allowed.

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
mod allowed;
mod description;
mod listener;
mod guard;
mod interface;
mod http;
#[cfg(test)]
mod tests;

pub use http::{PORT, Server, Serving};
pub use mcp::serve_stdio;
