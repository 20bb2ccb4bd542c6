//! The `kills` suite: sends SIGKILL at random moments of ingesting, changing, renaming, watching, deleting, rereading
//! and optimizing, and checks that the library opens, keeps every committed document and duplicates none.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Instant;

use super::cases::Cases;
use super::chance::Chance;
use super::library::{array, mark, note, seconds, text, utf8};
use super::options::Options;
use super::originals::Originals;
use crate::Library;

/// Approximate number of documents in the library between two kills.
const DOCUMENTS: u64 = 12;
/// Longest time that opening may take, in seconds.
const OPENS: f64 = 10.0;

const OPERATIONS: [&str; 7] = ["ingest", "change", "rename", "watch", "delete", "reread", "optimize"];

/// `kills [--count 300] [--seed 1]`
pub fn kills(options: &Options) -> Result<Cases, String> {
    let (count, seed) = (options.count("count", 300), options.count("seed", 1));
    let mut cases = Cases::new("kills");
    let mut scene = Scene::new(seed)?;
    let mut lengths = BTreeMap::new();
    // The shortest time of each operation without a kill.
    let rounds = if count < 50 { 1 } else { 3 };
    for operation in OPERATIONS.iter().cycle().take(OPERATIONS.len() * rounds) {
        let words = scene.prepare(operation)?;
        let begun = Instant::now();
        let done = scene.library.run(&words.iter().map(String::as_str).collect::<Vec<_>>());
        if !done.status.success() {
            return Err(format!("{operation} failed without a kill: {}", String::from_utf8_lossy(&done.stderr)));
        }
        let seconds = begun.elapsed().as_secs_f64();
        lengths.entry(*operation).and_modify(|least: &mut f64| *least = least.min(seconds)).or_insert(seconds);
        scene.repair()?;
    }
    cases.figure(format!("seconds of each operation without a kill: {lengths:.2?}"));
    let (mut slowest, mut struck, mut again, mut resumed) = (0.0, 0, 0, 0);
    for number in 0..count {
        let operation = OPERATIONS[number as usize % OPERATIONS.len()];
        let share = if operation == "optimize" { 0.4 + 0.6 * scene.chance.share() } else { scene.chance.share() };
        let name = format!("{number}: {operation}, killed at {:.0} %", share * 100.0);
        let outcome = scene.strike(operation, lengths[operation] * share).and_then(|(opened, hit)| {
            slowest = f64::max(slowest, opened);
            struck += u32::from(hit);
            if opened <= OPENS { Ok(()) } else { Err(format!("opening took {opened:.1} s")) }
        });
        again += std::mem::take(&mut scene.asked_again);
        resumed += std::mem::take(&mut scene.resumed);
        let failed = outcome.is_err();
        cases.check(&name, outcome);
        if failed {
            let kept = scene.library.copy().data.keep();
            cases.figure(format!("the library after {name} is kept in {}", kept.display()));
            scene = Scene::new(seed + number + 1)?;
        }
    }
    cases.figure(format!(
        "seed {seed}; {struck} were still running when killed; work waited after {resumed} and went on; slowest opening {slowest:.2} s; {again} times the \
         library was still in use for a moment"
    ));
    Ok(cases)
}

struct Scene {
    library: Library,
    folder: tempfile::TempDir,
    chance: Chance,
    next: u64,
    /// The current word of each file.
    written: BTreeMap<PathBuf, String>,
    /// The word that answered for each committed file before the operation.
    committed: BTreeMap<PathBuf, String>,
    /// Files that the operation removes, with their words.
    leaving: BTreeMap<PathBuf, String>,
    /// Files that were renamed before the operation, each with the name that it had.
    renamed: BTreeMap<PathBuf, PathBuf>,
    /// Number of attempts at opening that found the library in use.
    asked_again: u32,
    /// Number of kills after which work waited and went on.
    resumed: u32,
}

