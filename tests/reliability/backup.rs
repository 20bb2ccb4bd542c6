//! The `backup` suite: libraries backed up, moved to another root and restored answer as before, byte for byte; a
//! SIGKILL during a backup or a restore, at each step and at random moments, leaves the library whole and no half
//! archive, and the next start goes on.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::cases::Cases;
use super::chance::Chance;
use super::library::{array, mark, note, seconds, text, utf8};
use super::options::Options;
use crate::Library;

/// Documents of each library.
const DOCUMENTS: u64 = 12;

/// The steps of a backup and of a restore at which the program is killed: whether it restores, and the step.
const STEPS: [(bool, Step); 9] = [
    (false, Step::CatalogueCopied),
    (false, Step::ArchiveBegun),
    (false, Step::ArchiveHalf),
    (false, Step::ArchiveNamed),
    (true, Step::UnpackingBegun),
    (true, Step::CatalogueUnpacked),
    (true, Step::Confirmed),
    (true, Step::IndexInPlace),
    (true, Step::CatalogueInPlace),
];

/// A step, known by what is on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    CatalogueCopied,
    ArchiveBegun,
    ArchiveHalf,
    ArchiveNamed,
    UnpackingBegun,
    CatalogueUnpacked,
    Confirmed,
    IndexInPlace,
    CatalogueInPlace,
}

/// When a program is killed.
#[derive(Debug, Clone, Copy)]
enum When {
    At(Step),
    After(Duration),
}

/// `backup [--count 10] [--questions 20] [--kills 40] [--seed 1]`
pub fn backup(options: &Options) -> Result<Cases, String> {
    let (count, seed) = (options.count("count", 10), options.count("seed", 1));
    let (questions, kills) = (options.count("questions", 20), options.count("kills", 40));
    let mut cases = Cases::new("backup");
    let mut chance = Chance::new(seed);
    let (mut written, mut restored, mut compared) = (0.0, 0.0, 0);
    for number in 0..count {
        // Half of the archives bring their index; the others fill it from the stored text.
        let index = number % 2 == 0;
        let name = format!("library {number}, {} the index", if index { "with" } else { "without" });
        let outcome = Home::new(seed * 1_000 + number).and_then(|home| {
            let before = home.answers(&home.library, questions)?;
            let begun = Instant::now();
            home.back_up(index)?;
            written = f64::max(written, begun.elapsed().as_secs_f64());
            let begun = Instant::now();
            let moved = home.moved()?;
            restored = f64::max(restored, begun.elapsed().as_secs_f64());
            let after = home.answers(&moved, questions)?;
            compared += before.len();
            if let Some(at) = (0..before.len()).find(|at| before[*at] != after[*at]) {
                return Err(format!("another answer to question {at}:\n{}\n{}", before[at], after[at]));
            }
            home.is_known(&moved)
        });
        cases.check(&name, outcome);
    }
    cases.figure(format!(
        "{compared} answers compared byte for byte; slowest backup {written:.1} s, slowest restore {restored:.1} s"
    ));
    let home = Home::new(seed * 1_000 + count)?;
    let (mut struck, before) = (0, home.answers(&home.library, 2)?);
    // How long each takes without a kill, so that the kills fall into it.
    let begun = Instant::now();
    home.back_up(true)?;
    let backup_takes = begun.elapsed().as_secs_f64();
    let begun = Instant::now();
    drop(home.restored()?);
    let restore_takes = begun.elapsed().as_secs_f64();
    for number in 0..kills {
        let (restore, when) = match STEPS.get(number as usize) {
            Some((restore, step)) => (*restore, When::At(*step)),
            None => {
                let restore = number % 2 == 1;
                let takes = if restore { restore_takes } else { backup_takes };
                (restore, When::After(seconds(chance.share() * takes)))
            }
        };
        let name = format!("{number}: {} killed, {when:.2?}", if restore { "restore" } else { "backup" });
        let outcome = home.kill(restore, when, &before).map(|hit| struck += u32::from(hit));
        cases.check(&name, outcome);
    }
    cases.figure(format!("seed {seed}; {struck} of {kills} were still running when killed"));
    Ok(cases)
}

