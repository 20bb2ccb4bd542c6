//! Tests of the rules in ARCHITECTURE.md that a program can check.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "test code")]

mod sources;
mod rules;
mod crates;
mod graph;
mod rust_imports;
mod screen_imports;
