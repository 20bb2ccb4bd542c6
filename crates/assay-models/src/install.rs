//! Installs and removes model folders atomically: the earlier copy stays until the new one is in place.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::ModelsError;

/// Moves a staged folder into place, and deletes the earlier copy after that.
pub fn swap(staged: &Path, place: &Path) -> Result<(), ModelsError> {
    let former = sibling(place, "previous");
    let _ = fs::remove_dir_all(&former);
    let was_there = place.exists();
    if was_there {
        fs::rename(place, &former).map_err(ModelsError::file(place))?;
    }
    if let Err(source) = fs::rename(staged, place) {
        if was_there {
            let _ = fs::rename(&former, place);
        }
        return Err(ModelsError::File { path: place.to_owned(), source });
    }
    let _ = fs::remove_dir_all(&former);
    Ok(())
}

/// Removes a model: renames its folder first, then deletes the files.
pub fn remove(place: &Path) -> Result<(), ModelsError> {
    let going = sibling(place, "removed");
    let _ = fs::remove_dir_all(&going);
    fs::rename(place, &going).map_err(ModelsError::file(place))?;
    fs::remove_dir_all(&going).map_err(ModelsError::file(&going))
}

/// Restores the earlier copies of models after a crash during a swap.
pub fn recover(models: &Path) {
    for entry in fs::read_dir(models).into_iter().flatten().filter_map(Result::ok) {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(model) = name.strip_prefix('.').and_then(|name| name.strip_suffix(".previous")) else { continue };
        let place = models.join(model);
        if !place.exists() {
            let _ = fs::rename(entry.path(), place);
        }
    }
}

fn sibling(place: &Path, word: &str) -> PathBuf {
    let name = place.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    place.with_file_name(format!(".{name}.{word}"))
}