/// A library, the folder of its files, and a copy of that folder under another root.
struct Home {
    library: Library,
    folder: tempfile::TempDir,
    elsewhere: tempfile::TempDir,
    words: Vec<String>,
}

impl Home {
    fn new(seed: u64) -> Result<Self, String> {
        let library = Library::quick("");
        let (folder, elsewhere) = (temporary()?, temporary()?);
        let words: Vec<String> = (0..DOCUMENTS).map(|number| mark(seed * 100 + number)).collect();
        for (number, word) in words.iter().enumerate() {
            let place = folder.path().join(["a", "a/深", "b c"][number % 3]);
            fs::create_dir_all(&place).map_err(|error| error.to_string())?;
            let chinese = format!("灯塔看守人把 {word} 灯交给了下一班，钥匙挂在绿色柜子后面。\n");
            let body = if number % 4 == 3 { chinese } else { note(word) };
            fs::write(place.join(format!("{number}.txt")), body).map_err(|error| error.to_string())?;
        }
        library.take_in(folder.path())?;
        copy(folder.path(), elsewhere.path())?;
        Ok(Self { library, folder, elsewhere, words })
    }

    fn file(&self) -> PathBuf {
        self.library.files.path().join("library.zip")
    }

    /// The reply to each question, without what a clock, a cache or this machine's load decides.
    fn answers(&self, library: &Library, questions: u64) -> Result<Vec<String>, String> {
        let asked = (0..questions).map(|number| {
            let word = &self.words[number as usize % self.words.len()];
            match number % 3 {
                0 => format!("Who kept the {word} lamp?"),
                1 => format!("{word} 灯的钥匙在哪里？"),
                _ => word.clone(),
            }
        });
        asked.map(|question| Ok(timeless(library.reply(&["ask", &question])?).to_string())).collect()
    }

    fn back_up(&self, index: bool) -> Result<(), String> {
        let file = self.file();
        let words = ["backup", utf8(&file), "--models", "--index"];
        let reply = self.library.reply(&words[..if index { 4 } else { 3 }])?;
        if reply["documents"] != DOCUMENTS { Err(format!("the backup says: {reply}")) } else { Ok(()) }
    }

    fn root(&self) -> String {
        format!("{}={}", utf8(self.folder.path()), utf8(self.elsewhere.path()))
    }

    /// The backup, restored where its files lie elsewhere, and compared with its index.
    fn moved(&self) -> Result<Library, String> {
        let moved = self.restored()?;
        moved.agrees(false)?;
        Ok(moved)
    }

    fn restored(&self) -> Result<Library, String> {
        let moved = Library::default();
        let (file, root) = (self.file(), self.root());
        let reply = moved.reply(&["restore", utf8(&file), "--root", &root])?;
        if reply["documents"] != DOCUMENTS {
            return Err(format!("the restore says: {reply}"));
        }
        Ok(moved)
    }

    /// Fails unless every file is known at its new place and none is read again.
    fn is_known(&self, moved: &Library) -> Result<(), String> {
        let reply = moved.reply(&["ingest", utf8(self.elsewhere.path())])?;
        match array(&reply, "files").iter().find(|file| text(file, "state") != "unchanged") {
            Some(file) => Err(format!("read again after the move: {file}")),
            None if array(&reply, "files").len() as u64 == DOCUMENTS => Ok(()),
            None => Err(format!("not all files were found: {reply}")),
        }
    }

