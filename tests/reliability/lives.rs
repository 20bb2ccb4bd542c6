//! The `lives` suite: files of a watched folder are renamed, moved, replaced, deleted and brought back, once between
//! scans and once while `assay watch` runs. Every document keeps its number, passages, judgement, kept answer and
//! place in the snapshot, and no folder is scanned again without a change.

mod scenes;
mod stored;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::cases::Cases;
use super::follow::{Following, newest};
use super::library::{array, mark, note, seconds, text, utf8};
use super::options::Options;
use crate::Library;
use scenes::{Act, End, FILES, SCENES, Scene};

/// `lives [--looks 60] [--still 3] [--every 1] [--only N]`: each scene, or every n-th, or only the n-th.
pub fn lives(options: &Options) -> Result<Cases, String> {
    let looks = seconds(options.number("looks", 60.0));
    let still = seconds(options.number("still", 3.0));
    let (every, only) = (options.count("every", 1).max(1), options.count("only", 0));
    let mut cases = Cases::new("lives");
    let start = Start::make()?;
    for (scene, number) in SCENES.iter().zip(1_u64..) {
        if only != 0 && only != number || only == 0 && (number - 1) % every != 0 {
            continue;
        }
        let (scanned, watched) = (Case::begin(&start)?, Case::begin(&start)?);
        cases.check(&format!("{}, scanned", scene.name), scanned.scanned(scene));
        cases.check(&format!("{}, watched", scene.name), watched.watched(scene, still, looks));
    }
    Ok(cases)
}

/// What a case begins with: a watched tree, all its documents read, judged, cited and in a snapshot.
struct Start {
    parent: tempfile::TempDir,
    library: Library,
    passages: Vec<Passage>,
}

/// The passage that holds a file's word.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Passage {
    chunk: String,
    document: i64,
}

impl Start {
    fn make() -> Result<Self, String> {
        let parent = tempfile::tempdir().map_err(|error| error.to_string())?;
        let start = Self { parent, library: Library::quick(""), passages: Vec::new() };
        start.lay_out()?;
        start.library.reply(&["watch", "--once", utf8(&start.tree())])?;
        // A rebuild takes a whole snapshot first.
        start.library.reply(&["rebuild"])?;
        let passages = passages(&start.library)?.into_iter().flatten().collect::<Vec<_>>();
        if passages.len() != FILES.len() {
            return Err(format!("{} of {} files answer at the start", passages.len(), FILES.len()));
        }
        let documents: Vec<i64> = passages.iter().map(|passage| passage.document).collect();
        stored::judge_and_cite(&start.library, &documents)?;
        Ok(Self { passages, ..start })
    }

    /// The root lies two folders deep, so that a folder above it can be moved.
    fn tree(&self) -> PathBuf {
        self.parent.path().join("home/tree")
    }

    fn lay_out(&self) -> Result<(), String> {
        for entry in fs::read_dir(self.parent.path()).map_err(|error| error.to_string())?.flatten() {
            let path = entry.path();
            let gone =
                if path.is_dir() && !path.is_symlink() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
            gone.map_err(|error| error.to_string())?;
        }
        for (name, number) in FILES.iter().zip(0..) {
            let path = self.tree().join(name);
            fs::create_dir_all(path.parent().unwrap_or(Path::new(""))).map_err(|error| error.to_string())?;
            fs::write(path, note(&word(number))).map_err(|error| error.to_string())?;
        }
        Ok(())
    }
}

/// The word of a file.
fn word(number: usize) -> String {
    mark(700_000 + number as u64)
}

/// The passages that hold the files' words; an error if a word is in more than one.
fn passages(library: &Library) -> Result<Vec<Option<Passage>>, String> {
    let words: Vec<String> = (0..FILES.len()).map(word).collect();
    let reply = library.reply(&["ask", &words.join(" "), "--rerank", "off", "--no-answer", "--candidates", "200"])?;
    let holding = |word: &String| {
        let mut rows = array(&reply, "candidates").iter().filter(|row| text(row, "text").contains(word.as_str()));
        let first = rows.next().map(|row| Passage {
            chunk: text(row, "chunk").to_owned(),
            document: row["document"].as_i64().unwrap_or_default(),
        });
        match rows.count() {
            0 => Ok(first),
            more => Err(format!("{} passages hold {word}, which is in one file", more + 1)),
        }
    };
    words.iter().map(holding).collect()
}

struct Case<'a> {
    start: &'a Start,
    library: Library,
}

