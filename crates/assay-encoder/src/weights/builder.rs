//! Weights as candle's own models ask for them.

use candle_core::{DType, Device, Error, Result, Shape, Tensor};
use candle_nn::var_builder::SimpleBackend;
use candle_nn::{Init, VarBuilder};

use super::Weights;
use crate::EncoderError;

impl Weights {
    /// The tensors in f32 on a device, for candle's own models, which ask for the names that tensors have below a
    /// head. Tensors of a bare encoder are found without `prefix`.
    pub fn builder(&self, prefix: &'static str, device: &Device) -> VarBuilder<'static> {
        let builder = self.named(device);
        match self.prefix {
            "" => builder.rename_f(move |name| name.strip_prefix(prefix).unwrap_or(name).to_string()),
            _ => builder,
        }
    }

    /// The tensors in f32 on a device, by their full names.
    pub fn named(&self, device: &Device) -> VarBuilder<'static> {
        VarBuilder::from_backend(Box::new(Widened(self.clone())), DType::F32, device.clone())
    }
}

/// Tensors by their full names, widened to f32 and then brought to the type that is asked for. candle's own builder
/// knows no numbers of 8 bits.
struct Widened(Weights);

impl SimpleBackend for Widened {
    fn get(&self, shape: Shape, name: &str, _: Init, dtype: DType, device: &Device) -> Result<Tensor> {
        let values = self.0.tensor(name, shape.dims()).map_err(|error| unreadable(name, error))?;
        Tensor::from_vec(values, shape, device)?.to_dtype(dtype)
    }

    fn get_unchecked(&self, name: &str, dtype: DType, device: &Device) -> Result<Tensor> {
        let shape = self.0.shape(name).map_err(|error| unreadable(name, error))?;
        self.get(Shape::from(shape), name, Init::Const(0.0), dtype, device)
    }

    fn contains_tensor(&self, name: &str) -> bool {
        self.0.holds(name)
    }
}

fn unreadable(name: &str, error: EncoderError) -> Error {
    match error {
        EncoderError::TensorMissing { .. } => Error::CannotFindTensor { path: name.to_string() },
        error => Error::Msg(error.to_string()),
    }
}
