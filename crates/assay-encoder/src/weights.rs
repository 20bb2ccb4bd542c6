//! The weights files, mapped into memory; their tensors are read as f32.

use std::path::PathBuf;
use std::sync::Arc;

use candle_core::safetensors::MmapedSafetensors;
use candle_core::{DType, Device, Tensor};
use candle_nn::VarBuilder;
use half::slice::HalfFloatSliceExt;
use half::{bf16, f16};

use crate::EncoderError;
use crate::config::{EncoderConfig, Family};
use crate::folder::ModelFolder;

/// Tensors by their names in the bare encoder. A family's prefix (`bert.`, `roberta.`) and the old names `gamma`
/// and `beta` of layer norms are found too.
#[derive(Clone)]
pub(crate) struct Weights {
    file: Arc<MmapedSafetensors>,
    files: Arc<[PathBuf]>,
    prefix: &'static str,
    // Whether BERT's names are translated to DistilBERT's.
    distil: bool,
}

/// A table whose rows are read from the mapped file when they are needed. The table of word embeddings is the
/// largest tensor of a small encoder, and a batch reads few of its rows.
pub(crate) struct Table {
    weights: Weights,
    name: String,
    kind: Kind,
    width: usize,
}

#[derive(Clone, Copy)]
enum Kind {
    F32,
    F16,
    Bf16,
}

impl Weights {
    pub fn open(folder: &ModelFolder, config: &EncoderConfig) -> Result<Self, EncoderError> {
        let (family, word) = config.family.naming();
        let mut weights = Self::of_files(&folder.weights()?)?;
        weights.prefix = if weights.holds(&format!("{family}{word}")) { family } else { "" };
        weights.distil = config.family == Family::DistilBert;
        Ok(weights)
    }

    /// Tensors of these files under their full names.
    pub fn of_files(paths: &[PathBuf]) -> Result<Self, EncoderError> {
        // One by one, so that the error names the broken file.
        for path in paths {
            // SAFETY: the map is sound while no process shortens the file; model files are written once.
            unsafe { MmapedSafetensors::new(path) }
                .map_err(|error| EncoderError::BadFile { file: path.clone(), reason: first_line(&error) })?;
        }
        // SAFETY: as above.
        let file = unsafe { MmapedSafetensors::multi(paths) }.map_err(|error| EncoderError::BadFile {
            file: paths.first().cloned().unwrap_or_default(),
            reason: first_line(&error),
        })?;
        Ok(Self { file: Arc::new(file), files: paths.into(), prefix: "", distil: false })
    }

