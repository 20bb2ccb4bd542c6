//! Encoders on a graphics card, in a program of their own.
//!
//! A program that links CUDA does not start where CUDA's libraries are missing, so the main program
//! never does. It starts `assay-accelerator`, if that lies beside it, and speaks with it over pipes:
//! [`DeviceReranker`] and [`DeviceEmbedder`] are the main program's side, [`serve`] is the other.
//! Before anything is scored there, [`check`] compares it with the processor.

mod wire;
mod job;
mod device;
pub mod check;
mod child;

pub use child::serve;
pub use device::{DeviceEmbedder, DeviceReranker, ModelFolder};
