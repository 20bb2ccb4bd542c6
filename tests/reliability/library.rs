//! `Library` for the suites: runs and watches commands, and checks documents and answers.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use super::process::{Ended, watch};
use crate::{Library, root};

/// States in which a file may end an ingest.
pub const ENDS: [&str; 9] =
    ["committed", "unchanged", "renamed", "failed", "quarantined", "excluded", "offline", "missing", "removed"];
/// States in which a file's text answers questions.
pub const GOOD: [&str; 3] = ["committed", "unchanged", "renamed"];

/// Settings with the smallest embedder of the fixtures, f32 and one thread, so that the embedder takes
/// little of the time.
const SETTINGS: &str =
    "embedder = \"quick\"\nchunk_tokens = 128\nchunk_overlap = 0\nprecision = \"f32\"\nthreads = 1\n";

impl Library {
    /// A library with the smallest embedder and `more` lines of settings.
    pub fn quick(more: &str) -> Self {
        let library = Self::default();
        let model = root().join("tests/models/bert-bge");
        let brought = library.run(&["models", "import", "quick", model.to_str().unwrap()]);
        assert!(brought.status.success(), "{}", String::from_utf8_lossy(&brought.stderr));
        fs::write(library.data.path().join("settings.toml"), format!("{SETTINGS}{more}")).unwrap();
        library
    }

    /// Copies the library into a new folder.
    pub fn copy(&self) -> Self {
        let copy = Self::default();
        let done = Command::new("cp").arg("-a").arg(self.data.path().join(".")).arg(copy.data.path()).status();
        assert!(done.is_ok_and(|status| status.success()), "a library can be copied");
        copy
    }

    /// Runs and watches `assay ... --json`.
    pub fn watched(&self, words: &[&str]) -> Ended {
        watch(self.command(words).arg("--json"))
    }

    /// Runs `assay ... --json`; fails if it crashes or prints no JSON.
    pub fn reply(&self, words: &[&str]) -> Result<Value, String> {
        let ended = self.watched(words);
        ended.survived()?;
        ended.json()
    }

    /// Ingests a folder; fails if a file is not committed.
    pub fn take_in(&self, folder: &Path) -> Result<Value, String> {
        let reply = self.reply(&["ingest", utf8(folder)])?;
        let files = array(&reply, "files");
        if files.is_empty() {
            return Err(format!("nothing was ingested: {reply}"));
        }
        match files.iter().find(|file| !GOOD.contains(&text(file, "state"))) {
            Some(file) => Err(format!("not ingested: {file}")),
            None => Ok(reply),
        }
    }

    /// Fails if catalogue and index disagree. With `may_wait`, documents that wait for an ingest are not
    /// a disagreement.
    pub fn agrees(&self, may_wait: bool) -> Result<(), String> {
        let reply = self.reply(&["check"])?;
        let waits = |problem: &Value| may_wait && problem["kind"] == "unfinished";
        match array(&reply, "problems").iter().find(|problem| !waits(problem)) {
            Some(problem) => Err(format!("catalogue and index differ: {problem}")),
            None if reply["ok"] == true || may_wait => Ok(()),
            None => Err(format!("the check says: {reply}")),
        }
    }

    /// The number of passages that contain each word.
    pub fn holding(&self, words: &[String]) -> Result<Vec<usize>, String> {
        let mut counts = Vec::new();
        for some in words.chunks(8) {
            let question = some.join(" ");
            let reply = self.reply(&["ask", &question, "--rerank", "off", "--no-answer", "--candidates", "200"])?;
            if reply["candidates"].is_null() {
                return Err(format!("it did not answer: {reply}"));
            }
            let candidates = array(&reply, "candidates");
            let held =
                |word: &String| candidates.iter().filter(|row| text(row, "text").contains(word.as_str())).count();
            counts.extend(some.iter().map(held));
        }
        Ok(counts)
    }

    /// Fails if a word is not in exactly one passage.
    pub fn answers(&self, words: &[String]) -> Result<(), String> {
        let counts = self.holding(words)?;
        match words.iter().zip(counts).find(|(_, count)| *count != 1) {
            Some((word, 0)) => Err(format!("no passage contains {word}, but its document is committed")),
            Some((word, count)) => Err(format!("{count} passages contain {word}, which occurs once in one document")),
            None => Ok(()),
        }
    }

    /// Bytes in the data folder without models and settings.
    pub fn bytes(&self) -> u64 {
        files(self.data.path()).iter().filter(|(path, _)| !path.starts_with("models")).map(|(_, length)| length).sum()
    }
}

/// Every file below a folder: relative path and length.
pub fn files(folder: &Path) -> Vec<(PathBuf, u64)> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).into_iter().flatten().flatten() {
            let Ok(meta) = entry.metadata() else { continue };
            if meta.is_dir() {
                open.push(entry.path());
            } else {
                found.push((entry.path().strip_prefix(folder).unwrap().to_owned(), meta.len()));
            }
        }
    }
    found.sort();
    found
}

/// A unique word for a number.
pub fn mark(number: u64) -> String {
    let mut rest = number;
    let mut letters = String::from("zq");
    for _ in 0..7 {
        letters.push(char::from(b'a' + (rest % 26) as u8));
        rest /= 26;
    }
    letters
}

/// A short document that contains a word.
pub fn note(word: &str) -> String {
    format!(
        "The keeper of the {word} lamp counted the ships before breakfast.\nNobody entered the cold store alone \
         that day, and the spare keys hung behind the green cabinet.\n"
    )
}

/// A path as an argument.
pub fn utf8(path: &Path) -> &str {
    path.to_str().expect("scratch folders have plain names")
}

/// The rows of a reply.
pub fn array<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// A string of a row, or an empty string.
pub fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

/// Fails if a file did not end in a named state, or lacks the reason that its state needs.
pub fn named(file: &Value) -> Result<(), String> {
    let (state, reason) = (text(file, "state"), text(file, "reason"));
    if !ENDS.contains(&state) {
        return Err(format!("ended as {state:?}: {file}"));
    }
    if !GOOD.contains(&state) && reason.trim().is_empty() {
        return Err(format!("{state}, but no reason: {file}"));
    }
    Ok(())
}

/// Seconds as a duration.
pub fn seconds(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds.max(0.0))
}
