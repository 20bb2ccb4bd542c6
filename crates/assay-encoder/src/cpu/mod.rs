//! The encoder on a processor, without padding, in f32 or with its linear layers in bf16 or int8.
//!
//! All tokens of a batch stand in one matrix `[tokens, hidden]`. The work of a layer is cut into
//! blocks of rows; a block attends, goes through the feed-forward part and prepares the next
//! layer's queries, keys and values while it is still in the core's cache. Blocks depend on each
//! other only through the keys and values of the layer before, so there is one meeting of the
//! threads per layer. Each number of a row is summed in the same order whatever else is in the
//! batch: a text's result does not depend on its neighbours, to the last bit.

mod isa;
mod aligned;
mod tile;
mod byte_tile;
mod half_tile;
mod word_tile;
mod matrix;
mod bytes;
mod halves;
mod linear;
mod gelu;
mod softmax;
mod norm;
mod attention;
mod words;
mod word_attention;
mod layer;
mod forward;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod reduced_tests;

pub(crate) use aligned::Floats;
pub(crate) use byte_tile::ByteIsa;
pub(crate) use forward::PackedEncoder;
pub(crate) use half_tile::available as has_bf16;
pub(crate) use isa::Isa;
pub(crate) use linear::Arithmetic;
pub(crate) use matrix::{Panels, Rows, RowsMut};
