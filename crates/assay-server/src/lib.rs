//! The local HTTP interface and the MCP server.
