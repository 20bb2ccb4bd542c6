//! Files and folders as the user named them, to the files in them.

use std::fs;
use std::path::{Path, PathBuf};

use assay_domain::socket::Source;
use assay_domain::{Failure, Problem};

/// What was found.
#[derive(Debug, Default)]
pub struct Found {
    /// Files to read, each once, in order of their paths.
    pub sources: Vec<Source>,
    /// What could not be reached, with the reason.
    pub unreachable: Vec<(PathBuf, Failure)>,
}

/// All regular files at or below the paths. Hidden files and folders inside a named folder are
/// left out, links are not followed, and anything that cannot be reached is named.
pub fn find(paths: &[PathBuf]) -> Found {
    let mut found = Found::default();
    for path in paths {
        match fs::symlink_metadata(path) {
            Ok(kind) if kind.is_dir() => walk(path, &mut found),
            Ok(kind) if kind.is_file() => take(path, &mut found),
            Ok(kind) if kind.is_symlink() => follow_named(path, &mut found),
            Ok(_) => {
                refuse(path, Problem::UnsupportedFile, "is neither a file nor a folder", "name a file", &mut found)
            }
            Err(error) => found.unreachable.push((path.clone(), unreachable(path, &error))),
        }
    }
    found.sources.sort_by(|a, b| a.path.cmp(&b.path));
    found.sources.dedup_by(|a, b| a.path == b.path);
    found
}

fn walk(folder: &Path, found: &mut Found) {
    let mut walk = ignore::WalkBuilder::new(folder);
    walk.standard_filters(false).hidden(true).follow_links(false);
    for entry in walk.build() {
        match entry {
            Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => take(entry.path(), found),
            Ok(_) => (),
            Err(error) => {
                let path = path_of(&error).unwrap_or_else(|| folder.to_owned());
                let failure = error.io_error().map_or_else(
                    || Failure::new(Problem::UnreadableFile, error.to_string(), "look at this folder yourself"),
                    |error| unreachable(&path, error),
                );
                found.unreachable.push((path, failure));
            }
        }
    }
}

/// A link that the user named is meant; one that lies in a folder may lead anywhere.
fn follow_named(path: &Path, found: &mut Found) {
    match path.canonicalize() {
        Ok(real) if real.is_dir() => walk(&real, found),
        Ok(real) if real.is_file() => take(&real, found),
        Ok(_) => refuse(path, Problem::UnsupportedFile, "leads to neither a file nor a folder", "name a file", found),
        Err(error) => found.unreachable.push((path.to_owned(), unreachable(path, &error))),
    }
}

fn take(path: &Path, found: &mut Found) {
    let whole = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let Some(text) = whole.to_str() else {
        let advice = "rename it and add it again";
        return refuse(path, Problem::UnreadableFile, "has a name that is not valid Unicode", advice, found);
    };
    let name = whole.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    found.sources.push(Source { path: text.to_owned(), name });
}

fn refuse(path: &Path, problem: Problem, what: &str, advice: &str, found: &mut Found) {
    let failure = Failure::new(problem, format!("{} {what}", path.display()), advice);
    found.unreachable.push((path.to_owned(), failure));
}

fn unreachable(path: &Path, error: &std::io::Error) -> Failure {
    let at = path.display();
    match error.kind() {
        std::io::ErrorKind::NotFound => {
            Failure::new(Problem::MissingFile, format!("{at} does not exist"), "check the path and try again")
        }
        std::io::ErrorKind::PermissionDenied => {
            let message = format!("{at} may not be read by you");
            Failure::new(Problem::NoPermission, message, "give yourself the right to read it, then add it again")
        }
        _ => Failure::new(Problem::UnreadableFile, format!("{at} cannot be opened: {error}"), "try again later"),
    }
}

fn path_of(error: &ignore::Error) -> Option<PathBuf> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path.clone()),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use assay_domain::Problem;

    use super::find;

    #[test]
    fn folders_are_walked_and_what_cannot_be_reached_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir_all(at("notes/.hidden")).unwrap();
        for name in ["notes/b.md", "notes/a 50%.txt", "notes/纪要.txt", "notes/.hidden/c.md", "notes/.d.md"] {
            fs::write(at(name), "text").unwrap();
        }
        let found = find(&[at("notes"), at("notes/b.md"), at("absent")]);
        let names: Vec<&str> = found.sources.iter().map(|source| source.name.as_str()).collect();
        assert_eq!(names, ["a 50%.txt", "b.md", "纪要.txt"]);
        assert_eq!(found.unreachable.len(), 1);
        assert_eq!(found.unreachable[0].1.problem, Problem::MissingFile);
    }

    #[cfg(unix)]
    #[test]
    fn links_inside_folders_are_not_followed_and_pipes_are_left_out() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.txt"), "text").unwrap();
        std::os::unix::fs::symlink(folder.path(), folder.path().join("loop")).unwrap();
        std::os::unix::net::UnixListener::bind(folder.path().join("socket")).unwrap();
        let found = find(&[folder.path().to_owned(), folder.path().join("socket")]);
        assert_eq!(found.sources.len(), 1);
        assert_eq!(found.unreachable[0].1.problem, Problem::UnsupportedFile);
    }
}
