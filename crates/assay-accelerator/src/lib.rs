//! Encoders on a graphics card, in a separate program.
//!
//! A program that links CUDA does not start where CUDA's libraries are missing, so the main program does not link
//! it. It starts `assay-accelerator` from its own folder, if it is there, and exchanges requests and replies with it
//! over pipes. [`DeviceReranker`] and [`DeviceEmbedder`] are the main program's side, [`serve`] is the accelerator's.
//! [`check`] compares the card with the processor before the card is used.

mod wire;
mod job;
mod device;
pub mod check;
mod child;

pub use child::serve;
pub use device::{DeviceEmbedder, DeviceReranker, ModelFolder};
