//! The folders below which requests may add and remove documents. None is allowed unless the user names it.

use std::path::{Component, Path, PathBuf};

use assay_app::{Failure, Problem};

/// Allowed folders, with all links resolved.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Allowed(Vec<PathBuf>);

/// Why a path is refused, in a sentence.
pub type Refusal = String;

impl Allowed {
    /// These folders.
    ///
    /// # Errors
    /// Fails if one of them is no folder that can be reached.
    pub fn of(folders: &[PathBuf]) -> Result<Self, Failure> {
        let resolved = folders.iter().map(|folder| match folder.canonicalize() {
            Ok(real) if real.is_dir() => Ok(real),
            _ => {
                let message = format!("{} is no folder that can be reached", folder.display());
                Err(Failure::new(Problem::BadSetting, message, "name an existing folder with --allow"))
            }
        });
        Ok(Self(resolved.collect::<Result<_, _>>()?))
    }

    /// A path of a request with all links resolved, if it is below an allowed folder.
    ///
    /// # Errors
    /// It is not absolute, not there, or not below one. What is not below one is refused alike, there or not.
    pub fn resolve(&self, path: &str) -> Result<PathBuf, Refusal> {
        if self.0.is_empty() {
            let none = "no folder is allowed to other programs; start assay serve with --allow FOLDER";
            return Err(none.to_owned());
        }
        let path = Path::new(path);
        if !path.is_absolute() {
            return Err("the path is not absolute; send it from the root on".to_owned());
        }
        match path.canonicalize() {
            Ok(real) if self.holds(&real) => Ok(real),
            _ => Err("the path is not there, or not below a folder that assay serve allows".to_owned()),
        }
    }

    /// Whether a document's file is below an allowed folder, or was while it was there.
    pub fn has_document(&self, path: &str) -> bool {
        let path = Path::new(path);
        let plain = path.components().all(|part| part != Component::ParentDir);
        let existing = path.ancestors().find_map(|above| Some((above.canonicalize().ok()?, above)));
        let resolved = existing.and_then(|(real, above)| Some(real.join(path.strip_prefix(above).ok()?)));
        plain && path.is_absolute() && resolved.is_some_and(|resolved| self.holds(&resolved))
    }

    fn holds(&self, real: &Path) -> bool {
        self.0.iter().any(|folder| real.starts_with(folder))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::Allowed;

    #[test]
    fn only_what_lies_below_an_allowed_folder_is_reached() {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().canonicalize().unwrap();
        for folder in ["allowed/sub", "allowed-too", "other"] {
            fs::create_dir_all(root.join(folder)).unwrap();
        }
        for file in ["allowed/a.txt", "allowed/sub/b.txt", "allowed-too/c.txt", "other/d.txt"] {
            fs::write(root.join(file), "text").unwrap();
        }
        let allowed = Allowed::of(&[root.join("allowed")]).unwrap();
        let at = |path: &str| root.join(path).to_str().unwrap().to_owned();
        for (path, wanted) in [
            ("allowed", true),
            ("allowed/a.txt", true),
            ("allowed/sub/../a.txt", true),
            ("allowed/sub/b.txt", true),
            ("allowed-too/c.txt", false),
            ("other/d.txt", false),
            ("allowed/../other/d.txt", false),
            ("allowed/none.txt", false),
            ("", false),
        ] {
            assert_eq!(allowed.resolve(&at(path)).is_ok(), wanted, "{path}");
        }
        for path in ["allowed/a.txt", "", "/", "/etc/passwd", "~/a.txt", "\0"] {
            allowed.resolve(path).unwrap_err();
        }
        for (path, wanted) in [
            ("allowed/a.txt", true),
            ("allowed/none.txt", true),
            ("allowed/none/none.txt", true),
            ("allowed/none/../../other/d.txt", false),
            ("other/d.txt", false),
        ] {
            assert_eq!(allowed.has_document(&at(path)), wanted, "{path}");
        }
        assert!(Allowed::default().resolve(&at("allowed/a.txt")).unwrap_err().contains("--allow"));
        assert!(!Allowed::default().has_document(&at("allowed/a.txt")));
        assert!(Allowed::of(&[root.join("allowed/a.txt")]).is_err() && Allowed::of(&[root.join("none")]).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn links_are_resolved_before_they_are_compared() {
        use std::os::unix::fs::symlink;
        let place = tempfile::tempdir().unwrap();
        let root = place.path();
        fs::create_dir_all(root.join("allowed")).unwrap();
        fs::create_dir_all(root.join("other")).unwrap();
        fs::write(root.join("other/d.txt"), "text").unwrap();
        symlink(root.join("other"), root.join("allowed/out")).unwrap();
        symlink(root.join("allowed"), root.join("in")).unwrap();
        fs::write(root.join("allowed/a.txt"), "text").unwrap();
        let allowed = Allowed::of(&[root.join("in")]).unwrap();
        for (path, wanted) in
            [("allowed/out", false), ("allowed/out/d.txt", false), ("in/a.txt", true), ("allowed/a.txt", true)]
        {
            let path = root.join(path);
            assert_eq!(allowed.resolve(path.to_str().unwrap()).is_ok(), wanted, "{path:?}");
            assert_eq!(allowed.has_document(path.to_str().unwrap()), wanted, "{path:?}");
        }
    }
}
