//! The encoder on a processor, without padding, in f32 or with its linear layers in bf16 or int8.
//!
//! All tokens of a batch are rows of one matrix `[tokens, hidden]`. The work of a layer is divided into blocks of
//! rows. A block computes attention, the feed-forward part and the next layer's queries, keys and values while it
//! is still in the core's cache. Blocks depend on each other only through the keys and values of the previous
//! layer, so the threads synchronise once per layer. Each number of a row is summed in the same order whatever
//! else is in the batch, so a text's result does not depend on its neighbours, to the last bit.
//!
//! The products are written once ([`tile`]) over the instructions of each processor ([`kernel`]).

mod isa;
mod aligned;
mod i8_rows;
mod kernel;
mod tile;
mod matrix;
mod bf16;
mod i8;
mod linear;
mod gelu;
mod softmax;
mod norm;
mod attention;
mod i16;
mod i16_attention;
mod layer;
mod forward;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod reduced_tests;

pub(crate) use aligned::Floats;
pub(crate) use forward::PackedEncoder;
pub(crate) use isa::{Isa, has_bf16};
pub(crate) use linear::Arithmetic;
pub(crate) use matrix::{Panels, Rows, RowsMut};
