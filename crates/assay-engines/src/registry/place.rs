//! A model takes its place whole or not at all, and a good copy is there until it does.

use std::fs;
use std::path::{Path, PathBuf};

use crate::EnginesError;

/// Puts a staged folder where the model belongs; what was there before goes last.
pub fn swap(staged: &Path, place: &Path) -> Result<(), EnginesError> {
    let former = beside(place, "previous");
    let _ = fs::remove_dir_all(&former);
    let was_there = place.exists();
    if was_there {
        fs::rename(place, &former).map_err(EnginesError::file(place))?;
    }
    if let Err(source) = fs::rename(staged, place) {
        if was_there {
            let _ = fs::rename(&former, place);
        }
        return Err(EnginesError::File { path: place.to_owned(), source });
    }
    let _ = fs::remove_dir_all(&former);
    Ok(())
}

/// Takes a model away: out of sight at once, its files after that.
pub fn remove(place: &Path) -> Result<(), EnginesError> {
    let going = beside(place, "removed");
    let _ = fs::remove_dir_all(&going);
    fs::rename(place, &going).map_err(EnginesError::file(place))?;
    fs::remove_dir_all(&going).map_err(EnginesError::file(&going))
}

/// After a crash between the two steps of a swap: the former copy comes back.
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

fn beside(place: &Path, word: &str) -> PathBuf {
    let name = place.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    place.with_file_name(format!(".{name}.{word}"))
}
