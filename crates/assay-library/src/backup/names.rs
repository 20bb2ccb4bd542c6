//! Which names files of a backup may have. A name that leads out of the data folder, or that two file systems take for
//! different files, is in no backup.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use assay_files::names_device;

use super::manifest::{CATALOGUE, MODELS, Manifest, SETTINGS};
use crate::home::is_index;

/// Why a manifest's list cannot be that of a backup, if it cannot: a name that leads out of the data folder or to a
/// place that backups do not have, two names for one place, a missing catalogue.
pub fn fault(manifest: &Manifest) -> Option<String> {
    let mut places = Places::default();
    let mut has_catalogue = false;
    for file in &manifest.files {
        let name = file.name.as_str();
        if !may_hold(manifest, name) {
            return Some(format!("it holds {name:?}, which no backup holds"));
        }
        if !places.take(name) {
            return Some(format!("it holds two files for the place {name:?}"));
        }
        has_catalogue |= name == CATALOGUE;
    }
    (!has_catalogue).then(|| "the catalogue is missing".to_owned())
}

fn may_hold(manifest: &Manifest, name: &str) -> bool {
    is_portable(name)
        && match name.split_once('/') {
            None => name == CATALOGUE || name == SETTINGS,
            Some((MODELS, _)) => manifest.models,
            Some((folder, _)) => is_index(folder) && manifest.index.as_deref() == Some(folder),
        }
}

/// Whether every system can have a file of this name below a folder, and only there.
pub fn is_portable(name: &str) -> bool {
    let odd = |c: char| c.is_control() || matches!(c, '\\' | ':' | '"' | '*' | '?' | '<' | '>' | '|');
    // A part that ends in a dot is also "." and "..".
    let part = |part: &str| !part.is_empty() && !part.ends_with(['.', ' ']) && !names_device(part);
    !name.chars().any(odd) && name.split('/').all(part)
}

/// Places below a folder that are taken, where letter case does not tell two of them apart.
#[derive(Default)]
pub struct Places(HashMap<String, (String, bool)>);

impl Places {
    /// Takes the place of a file. Returns false if it, or a folder above it, is another file's place or is spelt
    /// otherwise there.
    pub fn take(&mut self, name: &str) -> bool {
        let ends = name.match_indices('/').map(|(at, _)| at).chain([name.len()]);
        for end in ends {
            let (path, is_file) = (&name[..end], end == name.len());
            match self.0.entry(path.to_lowercase()) {
                Entry::Vacant(free) => {
                    free.insert((path.to_owned(), is_file));
                }
                Entry::Occupied(taken) => {
                    let (spelt, other_is_file) = taken.get();
                    if is_file || *other_is_file || spelt != path {
                        return false;
                    }
                }
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::{Places, is_portable};

    #[test]
    fn one_place_is_taken_once_whatever_the_letter_case() {
        for (names, fits) in [
            (&["models/a/x", "models/a/y", "models/b/x"][..], true),
            (&["models/a/x", "models/a/x"], false),
            (&["models/a/x", "models/a/y", "models/a/X"], false),
            (&["models/a/x", "models/A/y"], false),
            (&["models/é/x", "models/É/y"], false),
            (&["models/a", "models/a/x"], false),
            (&["models/a/x", "models/a"], false),
            (&["models/a/x", "models/B", "models/a/X"], false),
        ] {
            let mut places = Places::default();
            assert_eq!(names.iter().all(|name| places.take(name)), fits, "{names:?}");
        }
    }

    #[test]
    fn names_that_a_system_reads_otherwise_are_not_portable() {
        for name in
            ["models/a/model.gguf", "models/模型/x", "index/chunks.lance/data/a.lance", "models/console/com/coma"]
        {
            assert!(is_portable(name), "{name}");
        }
        for name in [
            "../x",
            "a/../x",
            "/x",
            "a//x",
            "a/./x",
            "a/x.",
            "a/x ",
            "a\\x",
            "C:/x",
            "a/b:c",
            "a/\nx",
            "con",
            "a/NUL.txt",
            "a/com1",
            "a/LPT9.gguf/x",
            "a/aux .b",
            "",
        ] {
            assert!(!is_portable(name), "{name:?}");
        }
    }
}
