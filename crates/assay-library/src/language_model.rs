//! Opens a language model by name, in a process of its own.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use assay_domain::Failure;
use assay_domain::port::Writer;
use assay_models::{ModelRegistry, ModelsError, Role};
use assay_process::WorkerCommand;

use crate::writer::{ChildWriter, ROLE};

/// The GGUF file of an installed language model, scanned.
///
/// # Errors
/// Fails if there is no language model of that name, or the scan finds fault with it.
pub(crate) fn model_file(registry: &ModelRegistry, name: &str) -> Result<PathBuf, Failure> {
    let model = registry.model(name)?;
    let state = registry.state(model);
    let missing = || ModelsError::NotInstalled { name: name.to_owned() };
    let folder = state.place().filter(|_| model.role == Role::Writer).ok_or_else(missing)?;
    registry.scan(folder)?;
    Ok(folder.join("model.gguf"))
}

/// Opens a language model that belongs to no library, by its name or by its GGUF file. It writes at most `tokens` at once.
/// `program` is started as `worker write`.
///
/// # Errors
/// Fails if the model is not installed or cannot be loaded.
pub async fn open_language_model(
    program: PathBuf,
    (registry, name): (&ModelRegistry, &str),
    tokens: usize,
    threads: Option<usize>,
) -> Result<Arc<dyn Writer>, Failure> {
    let file = Path::new(name);
    let file = if file.is_file() { file.to_owned() } else { model_file(registry, name)? };
    let command = WorkerCommand { program, args: vec!["worker".into(), ROLE.into()], env: Vec::new() };
    Ok(Arc::new(ChildWriter::open(&command, &file, tokens, threads).await?))
}