    /// Kills a backup or a restore. Returns whether it was still running.
    fn kill(&self, restore: bool, when: When, before: &[String]) -> Result<bool, String> {
        let file = self.file();
        if !file.exists() {
            self.back_up(true)?;
        }
        let length = fs::metadata(&file).map_err(|error| error.to_string())?.len();
        if !restore {
            fs::remove_file(&file).map_err(|error| error.to_string())?;
        }
        let (target, root) = (Library::default(), self.root());
        let mut command = if restore {
            target.command(&["restore", utf8(&file), "--root", &root])
        } else {
            self.library.command(&["backup", utf8(&file), "--models", "--index"])
        };
        let data = if restore { target.data.path() } else { self.library.data.path() };
        let reached = |step| reached(step, data, &file, length);
        let hit = strike(&mut command, when, &reached)?;
        if restore {
            // From its confirmation on, the next start ends it; before, nothing is there.
            let certain = data.join("restoring/complete").exists() || data.join("catalogue.sqlite").exists();
            let list = target.reply(&["documents"])?;
            if data.join("restoring").exists() {
                return Err("the next start left the folder of the restore".to_owned());
            }
            match array(&list, "documents").len() as u64 {
                DOCUMENTS if certain => (),
                0 if !certain => {
                    target.reply(&["restore", utf8(&file), "--root", &root])?;
                }
                some => return Err(format!("{some} documents were restored, certain: {certain}")),
            }
            target.agrees(false)?;
            if self.answers(&target, before.len() as u64)? != before {
                return Err("the restored library answers otherwise".to_owned());
            }
        } else {
            if file.exists() {
                // An archive under this name is whole.
                let fresh = Library::default();
                fresh.reply(&["restore", utf8(&file), "--root", &root])?;
                fs::remove_file(&file).map_err(|error| error.to_string())?;
            }
            self.library.agrees(false)?;
            self.back_up(true)?;
            let folder = fs::read_dir(self.library.files.path()).map_err(|error| error.to_string())?;
            // One that is killed before it has written a byte leaves a file that nobody can tell to be ours.
            let is_part = |entry: &fs::DirEntry| {
                entry.path().extension().is_some_and(|end| end == "part")
                    && entry.metadata().is_ok_and(|metadata| metadata.len() > 0)
            };
            let left: Vec<PathBuf> = folder.flatten().filter(is_part).map(|entry| entry.path()).collect();
            if !left.is_empty() {
                return Err(format!("parts of archives are left: {left:?}"));
            }
        }
        Ok(hit)
    }
}

/// Whether a step has been reached. `file` is the archive, `length` that of the last one.
fn reached(step: Step, data: &Path, file: &Path, length: u64) -> bool {
    let below = |folder: &Path| fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let part = || below(file.parent().unwrap_or(file)).find(|path| path.extension().is_some_and(|end| end == "part"));
    let restoring = data.join("restoring");
    match step {
        Step::CatalogueCopied => below(&data.join("scratch")).any(|folder| folder.join("catalogue.sqlite").exists()),
        Step::ArchiveBegun => part().and_then(|part| fs::metadata(part).ok()).is_some_and(|part| part.len() > 0),
        Step::ArchiveHalf => {
            part().and_then(|part| fs::metadata(part).ok()).is_some_and(|part| part.len() > length / 2)
        }
        Step::ArchiveNamed => file.exists(),
        Step::UnpackingBegun => restoring.exists(),
        Step::CatalogueUnpacked => restoring.join("catalogue.sqlite").exists(),
        Step::Confirmed => restoring.join("complete").exists(),
        Step::IndexInPlace => data.join("index").exists(),
        Step::CatalogueInPlace => data.join("catalogue.sqlite").exists(),
    }
}

fn strike(command: &mut Command, when: When, reached: &dyn Fn(Step) -> bool) -> Result<bool, String> {
    let command = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    let mut ended = || child.try_wait().map(|status| status.is_some()).map_err(|error| error.to_string());
    match when {
        When::After(time) => sleep(time),
        // Without a pause: some steps take less than a millisecond.
        When::At(step) => while !reached(step) && !ended()? {},
    }
    let running = !ended()?;
    // A process that has ended cannot be killed.
    drop(child.kill());
    child.wait().map_err(|error| error.to_string())?;
    Ok(running)
}

/// Takes out times and counts of cached scores, which differ from run to run.
fn timeless(mut reply: Value) -> Value {
    match &mut reply {
        Value::Object(fields) => {
            for name in ["ms", "tokenizing_ms", "computed", "cached"] {
                fields.remove(name);
            }
            fields.values_mut().for_each(|value| *value = timeless(value.take()));
        }
        Value::Array(rows) => rows.iter_mut().for_each(|value| *value = timeless(value.take())),
        _ => (),
    }
    reply
}

fn temporary() -> Result<tempfile::TempDir, String> {
    tempfile::tempdir().map_err(|error| error.to_string())
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    let done = Command::new("cp").arg("-r").arg(from.join(".")).arg(to).status();
    if done.is_ok_and(|status| status.success()) { Ok(()) } else { Err("the files could not be copied".to_owned()) }
}
