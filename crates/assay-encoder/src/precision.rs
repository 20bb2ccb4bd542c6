//! The precisions of linear layers, and which of them this processor has.

use crate::EncoderError;
use crate::cpu::{Arithmetic, Isa, has_bf16};

/// Precision of the linear layers and of attention's products. Sums, layer norms, exponentials and the head are
/// in f32 in all of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Precision {
    /// The fastest one that passes the precision trial; see [`crate::try_precisions`].
    Auto,
    /// Exact: within 1e-4 of the reference implementation's logits.
    #[default]
    F32,
    /// bf16 products with sums in f32, on processors with AVX-512 BF16.
    Bf16,
    /// Weights in int8 with a scale per output, tokens in int8 with a scale each, sums in i32.
    Int8,
}

impl Precision {
    /// `auto`, `f32`, `bf16`, `int8`.
    pub fn name(self) -> &'static str {
        match self {
            Precision::Auto => "auto",
            Precision::F32 => "f32",
            Precision::Bf16 => "bf16",
            Precision::Int8 => "int8",
        }
    }

    /// The precision of a name.
    pub fn parse(name: &str) -> Option<Self> {
        [Precision::Auto, Precision::F32, Precision::Bf16, Precision::Int8]
            .into_iter()
            .find(|precision| precision.name() == name)
    }

    /// Name of the instructions that this processor has for it; `None` where it has none.
    pub fn instructions(self) -> Option<&'static str> {
        self.arithmetic().ok().map(|arithmetic| arithmetic.instructions(Isa::best()))
    }

    /// The precisions below f32 that this processor has vectors for, the fastest first.
    pub(crate) fn reduced() -> Vec<Self> {
        let mut precisions = Vec::new();
        if Isa::best() != Isa::Portable {
            precisions.push(Precision::Int8);
        }
        if has_bf16() {
            precisions.push(Precision::Bf16);
        }
        precisions
    }

    /// How the layers compute; `Auto` is f32, unless a trial has chosen.
    pub(crate) fn arithmetic(self) -> Result<Arithmetic, EncoderError> {
        match self {
            Precision::Auto | Precision::F32 => Ok(Arithmetic::F32),
            Precision::Int8 => Ok(Arithmetic::Int8),
            Precision::Bf16 if has_bf16() => Ok(Arithmetic::Bf16),
            Precision::Bf16 => Err(EncoderError::NoBf16),
        }
    }
}
