//! Tests that the files of the screen import each other without circles.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use crate::graph::Graph;
use crate::sources::sources;

#[test]
fn files_of_the_screen_have_no_import_circle() {
    let files: Vec<(PathBuf, String)> =
        sources(&[".ts", ".svelte"]).into_iter().filter(|(path, _)| path.starts_with("ui/src")).collect();
    let known: BTreeSet<&Path> = files.iter().map(|(path, _)| path.as_path()).collect();
    let mut graph = Graph::default();
    for (path, text) in &files {
        for import in imports(text) {
            let Some(place) = normal(&path.parent().unwrap().join(import)) else { continue };
            let named = ["", ".ts", ".svelte", ".svelte.ts", "/index.ts"];
            let file = named.map(|end| PathBuf::from(format!("{}{end}", place.display())));
            if let Some(file) = file.iter().find(|file| known.contains(file.as_path())) {
                graph.add(path, file, import);
            } else {
                assert!(import.contains('.') && !import.ends_with(".ts"), "{import} in {} is no file", path.display());
            }
        }
    }
    assert!(graph.arrows() > 200, "only {} imports were found", graph.arrows());
    let circles: Vec<String> = graph.circles().iter().map(ToString::to_string).collect();
    assert!(circles.is_empty(), "{}", circles.join("\n"));
}

/// The relative imports of a file, including types.
fn imports(text: &str) -> impl Iterator<Item = &str> {
    let quoted = |quote: char| {
        text.split(quote).zip(text.split(quote).skip(1)).filter_map(move |(before, path)| {
            let before = before.trim_end();
            let imports = before.ends_with("from") || before.ends_with("import") || before.ends_with("import(");
            (imports && path.starts_with('.')).then_some(path)
        })
    };
    quoted('\'').chain(quoted('"'))
}

/// The path without `.` and `..`.
fn normal(path: &Path) -> Option<PathBuf> {
    let mut parts = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => parts.pop().then_some(())?,
            Component::CurDir => {}
            part => parts.push(part),
        }
    }
    Some(parts)
}
