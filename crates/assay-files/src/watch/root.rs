//! Whether a folder can be watched.

use std::io::ErrorKind;
use std::path::Path;

use crate::error::FilesError;
use crate::real_path::real_path;

/// The real path of a folder that can be watched; `own` is Assay's data folder.
///
/// # Errors
/// Fails if the path does not exist, is not a folder, lies in `own`, or is not valid Unicode.
pub fn watchable(folder: &Path, own: &Path) -> Result<String, FilesError> {
    let path = folder.to_owned();
    let real = match real_path(folder) {
        Ok(real) => real,
        Err(error) if error.kind() == ErrorKind::NotFound => return Err(FilesError::NotFound { path }),
        Err(source) => return Err(FilesError::FolderNotOpened { path, source }),
    };
    if !real.is_dir() {
        return Err(FilesError::NotAFolder { path });
    }
    if real.starts_with(own) {
        return Err(FilesError::OwnFolder { path });
    }
    real.to_str().map(str::to_owned).ok_or(FilesError::FolderNotUnicode { path })
}
