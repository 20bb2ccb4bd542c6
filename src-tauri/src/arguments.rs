//! The command line of the window: a data folder, and files and folders to ingest.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use assay_app::{Home, real_path};
use tauri::Url;

/// `--data DIR`, and paths or `file:` URLs in any encoding.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Arguments {
    /// The data folder, if one was given.
    pub data: Option<PathBuf>,
    /// Files and folders to ingest.
    pub paths: Vec<PathBuf>,
}

impl Arguments {
    /// Reads the arguments after the program's name. Relative paths start at `from`.
    pub fn read(arguments: impl IntoIterator<Item = OsString>, from: &Path) -> Self {
        let mut read = Self::default();
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            if argument == "--data" {
                read.data = arguments.next().map(|folder| from.join(folder));
            } else if !argument.is_empty() {
                read.paths.push(path(&argument, from));
            }
        }
        read
    }

    /// The absolute path of the data folder, given or default.
    pub fn folder(&self) -> PathBuf {
        let folder = self.data.clone().unwrap_or_else(Home::usual);
        real_path(&folder).or_else(|_| std::path::absolute(&folder)).unwrap_or(folder)
    }
}

/// A path or a `file:` URL, which some file managers pass.
fn path(argument: &OsStr, from: &Path) -> PathBuf {
    let text = argument.to_str().filter(|text| text.starts_with("file:"));
    let url = text.and_then(|text| Url::parse(text).ok());
    url.and_then(|url| url.to_file_path().ok()).unwrap_or_else(|| from.join(argument))
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::path::{Path, PathBuf};

    use super::Arguments;

    fn read(arguments: &[&str]) -> Arguments {
        Arguments::read(arguments.iter().map(OsString::from), Path::new("/home/anna"))
    }

    #[cfg(unix)]
    #[test]
    fn arguments_are_paths_urls_or_the_data_folder() {
        let arguments = read(&["--data", "library", "a b.txt", "/tmp/%20.md", "file:///tmp/50%25%20%E7%BA%AA.pdf", ""]);
        assert_eq!(arguments.data, Some("/home/anna/library".into()));
        let wanted = ["/home/anna/a b.txt", "/tmp/%20.md", "/tmp/50% 纪.pdf"].map(PathBuf::from);
        assert_eq!(arguments.paths, wanted);
        assert_eq!(read(&["--data"]), Arguments::default());
        assert_eq!(read(&["file://elsewhere/x"]).paths, [PathBuf::from("/home/anna/file://elsewhere/x")]);
    }

    #[cfg(unix)]
    #[test]
    fn paths_need_not_be_unicode() {
        use std::os::unix::ffi::OsStringExt;
        let name = OsString::from_vec(b"/tmp/caf\xe9.txt".to_vec());
        let arguments = Arguments::read([name.clone(), "file:///tmp/caf%E9.txt".into()], Path::new("/"));
        assert_eq!(arguments.paths, [PathBuf::from(&name), PathBuf::from(&name)]);
    }
}
