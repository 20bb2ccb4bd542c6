//! Errors of model folders and of forward passes.

use std::path::PathBuf;

use assay_domain::{Failure, Problem};

/// Each message reads `what happened; what to do next`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EncoderError {
    /// A file of the model is missing.
    #[error("{file} is missing in {folder}; fetch the model again or copy the file there")]
    MissingFile {
        /// The file.
        file: String,
        /// The model's folder.
        folder: PathBuf,
    },
    /// The folder has its weights only as a pickle, which can run code when it is opened.
    #[error(
        "{folder} holds its weights only as {file}, a format that can run code, and Assay does not open it; \
         use a copy of the model with model.safetensors"
    )]
    PickleRefused {
        /// The file that was found.
        file: String,
        /// The model's folder.
        folder: PathBuf,
    },
    /// A file cannot be read or has other contents than it should.
    #[error("{file} cannot be read: {reason}; fetch the model again")]
    BadFile {
        /// The file.
        file: PathBuf,
        /// The reader's reason.
        reason: String,
    },
    /// The model is of another family or another role.
    #[error("{folder} holds {found}, and {wanted} is needed; choose a model of that kind")]
    WrongFamily {
        /// The model's folder.
        folder: PathBuf,
        /// The architecture that config.json names.
        found: String,
        /// Architectures that fit.
        wanted: String,
    },
    /// The model is of a known family but uses a part that is not implemented.
    #[error("the model uses {part}, which Assay does not compute; choose another model")]
    Unsupported {
        /// The part.
        part: String,
    },
    /// A tensor is not in the weights.
    #[error("the weights hold no tensor {tensor}; fetch the model again, model.safetensors and config.json together")]
    TensorMissing {
        /// Name of the tensor.
        tensor: String,
    },
    /// A tensor has another shape than `config.json` asks for.
    #[error(
        "tensor {tensor} has shape {found:?} where config.json asks for {wanted:?}; \
         fetch the model again, model.safetensors and config.json together"
    )]
    TensorShape {
        /// Name of the tensor.
        tensor: String,
        /// Shape in the file.
        found: Vec<usize>,
        /// Shape by config.json.
        wanted: Vec<usize>,
    },
    /// The tokenizer cannot be used.
    #[error("tokenizer.json of {folder} cannot be used: {reason}; fetch the model again")]
    Tokenizer {
        /// The model's folder.
        folder: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A text could not be tokenised.
    #[error("a text could not be tokenised: {reason}; leave the text out or choose another model")]
    Text {
        /// The tokenizer's reason.
        reason: String,
    },
    /// A token is not in the model's vocabulary, or a sequence is longer than the model reads.
    #[error("the tokens do not fit the model: {reason}; use the tokenizer.json that came with the weights")]
    TokensDoNotFit {
        /// What does not fit.
        reason: String,
    },
    /// A result is NaN or infinite.
    #[error("the model gave {value} for text {index} of a batch, so its weights are damaged; fetch the model again")]
    NotANumber {
        /// Index of the text in the batch.
        index: usize,
        /// NaN or infinity, as text.
        value: String,
    },
    /// The device cannot be used.
    #[error("{device} cannot be used: {reason}; set the device to automatic or to the processor")]
    Device {
        /// The device asked for.
        device: String,
        /// Why not.
        reason: String,
    },
    /// bf16 is asked for on a processor without it.
    #[error("this processor has no bf16 arithmetic; set the precision to automatic, int8 or f32")]
    NoBf16,
    /// The caller no longer waits for the result.
    #[error("stopped; start again whenever you like")]
    Stopped,
    /// The thread that owns the engine has ended or dropped its work.
    #[error("the encoder's thread ended early; report it with the steps that led here")]
    EngineGone,
}

impl EncoderError {
    /// Whether a device has too little memory for a batch. CUDA and Metal say so in their messages alone.
    pub(crate) fn is_out_of_memory(&self) -> bool {
        let Self::Device { reason, .. } = self else { return false };
        let reason = reason.to_lowercase();
        ["out of memory", "out_of_memory", "outofmemory", "failed to create metal resource"]
            .iter()
            .any(|words| reason.contains(words))
    }

    fn problem(&self) -> Problem {
        match self {
            Self::MissingFile { .. } => Problem::ModelMissing,
            Self::Text { .. } => Problem::UnreadableFile,
            Self::Device { .. } | Self::NoBf16 => Problem::BadSetting,
            Self::Stopped => Problem::Stopped,
            Self::EngineGone => Problem::Bug,
            Self::PickleRefused { .. }
            | Self::BadFile { .. }
            | Self::WrongFamily { .. }
            | Self::Unsupported { .. }
            | Self::TensorMissing { .. }
            | Self::TensorShape { .. }
            | Self::Tokenizer { .. }
            | Self::TokensDoNotFit { .. }
            | Self::NotANumber { .. } => Problem::ModelWrong,
        }
    }
}

impl From<EncoderError> for Failure {
    fn from(error: EncoderError) -> Self {
        let text = error.to_string();
        let (message, action) = text.rsplit_once("; ").unwrap_or((&text, "fetch the model again"));
        Failure::new(error.problem(), message, action)
    }
}
