//! The weights files, mapped into memory; their tensors are read as f32.

mod names;
mod numbers;
mod builder;

use std::path::PathBuf;
use std::sync::Arc;

use candle_core::safetensors::MmapedSafetensors;
use candle_core::{DType, Device, Tensor};

use names::{TYPES, in_distil_bert, scale_of, zero_point_of};
pub(crate) use numbers::Numbers;
use numbers::{Float, Storage};

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
    storage: Storage,
    width: usize,
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

    /// Tensors of a decoder below a head of language models, or of the bare decoder.
    pub fn of_decoder(paths: &[PathBuf]) -> Result<Self, EncoderError> {
        let mut weights = Self::of_files(paths)?;
        weights.prefix = if weights.holds("model.norm.weight") { "model." } else { "" };
        Ok(weights)
    }

    /// A tensor of the encoder, in f32, row by row.
    pub fn encoder(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, EncoderError> {
        if self.distil && name == TYPES {
            return Ok(vec![0.0; shape.iter().product()]);
        }
        self.tensor(&self.find(&format!("{}{name}", self.prefix))?, shape)
    }

    /// Fails unless the encoder has a tensor of this name and shape. Reads none of its numbers.
    pub fn expect(&self, name: &str, shape: &[usize]) -> Result<(), EncoderError> {
        self.check(&self.find(&format!("{}{name}", self.prefix))?, shape).map(|_| ())
    }

    /// A tensor outside the encoder, by its full name.
    pub fn outside(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, EncoderError> {
        self.tensor(&self.find(name)?, shape)
    }

    /// The error of a model of candle that does not find its tensors.
    pub fn unusable(&self, error: &candle_core::Error) -> EncoderError {
        EncoderError::BadFile { file: self.files.first().cloned().unwrap_or_default(), reason: first_line(error) }
    }

    /// Number of rows of a matrix, by its full name.
    pub fn rows(&self, name: &str) -> Result<usize, EncoderError> {
        let rows = self.shape(name)?.first().copied().filter(|rows| *rows > 0);
        rows.ok_or_else(|| EncoderError::TensorMissing { tensor: name.to_string() })
    }

    fn shape(&self, name: &str) -> Result<Vec<usize>, EncoderError> {
        let missing = |_| EncoderError::TensorMissing { tensor: name.to_string() };
        self.file.get(name).map(|view| view.shape().to_vec()).map_err(missing)
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
        let tensor = match self.check(&name, shape)? {
            Storage::Float(_) => self.file.load(&name, device),
            Storage::Int8 { .. } => Tensor::from_vec(self.tensor(&name, shape)?, shape, device),
        };
        let tensor = tensor.and_then(|tensor| tensor.to_dtype(precision));
        tensor.map_err(|error| EncoderError::Device { device: "the device".into(), reason: first_line(&error) })
    }

    /// A table `[rows, width]` of the encoder that is read row by row.
    pub fn table(&self, name: &str, rows: usize, width: usize) -> Result<Table, EncoderError> {
        self.outside_table(&self.find(&format!("{}{name}", self.prefix))?, rows, width)
    }

    /// A table `[rows, width]` outside the encoder, by its full name.
    pub fn outside_table(&self, name: &str, rows: usize, width: usize) -> Result<Table, EncoderError> {
        let storage = self.check(name, &[rows, width])?;
        Ok(Table { weights: self.clone(), name: name.to_string(), storage, width })
    }

    fn tensor(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, EncoderError> {
        let storage = self.check(name, shape)?;
        let mut values = vec![0.0; shape.iter().product()];
        self.numbers(name, storage, shape.last().copied().unwrap_or(1))?.all(&mut values);
        Ok(values)
    }

    fn numbers(&self, name: &str, storage: Storage, width: usize) -> Result<Numbers<'_>, EncoderError> {
        let (mut scales, mut zero_points): (&[u8], &[u8]) = (&[], &[]);
        if matches!(storage, Storage::Int8 { .. }) {
            scales = self.bytes(&scale_of(name))?;
            let zero_point = zero_point_of(name);
            zero_points = if self.holds(&zero_point) { self.bytes(&zero_point)? } else { &[] };
        }
        Ok(Numbers { storage, width, bytes: self.bytes(name)?, scales, zero_points })
    }

    fn find(&self, name: &str) -> Result<String, EncoderError> {
        let old = name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta");
        let distil = if self.distil { in_distil_bert(name) } else { name.to_string() };
        [name.to_string(), old, distil]
            .into_iter()
            .find(|name| self.holds(name))
            .ok_or_else(|| EncoderError::TensorMissing { tensor: name.to_string() })
    }

    fn check(&self, name: &str, wanted: &[usize]) -> Result<Storage, EncoderError> {
        let found = self.shape(name)?;
        if found != wanted {
            return Err(EncoderError::TensorShape { tensor: name.to_string(), found, wanted: wanted.to_vec() });
        }
        match self.kind(name)? {
            Kind::Float(float) => Ok(Storage::Float(float)),
            Kind::Int8 => self.check_scale(name, wanted),
            Kind::Other(kind) => Err(unsupported(&kind, name)),
        }
    }

    /// Checks the scales and zero points of a matrix in 8 bits.
    fn check_scale(&self, name: &str, shape: &[usize]) -> Result<Storage, EncoderError> {
        let (scale, zero_point) = (scale_of(name), zero_point_of(name));
        let found = self.shape(&scale)?;
        let groups = match (shape, found.as_slice()) {
            ([rows, columns], [scaled, groups])
                if scaled == rows && *columns > 0 && columns.checked_rem(*groups) == Some(0) =>
            {
                *groups
            }
            _ => {
                let wanted = vec![shape.first().copied().unwrap_or(1), 1];
                return Err(EncoderError::TensorShape { tensor: scale, found, wanted });
            }
        };
        let float = match self.kind(&scale)? {
            Kind::Float(float) => float,
            kind => return Err(unsupported(&kind.name(), &scale)),
        };
        if self.holds(&zero_point) {
            let shape = self.shape(&zero_point)?;
            if shape != found {
                return Err(EncoderError::TensorShape { tensor: zero_point, found: shape, wanted: found });
            }
            match self.kind(&zero_point)? {
                Kind::Int8 => {}
                kind => return Err(unsupported(&kind.name(), &zero_point)),
            }
        }
        Ok(Storage::Int8 { groups, scale: float })
    }

    fn kind(&self, name: &str) -> Result<Kind, EncoderError> {
        let missing = |_| EncoderError::TensorMissing { tensor: name.to_string() };
        let kind = self.file.get(name).map(|view| view.dtype()).map_err(missing)?;
        Ok(match DType::try_from(kind) {
            Ok(DType::F32) => Kind::Float(Float::F32),
            Ok(DType::F16) => Kind::Float(Float::F16),
            Ok(DType::BF16) => Kind::Float(Float::Bf16),
            // candle has no type for whole numbers of 8 bits.
            _ if kind.to_string() == "I8" => Kind::Int8,
            _ => Kind::Other(kind.to_string()),
        })
    }

    fn bytes(&self, name: &str) -> Result<&[u8], EncoderError> {
        let missing = |_| EncoderError::TensorMissing { tensor: name.to_string() };
        self.file.get(name).map(|view| view.data()).map_err(missing)
    }
}

impl Table {
    /// The table's numbers. Looking them up takes time, so get them once per batch.
    pub fn numbers(&self) -> Result<Numbers<'_>, EncoderError> {
        self.weights.numbers(&self.name, self.storage, self.width)
    }
}

/// What the numbers of a tensor are.
enum Kind {
    Float(Float),
    Int8,
    /// Anything else, by safetensors' name.
    Other(String),
}

impl Kind {
    fn name(&self) -> String {
        match self {
            Self::Float(float) => format!("{float:?}"),
            Self::Int8 => "I8".to_string(),
            Self::Other(name) => name.clone(),
        }
    }
}

fn unsupported(kind: &str, tensor: &str) -> EncoderError {
    EncoderError::Unsupported { part: format!("{kind} for the tensor {tensor}") }
}

pub(crate) fn first_line(error: &candle_core::Error) -> String {
    error.to_string().lines().next().unwrap_or_default().to_string()
}