    /// A tensor of the encoder, in f32, row by row.
    pub fn encoder(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, EncoderError> {
        if self.distil && name == TYPES {
            return Ok(vec![0.0; shape.iter().product()]);
        }
        self.tensor(&self.find(&format!("{}{name}", self.prefix))?, shape)
    }

    /// A tensor outside the encoder, by its full name.
    pub fn outside(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, EncoderError> {
        self.tensor(&self.find(name)?, shape)
    }

    /// The tensors in f32 on a device, for candle's own models, which ask for the names that tensors have below a
    /// head. Tensors of a bare encoder are found without `prefix`.
    pub fn builder(&self, prefix: &'static str, device: &Device) -> Result<VarBuilder<'static>, EncoderError> {
        let builder = self.named(device)?;
        if self.prefix.is_empty() {
            return Ok(builder.rename_f(move |name| name.strip_prefix(prefix).unwrap_or(name).to_string()));
        }
        Ok(builder)
    }

    /// The tensors in f32 on a device, by their full names.
    pub fn named(&self, device: &Device) -> Result<VarBuilder<'static>, EncoderError> {
        // SAFETY: the map is sound while no process shortens the file; model files are written once.
        let builder = unsafe { VarBuilder::from_mmaped_safetensors(&self.files, DType::F32, device) };
        builder.map_err(|error| self.unusable(&error))
    }

    /// The error of a model of candle that does not find its tensors.
    pub fn unusable(&self, error: &candle_core::Error) -> EncoderError {
        EncoderError::BadFile { file: self.files.first().cloned().unwrap_or_default(), reason: first_line(error) }
    }

    /// Number of rows of a matrix, by its full name.
    pub fn rows(&self, name: &str) -> Result<usize, EncoderError> {
        let missing = || EncoderError::TensorMissing { tensor: name.to_string() };
        let view = self.file.get(name).map_err(|_| missing())?;
        view.shape().first().copied().filter(|rows| *rows > 0).ok_or_else(missing)
    }

    /// Whether the file holds a tensor of this full name.
    pub fn holds(&self, name: &str) -> bool {
        self.file.get(name).is_ok()
    }

    /// A tensor of the encoder on a device.
    pub fn on_device(
        &self,
        name: &str,
        shape: &[usize],
        device: &Device,
        precision: DType,
    ) -> Result<Tensor, EncoderError> {
        if self.distil && name == TYPES {
            return Tensor::zeros(shape, precision, device)
                .map_err(|error| EncoderError::Device { device: "the device".into(), reason: first_line(&error) });
        }
        let name = self.find(&format!("{}{name}", self.prefix))?;
        self.check(&name, shape)?;
        let tensor = self.file.load(&name, device).and_then(|tensor| tensor.to_dtype(precision));
        tensor.map_err(|error| EncoderError::Device { device: "the device".into(), reason: first_line(&error) })
    }

    /// A table `[rows, width]` of the encoder that is read row by row.
    pub fn table(&self, name: &str, rows: usize, width: usize) -> Result<Table, EncoderError> {
        let name = self.find(&format!("{}{name}", self.prefix))?;
        let kind = self.check(&name, &[rows, width])?;
        Ok(Table { weights: self.clone(), name, kind, width })
    }

    fn tensor(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, EncoderError> {
        let kind = self.check(name, shape)?;
        let mut values = vec![0.0; shape.iter().product()];
        kind.decode(self.bytes(name)?, &mut values);
        Ok(values)
    }

    fn find(&self, name: &str) -> Result<String, EncoderError> {
        let old = name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta");
        let distil = if self.distil { in_distil_bert(name) } else { name.to_string() };
        [name.to_string(), old, distil]
            .into_iter()
            .find(|name| self.holds(name))
            .ok_or_else(|| EncoderError::TensorMissing { tensor: name.to_string() })
    }

    fn check(&self, name: &str, wanted: &[usize]) -> Result<Kind, EncoderError> {
        let missing = |_| EncoderError::TensorMissing { tensor: name.to_string() };
        let view = self.file.get(name).map_err(missing)?;
        if view.shape() != wanted {
            let (found, wanted) = (view.shape().to_vec(), wanted.to_vec());
            return Err(EncoderError::TensorShape { tensor: name.to_string(), found, wanted });
        }
        match DType::try_from(view.dtype()) {
            Ok(DType::F32) => Ok(Kind::F32),
            Ok(DType::F16) => Ok(Kind::F16),
            Ok(DType::BF16) => Ok(Kind::Bf16),
            _ => Err(EncoderError::Unsupported { part: format!("{:?} for the tensor {name}", view.dtype()) }),
        }
    }

    fn bytes(&self, name: &str) -> Result<&[u8], EncoderError> {
        let missing = |_| EncoderError::TensorMissing { tensor: name.to_string() };
        self.file.get(name).map(|view| view.data()).map_err(missing)
    }
}

impl Table {
    /// All bytes of the table. Looking them up takes time, so get them once per batch.
    pub fn bytes(&self) -> Result<&[u8], EncoderError> {
        self.weights.bytes(&self.name)
    }

    /// Reads one row of the table in f32. A row beyond the table leaves `into` as it is.
    pub fn row(&self, bytes: &[u8], row: u32, into: &mut [f32]) {
        let length = self.width * self.kind.size();
        if let Some(bytes) = bytes.get(row as usize * length..(row as usize + 1) * length) {
            self.kind.decode(bytes, into);
        }
    }
}

impl Kind {
    fn size(self) -> usize {
        match self {
            Kind::F32 => 4,
            Kind::F16 | Kind::Bf16 => 2,
        }
    }

    fn decode(self, bytes: &[u8], into: &mut [f32]) {
        match self {
            Kind::F32 => {
                for (value, bytes) in into.iter_mut().zip(bytes.as_chunks::<4>().0) {
                    *value = f32::from_le_bytes(*bytes);
                }
            }
            Kind::F16 => decode_f16(bytes, into),
            Kind::Bf16 => {
                for (value, bytes) in into.iter_mut().zip(bytes.as_chunks::<2>().0) {
                    *value = bf16::from_le_bytes(*bytes).to_f32();
                }
            }
        }
    }
}

/// Decodes f16 by the slice, which half does with vectors. The file does not align its tensors, so they go through
/// an array.
fn decode_f16(bytes: &[u8], into: &mut [f32]) {
    const CHUNK: usize = 64;
    for (into, bytes) in into.chunks_mut(CHUNK).zip(bytes.chunks(2 * CHUNK)) {
        let mut chunk = [f16::ZERO; CHUNK];
        for (value, bytes) in chunk.iter_mut().zip(bytes.as_chunks::<2>().0) {
            *value = f16::from_le_bytes(*bytes);
        }
        chunk[..into.len()].convert_to_f32_slice(into);
    }
}

const TYPES: &str = "embeddings.token_type_embeddings.weight";

/// DistilBERT's name of a tensor of BERT (transformers `modeling_distilbert.py`). It has no token types, so
/// their table is read as zeros.
fn in_distil_bert(name: &str) -> String {
    const NAMES: [(&str, &str); 9] = [
        ("encoder.layer.", "transformer.layer."),
        ("attention.self.query", "attention.q_lin"),
        ("attention.self.key", "attention.k_lin"),
        ("attention.self.value", "attention.v_lin"),
        ("attention.output.dense", "attention.out_lin"),
        ("attention.output.LayerNorm", "sa_layer_norm"),
        ("intermediate.dense", "ffn.lin1"),
        ("output.dense", "ffn.lin2"),
        ("output.LayerNorm", "output_layer_norm"),
    ];
    NAMES.iter().fold(name.to_string(), |name, (bert, distil)| name.replace(bert, distil))
}

pub(crate) fn first_line(error: &candle_core::Error) -> String {
    error.to_string().lines().next().unwrap_or_default().to_string()
}

#[cfg(test)]
mod tests {
    use super::Kind;

    fn decoded(bits: u16) -> f32 {
        let mut value = [0.0];
        Kind::F16.decode(&bits.to_le_bytes(), &mut value);
        value[0]
    }

    #[test]
    fn half_precision_is_read_exactly() {
        for (bits, expected) in [
            (0x0000, 0.0),
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x3555, 0.333_251_95),
            (0x7bff, 65504.0),
            (0x0001, 5.960_464_5e-8),
            (0x03ff, 6.097_555e-5),
            (0x7c00, f32::INFINITY),
        ] {
            assert_eq!(decoded(bits), expected, "bits {bits:04x}");
        }
        assert!(decoded(0x7e00).is_nan());
    }
}
