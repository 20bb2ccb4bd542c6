//! End-to-end tests: both pipelines on the real engines, through `assay --json`.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "test code")]

mod samples;
mod bilingual;
mod answers;
mod pairs;
mod accelerator;
mod bad_input;
mod crashes;
mod trying;
mod watching;
mod collections;
mod durable;
mod context;
mod why;
mod scope;
mod doctor;
mod queue;
mod writer;
mod standalone;
mod shelf;
mod interface;
mod owner;
