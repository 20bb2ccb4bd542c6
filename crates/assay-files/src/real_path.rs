//! Real paths, in the form in which other programs write them.
//!
//! Windows gives a real path with a prefix, `\\?\C:\notes` or `\\?\UNC\server\share`, which makes it take the rest as it
//! is. Other programs neither show nor always read it.

use std::io;
use std::path::{Path, PathBuf};

/// Bytes of a path that every program reads without the prefix. The system's limit is 260 characters, and 248 for a
/// folder in which a file is to be made.
const LONGEST: usize = 247;

/// Names that Windows gives to devices, with any ending.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];
/// What follows `com` and `lpt` in such names.
const PORTS: [&str; 13] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "¹", "²", "³"];

/// The absolute path with all links followed, without the prefix of Windows where the path means the same without.
///
/// # Errors
/// What the file system reports.
pub fn real_path(path: &Path) -> io::Result<PathBuf> {
    let real = path.canonicalize()?;
    Ok(real.to_str().and_then(without_prefix).map_or(real, PathBuf::from))
}

/// A path of Windows without its prefix; `None` if it has none, or means something else without it.
pub fn without_prefix(path: &str) -> Option<String> {
    let rest = path.strip_prefix(r"\\?\")?;
    let (plain, parts) = match rest.strip_prefix(r"UNC\") {
        Some(share) => (format!(r"\\{share}"), share),
        None => (rest.to_owned(), rest.strip_prefix(|letter: char| letter.is_ascii_alphabetic())?.strip_prefix(":\\")?),
    };
    let same = plain.len() <= LONGEST && parts.split('\\').all(|part| part.is_empty() || means_itself(part));
    same.then_some(plain)
}

/// Whether Windows takes a name as it is.
fn means_itself(name: &str) -> bool {
    !names_device(name) && !name.ends_with(['.', ' ']) && !name.contains('/')
}

/// Whether Windows takes a file of this name for a device.
pub fn names_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_lowercase();
    let port = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt"));
    DEVICES.contains(&stem.as_str()) || port.is_some_and(|rest| PORTS.contains(&rest))
}

#[cfg(test)]
mod tests {
    use super::{real_path, without_prefix};

    #[test]
    fn the_prefix_goes_where_the_path_means_the_same_without_it() {
        let long = format!(r"\\?\C:\{}", "folder\\".repeat(40));
        for (path, plain) in [
            (r"\\?\C:\notes\a.txt", Some(r"C:\notes\a.txt")),
            (r"\\?\C:\", Some(r"C:\")),
            (r"\\?\UNC\server\share\a.txt", Some(r"\\server\share\a.txt")),
            (r"\\?\C:\笔记\console.txt", Some(r"C:\笔记\console.txt")),
            (r"\\?\C:\notes\comet\lpt10", Some(r"C:\notes\comet\lpt10")),
            (r"C:\notes\a.txt", None),
            ("/notes/a.txt", None),
            (r"\\?\Volume{4c1b02c1}\a.txt", None),
            (r"\\?\C:\notes\nul.txt", None),
            (r"\\?\C:\notes\com1", None),
            (r"\\?\C:\notes\a.", None),
            (r"\\?\C:\notes \a.txt", None),
            (r"\\?\C:\notes\a/b", None),
            (long.as_str(), None),
        ] {
            assert_eq!(without_prefix(path).as_deref(), plain, "{path}");
        }
    }

    #[test]
    fn a_real_path_leads_to_the_same_file_and_has_no_prefix() {
        let folder = tempfile::tempdir().unwrap();
        let real = real_path(folder.path()).unwrap();
        assert_eq!(real.canonicalize().unwrap(), folder.path().canonicalize().unwrap());
        assert!(!real.to_str().unwrap().starts_with(r"\\?\"), "{}", real.display());
        assert!(real_path(&folder.path().join("absent")).is_err());
    }
}
