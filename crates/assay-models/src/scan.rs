//! Scans a model's files before an engine reads them: no pickles, and headers whose counts, lengths and
//! offsets are consistent.

mod safetensors;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use assay_answer::GgufHeader;

use crate::error::ModelsError;

/// Extensions of files that can run code when they are opened.
const PICKLES: [&str; 7] = ["bin", "pt", "pth", "ckpt", "pkl", "pickle", "joblib"];

/// Whether a file's extension is that of a pickle.
pub fn is_pickle(path: &Path) -> bool {
    let end = path.extension().and_then(|end| end.to_str()).unwrap_or_default();
    PICKLES.iter().any(|pickle| end.eq_ignore_ascii_case(pickle))
}

/// Checks one file according to its extension.
///
/// # Errors
/// [`ModelsError::Pickle`], [`ModelsError::NotAModel`] with the first thing that is wrong, or
/// [`ModelsError::File`].
pub fn file(path: &Path) -> Result<(), ModelsError> {
    let wrong = |reason: String| ModelsError::NotAModel { path: path.to_owned(), reason };
    if is_pickle(path) || begins_like_a_pickle(path)? {
        return Err(ModelsError::Pickle { path: path.to_owned() });
    }
    match path.extension().and_then(|end| end.to_str()) {
        Some("safetensors") => {
            let file = File::open(path).map_err(ModelsError::file(path))?;
            let length = file.metadata().map_err(ModelsError::file(path))?.len();
            safetensors::check(file, length).map_err(wrong)
        }
        Some("gguf") => {
            let header = GgufHeader::read(path).map_err(|error| wrong(error.to_string()))?;
            header.why_not_a_writer().map_or(Ok(()), |why| Err(wrong(why.to_owned())))
        }
        Some("json") => {
            let text = std::fs::read(path).map_err(ModelsError::file(path))?;
            let read: Result<serde::de::IgnoredAny, _> = serde_json::from_slice(&text);
            read.map(drop).map_err(|error| wrong(format!("it is no JSON: {error}")))
        }
        _ => Ok(()),
    }
}

/// Checks the weights in a model's folder; missing files are not reported.
///
/// # Errors
/// As [`file`].
pub fn folder(folder: &Path) -> Result<(), ModelsError> {
    let entries = std::fs::read_dir(folder).map_err(ModelsError::file(folder))?;
    for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
        if path.extension().is_some_and(|end| end == "safetensors" || end == "gguf") {
            file(&path)?;
        }
    }
    Ok(())
}

/// Whether a file begins like a pickle (protocol 2 to 5) or like PyTorch's archive of pickles.
fn begins_like_a_pickle(path: &Path) -> Result<bool, ModelsError> {
    let mut first = [0; 4];
    let mut file = File::open(path).map_err(ModelsError::file(path))?;
    let read = file.read(&mut first).map_err(ModelsError::file(path))?;
    Ok(match first.get(..read).unwrap_or_default() {
        [b'P', b'K', 3, 4] => true,
        // The first bytes of a safetensors file are a length, which may begin with the same two bytes, so
        // the opcode decides.
        [0x80, 2..=5, opcode, _] => matches!(opcode, b'}' | b']' | b'c' | b'(' | b'\x8a' | b'\x95' | b'X'),
        _ => false,
    })
}
