//! The header of a GGUF file, checked before llama.cpp reads the file.
//!
//! llama.cpp does not treat bad model files as a vulnerability and aborts the process on some of them, so everything that
//! the header can tell is checked here: the magic, counts, lengths and types, that every tensor lies inside the file, and
//! whether it is a model that can write. Format: <https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>, versions 2
//! and 3.
//!
//! The reader is our own and not `gguf_file` of candle: only assay-encoder may link candle, and candle refuses weight
//! types that llama.cpp runs (the IQ and MXFP4 families) and checks nothing of what makes llama.cpp abort.

mod cursor;
mod metadata;
mod tensor;

use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;

use crate::AnswerError;
use cursor::{Cursor, Scan};
use metadata::Metadata;

/// What the header of a GGUF file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GgufHeader {
    /// `llama`, `qwen3`, `bert` ...
    pub architecture: String,
    /// The model's own name, where it has one.
    pub name: Option<String>,
    /// Tokens of context that it was trained with, where the header says.
    pub context_length: Option<u32>,
    /// Its chat template, a Jinja text, where it has one.
    pub chat_template: Option<String>,
    /// Bytes of the file.
    pub bytes: u64,
    unfit: Option<String>,
}

impl GgufHeader {
    /// Reads and checks the header of a file.
    ///
    /// # Errors
    /// [`AnswerError::MissingModel`], or [`AnswerError::BadModel`] with the first thing that is wrong.
    pub fn read(path: &Path) -> Result<Self, AnswerError> {
        let bad = |problem: String| AnswerError::BadModel { path: path.to_owned(), problem };
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(AnswerError::MissingModel { path: path.to_owned() });
            }
            Err(error) => return Err(bad(format!("it cannot be opened ({error})"))),
        };
        let metadata = file.metadata().map_err(|error| bad(format!("it cannot be examined ({error})")))?;
        if !metadata.is_file() {
            return Err(bad("it is not a file".to_owned()));
        }
        Self::scan(file, metadata.len()).map_err(bad)
    }

    /// Why the model cannot write answers, if it cannot: it makes embeddings, has no vocabulary, or is only a part of a
    /// model.
    pub fn why_not_a_writer(&self) -> Option<&str> {
        self.unfit.as_deref()
    }

    fn scan(source: impl Read + Seek, length: u64) -> Scan<Self> {
        let mut cursor = Cursor::new(source, length);
        let tensors = prologue(&mut cursor)?;
        let pairs = cursor.count(MOST_PAIRS, "key-value pairs")?;
        let mut metadata = Metadata::default();
        for _ in 0..pairs {
            metadata.read_pair(&mut cursor)?;
        }
        let architecture = metadata.text("general.architecture").ok_or("it does not name its architecture")?.to_owned();
        tensor::check(&mut cursor, tensors, metadata.alignment()?)?;
        metadata.check_shape(&architecture)?;
        Ok(Self {
            name: metadata.text("general.name").map(str::to_owned),
            context_length: metadata
                .number(&architecture, "context_length")
                .and_then(|tokens| u32::try_from(tokens).ok()),
            chat_template: metadata.chat_template().map(str::to_owned),
            bytes: length,
            unfit: metadata.unfit(&architecture),
            architecture,
        })
    }
}

const MOST_PAIRS: u64 = 100_000;
const MOST_TENSORS: u64 = 100_000;

/// Magic, version, and the number of tensors.
fn prologue(cursor: &mut Cursor<impl Read + Seek>) -> Scan<u64> {
    if cursor.length < 24 {
        return Err(format!("it is no GGUF file: it has only {} bytes", cursor.length));
    }
    if cursor.array::<4>()? != *b"GGUF" {
        return Err("it is no GGUF file: it does not begin with GGUF".to_owned());
    }
    let version = cursor.u32()?;
    if version.swap_bytes() <= 3 && version > 3 {
        return Err("it was written for big-endian machines".to_owned());
    }
    if !(2..=3).contains(&version) {
        return Err(format!("GGUF version {version} is not supported, only 2 and 3"));
    }
    cursor.count(MOST_TENSORS, "tensors")
}

#[cfg(test)]
mod tests;