impl<'a> Case<'a> {
    fn begin(start: &'a Start) -> Result<Self, String> {
        Ok(Self { start, library: start.library.copy() })
    }

    fn act(&self, act: &Act) -> Result<(), String> {
        match act {
            Act::Files(change) => change(&self.start.tree()).map_err(|error| format!("the scene failed: {error}")),
            Act::Command(run) => run(&self.library, &self.start.tree(), self.start.passages[0].document),
        }
    }

    /// A scan after each act; one more finds nothing new.
    fn scanned(self, scene: &Scene) -> Result<(), String> {
        self.start.lay_out()?;
        for act in scene.acts {
            self.act(act)?;
            self.library.reply(&["watch", "--once"])?;
        }
        let counts = self.library.reply(&["watch", "--once"])?["counts"].clone();
        let quiet = |state: &str| ["unchanged", "missing", "excluded", "offline", "failed"].contains(&state);
        if !counts.as_object().is_some_and(|counts| counts.keys().all(|state| quiet(state))) {
            return Err(format!("a scan without a change found {counts}"));
        }
        self.ends_as(scene)
    }

    /// The same while the folder is followed; nothing is written while nothing changes.
    fn watched(self, scene: &Scene, still: Duration, looks: Duration) -> Result<(), String> {
        self.start.lay_out()?;
        let mut following = Following::start(&self.library, &self.start.tree(), still)?;
        following.rest(&self.library)?;
        for act in scene.acts {
            if matches!(act, Act::Command(_)) {
                following.end()?;
                self.act(act)?;
                following = Following::again(&self.library, still)?;
            } else {
                self.act(act)?;
            }
            following.rest(&self.library)?;
        }
        let (begun, mut seen, mut found) = (Instant::now(), newest(&self.library), 0);
        while begun.elapsed() < looks {
            sleep(Duration::from_millis(250));
            let now = newest(&self.library);
            found += u32::from(now != seen);
            seen = now;
        }
        following.end()?;
        // A folder that is away is looked for, which changes its row at most.
        if found > 0 {
            return Err(format!("the catalogue changed {found} times in {looks:?} without a change of a file"));
        }
        self.ends_as(scene)
    }

    fn ends_as(&self, scene: &Scene) -> Result<(), String> {
        let list = self.library.reply(&["documents"])?;
        let rows: Vec<_> = array(&list, "documents")
            .iter()
            .filter(|row| !["extra.md", "extra-other.md", "sub"].contains(&text(row, "name")))
            .collect();
        let left = scene.ends.iter().filter(|end| **end != End::Out).count();
        if rows.len() != left {
            let names: Vec<String> =
                rows.iter().map(|row| format!("{} {}", text(row, "state"), text(row, "path"))).collect();
            return Err(format!("{} documents instead of {left}: {names:?}", rows.len()));
        }
        let now = passages(&self.library)?;
        for (number, end) in scene.ends.iter().enumerate() {
            let (before, file) = (&self.start.passages[number], FILES[number]);
            let row = rows.iter().find(|row| row["id"].as_i64() == Some(before.document));
            let state = row.map(|row| text(row, "state")).unwrap_or("out");
            let answers = now[number].as_ref() == Some(before);
            let right = match end {
                End::There => state == "committed" && answers,
                End::Missing => state == "missing" && now[number].is_none(),
                End::Offline => state == "offline" && answers,
                End::Out => state == "out" && now[number].is_none(),
            };
            if !right {
                return Err(format!("{file} should be {end:?}: it is {state}, and its passage {:?}", now[number]));
            }
        }
        self.library.agrees(false)?;
        let kept: Vec<i64> = (scene.ends.iter().zip(&self.start.passages))
            .filter(|(end, _)| **end != End::Out)
            .map(|(_, passage)| passage.document)
            .collect();
        stored::is_whole(&self.library, &kept)?;
        let snapshots = self.library.reply(&["restore", "--list"])?;
        let whole = array(&snapshots, "snapshots").iter().find(|row| row["with_text"] == true);
        match whole.and_then(|row| row["documents"].as_u64()) {
            Some(documents) if documents == kept.len() as u64 => Ok(()),
            other => Err(format!("the snapshot holds {other:?} documents instead of {}", kept.len())),
        }
    }
}

/// Runs a command to its end.
fn done(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| error.to_string())?;
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if output.status.success() { Ok(said(&output.stdout)) } else { Err(said(&output.stderr)) }
}
