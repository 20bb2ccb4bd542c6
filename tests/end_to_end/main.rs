//! Both pipelines on the real engines, through the program that scripts call.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "test code")]

mod samples;
mod pairs;
mod accelerator;
mod bad_input;
mod crashes;
mod trying;
mod watching;
mod durable;
mod writer;
mod standalone;
