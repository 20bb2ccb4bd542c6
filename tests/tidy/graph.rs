//! An import graph of files, and the circles in it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

/// Arrows from importing to imported files, each with the imported names.
#[derive(Default)]
pub struct Graph(BTreeMap<PathBuf, BTreeMap<PathBuf, BTreeSet<String>>>);

impl Graph {
    /// Adds an arrow, except from a file to itself.
    pub fn add(&mut self, from: &Path, to: &Path, name: &str) {
        if from != to {
            let arrows = self.0.entry(from.to_owned()).or_default();
            arrows.entry(to.to_owned()).or_default().insert(name.to_owned());
        }
    }

    /// The number of arrows. Tests check it, because a scan that finds none would always pass.
    pub fn arrows(&self) -> usize {
        self.0.values().map(BTreeMap::len).sum()
    }

    /// The strongly connected components of two or more files.
    pub fn circles(&self) -> Vec<Circle<'_>> {
        let reached: BTreeMap<&Path, BTreeSet<&Path>> =
            self.0.keys().map(|file| (file.as_path(), self.reached(file))).collect();
        let mut seen: BTreeSet<&Path> = BTreeSet::new();
        let mut circles = Vec::new();
        for (&file, far) in &reached {
            if seen.contains(file) || !far.contains(file) {
                continue;
            }
            let back = |other: &&Path| reached.get(*other).is_some_and(|far| far.contains(file));
            let files: BTreeSet<&Path> = far.iter().copied().filter(back).collect();
            seen.extend(&files);
            circles.push(Circle { graph: self, files });
        }
        circles
    }

    /// The files reachable over one or more arrows.
    fn reached(&self, from: &Path) -> BTreeSet<&Path> {
        let mut found = BTreeSet::new();
        let mut open = vec![from];
        while let Some(file) = open.pop() {
            for next in self.0.get(file).into_iter().flat_map(BTreeMap::keys) {
                if found.insert(next.as_path()) {
                    open.push(next);
                }
            }
        }
        found
    }
}

/// Files that import each other, directly or indirectly.
pub struct Circle<'a> {
    graph: &'a Graph,
    files: BTreeSet<&'a Path>,
}

impl fmt::Display for Circle<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "a circle of {} files:", self.files.len())?;
        for &from in &self.files {
            let arrows = self.graph.0.get(from).into_iter().flatten();
            for (to, names) in arrows.filter(|(to, _)| self.files.contains(to.as_path())) {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                writeln!(f, "  {} -> {}: {}", from.display(), to.display(), names.join(", "))?;
            }
        }
        Ok(())
    }
}

#[test]
fn a_circle_is_found_with_all_its_files_and_a_chain_is_not_a_circle() {
    let mut graph = Graph::default();
    for (from, to) in [("a", "b"), ("b", "c"), ("c", "a"), ("c", "d"), ("d", "e"), ("x", "a"), ("e", "e")] {
        graph.add(Path::new(from), Path::new(to), "Name");
    }
    let circles = graph.circles();
    assert_eq!(circles.len(), 1);
    assert_eq!(circles[0].files, BTreeSet::from(["a", "b", "c"].map(Path::new)));
    assert_eq!(graph.arrows(), 6);
}
