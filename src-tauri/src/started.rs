//! What the window is started with: a data folder, and files and folders to take in.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use assay_app::Home;
use tauri::Url;

/// `--data DIR`, and everything else as a path or as a `file:` address, in whatever encoding.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Started {
    /// The data folder that was asked for.
    pub data: Option<PathBuf>,
    /// What to take in.
    pub paths: Vec<PathBuf>,
}

impl Started {
    /// The words after the program's own name; relative paths start at `from`.
    pub fn read(words: impl IntoIterator<Item = OsString>, from: &Path) -> Self {
        let mut started = Self::default();
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            if word == "--data" {
                started.data = words.next().map(|folder| from.join(folder));
            } else if !word.is_empty() {
                started.paths.push(path(&word, from));
            }
        }
        started
    }

    /// The data folder that is meant, asked for or not.
    pub fn folder(&self) -> PathBuf {
        let folder = self.data.clone().unwrap_or_else(Home::usual);
        folder.canonicalize().or_else(|_| std::path::absolute(&folder)).unwrap_or(folder)
    }
}

/// A file manager may hand over `file:` addresses.
fn path(word: &OsStr, from: &Path) -> PathBuf {
    let address = word.to_str().filter(|word| word.starts_with("file:")).and_then(|word| Url::parse(word).ok());
    address.and_then(|address| address.to_file_path().ok()).unwrap_or_else(|| from.join(word))
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::path::{Path, PathBuf};

    use super::Started;

    fn read(words: &[&str]) -> Started {
        Started::read(words.iter().map(OsString::from), Path::new("/home/anna"))
    }

    #[cfg(unix)]
    #[test]
    fn words_are_paths_addresses_or_the_data_folder() {
        let started = read(&["--data", "library", "a b.txt", "/tmp/%20.md", "file:///tmp/50%25%20%E7%BA%AA.pdf", ""]);
        assert_eq!(started.data, Some("/home/anna/library".into()));
        let wanted = ["/home/anna/a b.txt", "/tmp/%20.md", "/tmp/50% 纪.pdf"].map(PathBuf::from);
        assert_eq!(started.paths, wanted);
        assert_eq!(read(&["--data"]), Started::default());
        assert_eq!(read(&["file://elsewhere/x"]).paths, [PathBuf::from("/home/anna/file://elsewhere/x")]);
    }

    #[cfg(unix)]
    #[test]
    fn names_need_not_be_unicode() {
        use std::os::unix::ffi::OsStringExt;
        let name = OsString::from_vec(b"/tmp/caf\xe9.txt".to_vec());
        let started = Started::read([name.clone(), "file:///tmp/caf%E9.txt".into()], Path::new("/"));
        assert_eq!(started.paths, [PathBuf::from(&name), PathBuf::from(&name)]);
    }
}