impl Scene {
    fn new(seed: u64) -> Result<Self, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let mut scene = Self {
            library: Library::quick(""),
            folder,
            chance: Chance::new(seed),
            next: seed * 1_000_000,
            written: BTreeMap::new(),
            committed: BTreeMap::new(),
            leaving: BTreeMap::new(),
            renamed: BTreeMap::new(),
            asked_again: 0,
            resumed: 0,
        };
        (0..DOCUMENTS).for_each(|_| scene.write_new());
        scene.repair()?;
        Ok(scene)
    }

    fn word(&mut self) -> String {
        self.next += 1;
        mark(self.next)
    }

    fn write_new(&mut self) {
        let word = self.word();
        let path = self.folder.path().join(format!("note-{}.txt", self.next));
        fs::write(&path, note(&word)).unwrap();
        self.written.insert(path, word);
    }

    /// Up to `count` random files.
    fn some(&mut self, count: usize) -> Vec<PathBuf> {
        let mut all: Vec<PathBuf> = self.written.keys().cloned().collect();
        let picks = (0..count.min(all.len())).map(|_| all.remove(self.chance.below(all.len())));
        picks.collect()
    }

    fn change(&mut self, files: Vec<PathBuf>) {
        for path in files {
            let word = self.word();
            fs::write(&path, note(&word)).unwrap();
            self.written.insert(path, word);
        }
    }

    fn rename(&mut self, files: Vec<PathBuf>) {
        for old in files {
            self.next += 1;
            let new = self.folder.path().join(format!("renamed-{}.txt", self.next));
            fs::rename(&old, &new).unwrap();
            for words in [&mut self.written, &mut self.committed] {
                if let Some(word) = words.remove(&old) {
                    words.insert(new.clone(), word);
                }
            }
            self.renamed.insert(new, old);
        }
    }

    /// Changes the folder; returns the arguments of the command to kill.
    fn prepare(&mut self, operation: &str) -> Result<Vec<String>, String> {
        self.leaving.clear();
        self.renamed.clear();
        let folder = utf8(self.folder.path()).to_owned();
        let ingest =
            |more: &[&str]| [&["ingest", folder.as_str()], more].concat().iter().map(|w| (*w).to_owned()).collect();
        match operation {
            "ingest" => {
                (0..4).for_each(|_| self.write_new());
                Ok(ingest(&[]))
            }
            "change" => {
                let files = self.some(4);
                self.change(files);
                Ok(ingest(&[]))
            }
            "rename" => {
                let files = self.some(4);
                self.rename(files);
                Ok(ingest(&[]))
            }
            "watch" => {
                (0..2).for_each(|_| self.write_new());
                // A file that is changed and renamed at once is another document.
                let mut changed = self.some(4);
                let renamed = changed.split_off(changed.len() / 2);
                self.change(changed);
                self.rename(renamed);
                Ok(["watch", "--once", folder.as_str()].map(str::to_owned).to_vec())
            }
            "delete" | "optimize" => {
                let list = self.library.reply(&["documents"])?;
                // Removes the surplus, so that the library keeps its size.
                let surplus = self.written.len().saturating_sub(DOCUMENTS as usize);
                for path in self.some(surplus.max(1)) {
                    fs::remove_file(&path).unwrap();
                    let word = self.written.remove(&path).unwrap();
                    self.committed.remove(&path);
                    self.leaving.insert(path, word);
                }
                let leaves = |row: &&serde_json::Value| self.leaving.contains_key(&PathBuf::from(text(row, "path")));
                let ids = array(&list, "documents").iter().filter(leaves).map(|row| row["id"].to_string());
                let words: Vec<String> = std::iter::once("remove".to_owned()).chain(ids).collect();
                if operation == "delete" {
                    return Ok(words);
                }
                let done = self.library.run(&words.iter().map(String::as_str).collect::<Vec<_>>());
                if !done.status.success() {
                    return Err(format!("removing failed: {}", String::from_utf8_lossy(&done.stderr)));
                }
                Ok(ingest(&[]))
            }
            _ => Ok(ingest(&["--rebuild"])),
        }
    }

    /// Kills the program after `after` seconds and checks the library. Returns the seconds that opening
    /// took, and whether the program was still running when it was killed.
    fn strike(&mut self, operation: &str, after: f64) -> Result<(f64, bool), String> {
        let words = self.prepare(operation)?;
        let originals = Originals::record(self.folder.path());
        let mut command = self.library.command(&words.iter().map(String::as_str).collect::<Vec<_>>());
        let mut child =
            command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().map_err(|error| error.to_string())?;
        sleep(seconds(after));
        let hit = child.try_wait().map_err(|error| error.to_string())?.is_none();
        child.kill().map_err(|error| error.to_string())?;
        child.wait().map_err(|error| error.to_string())?;
        originals.same()?;

        let begun = Instant::now();
        let list = self.opened(begun)?;
        let opened = begun.elapsed().as_secs_f64();
        let documents = array(&list, "documents");
        if let Some(row) = documents.iter().find(|row| text(row, "state").is_empty()) {
            return Err(format!("no state: {row}"));
        }
        self.library.agrees(true)?;
        // Each committed document answers once: by its old text, or by its new text if that was committed.
        let there: Vec<&str> = documents.iter().map(|row| text(row, "path")).collect();
        let is_there = |path: &PathBuf| {
            let before = self.renamed.get(path).is_some_and(|old| there.contains(&utf8(old)));
            before || there.contains(&utf8(path))
        };
        if let Some(path) = self.committed.keys().find(|path| !is_there(path)) {
            return Err(format!("{} was committed and is missing", path.display()));
        }
        let old: Vec<String> = self.committed.values().cloned().collect();
        let new: Vec<String> = self.committed.keys().map(|path| self.written[path].clone()).collect();
        let held = self.library.holding(&[old.clone(), new.clone()].concat())?;
        for (place, path) in self.committed.keys().enumerate() {
            let other = if old[place] == new[place] { 0 } else { held[old.len() + place] };
            let count = held[place] + other;
            if count != 1 {
                return Err(format!("{} was committed, and {count} passages contain its word", path.display()));
            }
        }
        let went_on = self.goes_on()?;
        if operation == "watch" {
            // The following begins with a scan whenever it is started.
            self.library.reply(&["watch", "--once", utf8(self.folder.path())])?;
            self.is_whole()?
        } else if went_on {
            self.is_whole()?
        } else {
            self.repair()?
        }
        Ok((opened, hit))
    }

    /// Lets the work go on that waits in the queue, without ingesting anything again. Returns whether there was any:
    /// a command that was killed before it wrote down what it wants is given again, as a user would.
    fn goes_on(&mut self) -> Result<bool, String> {
        let waiting = |library: &Library| Ok::<_, String>(library.reply(&["queue"])?["waiting"].as_u64().unwrap_or(0));
        if waiting(&self.library)? == 0 {
            return Ok(false);
        }
        self.resumed += 1;
        let reply = self.library.reply(&["retry"])?;
        match waiting(&self.library)? {
            0 => Ok(true),
            left => Err(format!("{left} rows of the queue wait after it went on: {reply}")),
        }
    }

    /// The list of documents. A child that was starting when its parent was killed may hold the lock for
    /// a moment, so a library in use is opened again.
    fn opened(&mut self, begun: Instant) -> Result<serde_json::Value, String> {
        loop {
            let list = self.library.reply(&["documents"])?;
            if list["problem"].is_null() {
                return Ok(list);
            }
            if list["problem"]["problem"] != "library_in_use" || begun.elapsed().as_secs_f64() > OPENS {
                return Err(format!("it does not open: {}", list["problem"]));
            }
            self.asked_again += 1;
            sleep(seconds(0.05));
        }
    }

    /// Ingests the folder again and removes deleted files, as a user would, and checks that the library
    /// equals one without a kill.
    fn repair(&mut self) -> Result<(), String> {
        let list = self.library.reply(&["documents"])?;
        let gone = |row: &&serde_json::Value| !self.written.contains_key(&PathBuf::from(text(row, "path")));
        let ids: Vec<String> = array(&list, "documents").iter().filter(gone).map(|row| row["id"].to_string()).collect();
        if !ids.is_empty() {
            let words: Vec<&str> = std::iter::once("remove").chain(ids.iter().map(String::as_str)).collect();
            let done = self.library.run(&words);
            if !done.status.success() {
                return Err(format!("removing failed: {}", String::from_utf8_lossy(&done.stderr)));
            }
        }
        self.library.take_in(self.folder.path())?;
        self.is_whole()
    }

    /// The library equals one without a kill.
    fn is_whole(&mut self) -> Result<(), String> {
        self.library.agrees(false)?;
        let list = self.library.reply(&["documents"])?;
        if array(&list, "documents").len() != self.written.len() {
            return Err(format!("{} files and {} documents", self.written.len(), array(&list, "documents").len()));
        }
        let words: Vec<String> = self.written.values().cloned().collect();
        self.library.answers(&words)?;
        let left: Vec<String> = self.leaving.values().cloned().collect();
        if self.library.holding(&left)?.iter().any(|count| *count > 0) {
            return Err("a removed document still answers".to_owned());
        }
        self.committed = self.written.clone();
        Ok(())
    }
}
