//! Lists the hand-written files of the checkout.

use std::fs;
use std::path::PathBuf;

use assay_tests::root;

/// Folders of generated files.
const GENERATED: [&str; 5] = ["target", "node_modules", "dist", ".git", "gen"];

/// Path from the root and text of every file whose name has one of these endings.
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
