//! Starts the built programs in tests.
#![allow(clippy::unwrap_used, clippy::panic, reason = "this is test code: a panic is a failed test")]

// The suites read /proc.
#[cfg(target_os = "linux")]
#[path = "reliability/mod.rs"]
pub mod reliability;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// The root of the checkout, from cargo's environment at run time, because clones may share a target folder.
pub fn root() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    Path::new(&here).parent().unwrap().to_owned()
}

/// The path of a built program: in the folder of the running program or in its parent, for tests in `deps`.
pub fn built(name: &str) -> PathBuf {
    let this = std::env::current_exe().unwrap();
    let mut folders = this.ancestors().skip(1).take(2);
    let program = folders.find_map(|folder| Some(folder.join(name)).filter(|program| program.is_file()));
    program.unwrap_or_else(|| panic!("{name} is not built near {}: run `cargo xtask test`", this.display()))
}

/// A data folder, and the `assay` program that runs on it.
pub struct Library {
    /// The data folder.
    pub data: tempfile::TempDir,
    /// A folder for files of the user.
    pub files: tempfile::TempDir,
}

impl Default for Library {
    fn default() -> Self {
        assert!(
            std::env::var_os("ASSAY_MODELS").is_some(),
            "ASSAY_MODELS names no embedder's weights: run `cargo xtask test`, which fetches them"
        );
        Self { data: tempfile::tempdir().unwrap(), files: tempfile::tempdir().unwrap() }
    }
}

impl Library {
    /// `assay --data FOLDER ...`
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(built("assay"));
        command.arg("--data").arg(self.data.path()).args(words);
        command
    }

    /// Runs the command to its end.
    pub fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    /// Runs the command with `--json`; returns the exit status and the JSON.
    pub fn json(&self, words: &[&str]) -> (i32, Value) {
        let output = self.command(words).arg("--json").output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let value = serde_json::from_str(&text).unwrap_or_else(|error| {
            panic!("{words:?} printed no JSON ({error}): {text}\n{}", String::from_utf8_lossy(&output.stderr))
        });
        (output.status.code().unwrap_or(-1), value)
    }
}

impl Library {
    /// Whether these bytes are in the catalogue, in a transaction that is committed: a kill does not undo it. The
    /// file is looked at first, because a transaction has its journal before it changes the file.
    pub fn has_committed(&self, bytes: &[u8]) -> bool {
        let catalogue = fs::read(self.data.path().join("catalogue.sqlite")).unwrap_or_default();
        catalogue.windows(bytes.len()).any(|window| window == bytes)
            && !self.data.path().join("catalogue.sqlite-journal").exists()
    }
}

/// The path of the sample library.
pub fn samples() -> String {
    root().join("samples/library").to_str().unwrap().to_owned()
}

/// All files below a folder, sorted; sockets are none.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.is_file() {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The files below a folder that contain these bytes.
pub fn holding(folder: &Path, needle: &[u8]) -> Vec<PathBuf> {
    let holds = |path: &PathBuf| fs::read(path).unwrap().windows(needle.len()).any(|window| window == needle);
    files(folder).into_iter().filter(holds).collect()
}

/// An array of a reply. Panics if it is missing.
pub fn rows<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().map(Vec::as_slice).unwrap_or_else(|| panic!("no array {name} in {value}"))
}

/// A string of a row. Panics if it is missing.
pub fn word<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("no string {name} in {value}"))
}
