//! What this machine offers to an encoder, told without opening a model.

use std::path::Path;

use crate::EncoderError;
use crate::cpu::{Isa, has_bf16};
use crate::device::{DeviceChoice, choose};
use crate::folder::ModelFolder;
use crate::precision::Precision;

/// Instruction sets of this processor that the arithmetic has code for, best first; none for the code that runs everywhere.
pub fn instruction_sets() -> Vec<&'static str> {
    let bf16 = has_bf16().then_some("AVX-512 BF16");
    Isa::available().into_iter().filter_map(Isa::name).chain(bf16).collect()
}

/// The device that an encoder gets in this precision, with the reason why a faster one is not used.
pub fn usual_device(threads: usize, precision: Precision) -> String {
    choose(DeviceChoice::Auto, threads, precision).map_or_else(|error| error.to_string(), |chosen| chosen.description)
}

/// BLAKE3 of the weights in a model's folder, in hex: the key of [`crate::verdict_key`].
///
/// # Errors
/// The folder is no model, or its weights cannot be read.
pub fn weights_hash(folder: &Path) -> Result<String, EncoderError> {
    ModelFolder::open(folder)?.hash()
}
