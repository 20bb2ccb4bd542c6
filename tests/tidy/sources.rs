//! The files of the checkout that are written by hand.

use std::fs;
use std::path::PathBuf;

use assay_tests::root;

/// Folders that hold what tools wrote.
const GENERATED: [&str; 5] = ["target", "node_modules", "dist", ".git", "gen"];

/// Every file below the checkout whose name ends in one of these, by its path from the root.
pub fn sources(endings: &[&str]) -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
            if path.is_dir() {
                if !GENERATED.contains(&name.as_str()) {
                    folders.push(path);
                }
            } else if endings.iter().any(|end| name.ends_with(end)) {
                let text = fs::read_to_string(&path).unwrap();
                files.push((path.strip_prefix(root()).unwrap().to_owned(), text));
            }
        }
    }
    files.sort();
    files
}
