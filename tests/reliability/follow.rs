//! The `watch` suite: changes a watched folder in many forms and speeds, and checks that the library
//! ends with the same documents as a full scan of the folder.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::cases::Cases;
use super::chance::Chance;
use super::library::{array, files, mark, note, seconds, text, utf8};
use super::options::Options;
use super::originals::Originals;
use crate::Library;

/// Seconds without a change in the data folder after which the program counts as idle.
const STILL: f64 = 6.0;
/// Longest wait until the program is idle.
const PATIENCE: Duration = Duration::from_secs(600);

/// `watch [--events 5000] [--seed 1] [--still 6] [--only N]`: all scenes, or only the n-th.
pub fn watch(options: &Options) -> Result<Cases, String> {
    let (events, seed) = (options.count("events", 5000), options.count("seed", 1));
    let (still, only) = (seconds(options.number("still", STILL)), options.count("only", 0));
    let wanted = |number: u64| only == 0 || only == number;
    let mut cases = Cases::new("watch");
    let known = Library::quick("").run(&["watch", "--help"]);
    if !known.status.success() {
        return Err("this program has no `assay watch`".to_owned());
    }
    let scenes: [(&str, fn(&Path, u64, &mut Chance)); 5] = [
        ("burst of new files", burst),
        ("one file written over and over", hammer),
        ("five editors' save sequences", editors),
        ("storm of renames", renames),
        ("folders made, moved and deleted", folders),
    ];
    for ((name, scene), number) in scenes.into_iter().zip(1..) {
        if wanted(number) {
            cases.check(name, played(&|folder, chance| scene(folder, events, chance), seed, still));
        }
    }
    if wanted(6) {
        cases.check("a folder is renamed and renamed back", away(&mut renamed_away, still));
    }
    match mounts().map(|()| wanted(7)) {
        Ok(true) => cases.check("a drive is unmounted and mounted again", unmounted(still)),
        Ok(false) => {}
        Err(why) => cases.skip(&why),
    }
    Ok(cases)
}

/// Watches a folder while a scene changes it, then compares the library with a full scan.
fn played(scene: &dyn Fn(&Path, &mut Chance), seed: u64, still: Duration) -> Result<(), String> {
    let parent = tempfile::tempdir().map_err(|error| error.to_string())?;
    let folder = parent.path().join("watched");
    fs::create_dir(&folder).map_err(|error| error.to_string())?;
    (0..20).for_each(|number| put(&folder.join(format!("first-{number}.txt")), number));
    let library = Library::quick("");
    let mut following = Following::start(&library, &folder, still)?;
    following.rest(&library)?;
    scene(&folder, &mut Chance::new(seed));
    let originals = Originals::record(&folder);
    following.rest(&library)?;
    following.end()?;
    originals.same()?;
    same_as_fresh(&library, &folder)
}

/// Compares the documents with those of a fresh library that scans the folder once.
fn same_as_fresh(library: &Library, folder: &Path) -> Result<(), String> {
    let fresh = Library::quick("");
    let looked = fresh.run(&["watch", "--once", utf8(folder)]);
    if !looked.status.success() && looked.status.code() != Some(4) {
        return Err(format!("the full scan failed: {}", String::from_utf8_lossy(&looked.stderr)));
    }
    let (followed, wanted) = (listed(library, folder)?, listed(&fresh, folder)?);
    let differing: Vec<String> = wanted
        .keys()
        .chain(followed.keys())
        .filter(|path| wanted.get(*path) != followed.get(*path))
        .map(|path| format!("{path}: {:?} instead of {:?}", followed.get(path), wanted.get(path)))
        .collect();
    if !differing.is_empty() {
        return Err(format!("{} differ: {:?}", differing.len(), &differing[..differing.len().min(6)]));
    }
    library.agrees(false)?;
    // The newest text answers: a correct row is not enough.
    let texts = files(folder).into_iter().filter_map(|(path, _)| fs::read_to_string(folder.join(path)).ok());
    let words: Vec<String> =
        texts.filter_map(|text| Some(text.split_whitespace().find(|w| w.starts_with("zq"))?.to_owned())).collect();
    let step = words.len().div_ceil(24).max(1);
    library.answers(&words.into_iter().step_by(step).collect::<Vec<_>>())
}

/// State, length and chunk count of every document that is not missing, by path.
fn listed(library: &Library, folder: &Path) -> Result<BTreeMap<String, String>, String> {
    let list = library.reply(&["documents"])?;
    let row = |row: &serde_json::Value| {
        let path = text(row, "path").trim_start_matches(utf8(folder)).to_owned();
        (path, format!("{} {} bytes {} chunks", text(row, "state"), row["bytes"], row["chunks"]))
    };
    Ok(array(&list, "documents").iter().filter(|row| text(row, "state") != "missing").map(row).collect())
}

/// A running `assay watch`, and for how long nothing may change before it counts as idle.
pub(super) struct Following(Child, Duration);

impl Following {
    pub(super) fn start(library: &Library, folder: &Path, still: Duration) -> Result<Self, String> {
        Self::run(library.command(&["watch", utf8(folder)]), still)
    }

    /// Follows the folders that are watched already.
    pub(super) fn again(library: &Library, still: Duration) -> Result<Self, String> {
        Self::run(library.command(&["watch"]), still)
    }

    fn run(mut command: Command, still: Duration) -> Result<Self, String> {
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().map_err(|error| error.to_string())?;
        Ok(Self(child, still))
    }

    /// Waits until nothing in the data folder has changed for a while.
    pub(super) fn rest(&mut self, library: &Library) -> Result<(), String> {
        let begun = Instant::now();
        let mut seen = (newest(library), Instant::now());
        while seen.1.elapsed() < self.1 {
            if let Some(status) = self.0.try_wait().map_err(|error| error.to_string())? {
                return Err(format!("`assay watch` ended by itself: {status}"));
            }
            if begun.elapsed() > PATIENCE {
                return Err(format!("it was not idle after {} s", PATIENCE.as_secs()));
            }
            sleep(Duration::from_millis(250));
            let now = newest(library);
            if now != seen.0 {
                seen = (now, Instant::now());
            }
        }
        Ok(())
    }

    /// Ends the program with SIGINT, as Ctrl-C does.
    pub(super) fn end(&mut self) -> Result<(), String> {
        let asked = Command::new("kill").args(["-INT", &self.0.id().to_string()]).status();
        asked.map_err(|error| error.to_string())?;
        let begun = Instant::now();
        while self.0.try_wait().map_err(|error| error.to_string())?.is_none() {
            if begun.elapsed() > Duration::from_secs(30) {
                let _ = self.0.kill();
                let _ = self.0.wait();
                return Err("Ctrl-C did not end it within 30 s".to_owned());
            }
            sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The time of the last change in the data folder, and the number of files.
pub(super) fn newest(library: &Library) -> (Option<std::time::SystemTime>, usize) {
    let all = files(library.data.path());
    let changed = all.iter().filter_map(|(path, _)| fs::metadata(library.data.path().join(path)).ok()?.modified().ok());
    (changed.max(), all.len())
}

fn put(path: &Path, number: u64) {
    fs::write(path, note(&mark(number))).unwrap();
}

/// Creates, changes and deletes files without a pause. At most 120 files exist, so that events and not
/// embedding take the time.
fn burst(folder: &Path, events: u64, chance: &mut Chance) {
    let mut there: Vec<PathBuf> = Vec::new();
    for event in 0..events {
        match chance.below(10) {
            0..4 if there.len() < 120 => {
                let path = folder.join(format!("burst-{event}.txt"));
                put(&path, 1000 + event);
                there.push(path);
            }
            0..7 if !there.is_empty() => put(&there[chance.below(there.len())], 1000 + event),
            _ if !there.is_empty() => {
                let path = there.swap_remove(chance.below(there.len()));
                let _ = fs::remove_file(path);
            }
            _ => put(&folder.join("calm.txt"), 1000 + event),
        }
    }
}

fn hammer(folder: &Path, events: u64, _: &mut Chance) {
    (0..events).for_each(|event| put(&folder.join("first-0.txt"), 100_000 + event));
}

/// Saves in place, by renaming a new file over the old, after a backup, with a swap file, and after deleting.
fn editors(folder: &Path, events: u64, chance: &mut Chance) {
    for event in 0..(events / 50).max(10) {
        let number = 200_000 + event;
        let path = folder.join(format!("first-{}.txt", chance.below(20)));
        let sibling = |name: &str| folder.join(format!("{name}{}", path.file_name().unwrap().to_string_lossy()));
        match event % 5 {
            0 => put(&path, number),
            1 => {
                let new = sibling(".tmp-");
                put(&new, number);
                let _ = fs::rename(new, &path);
            }
            2 => {
                let _ = fs::rename(&path, folder.join(format!("{}~", path.file_name().unwrap().to_string_lossy())));
                put(&path, number);
            }
            3 => {
                let (swap, backup) = (sibling(".swp-"), sibling("4913-"));
                put(&swap, number);
                let _ = fs::rename(&path, &backup);
                put(&path, number);
                let _ = fs::remove_file(backup);
                let _ = fs::remove_file(swap);
            }
            _ => {
                let _ = fs::remove_file(&path);
                put(&path, number);
            }
        }
        if event % 7 == 0 {
            sleep(Duration::from_millis(120));
        }
    }
}

fn renames(folder: &Path, events: u64, chance: &mut Chance) {
    let mut names: Vec<PathBuf> = (0..20).map(|number| folder.join(format!("first-{number}.txt"))).collect();
    for event in 0..events {
        let place = chance.below(names.len());
        let new = folder.join(format!("renamed-{event}.txt"));
        // Some renames replace another file.
        let onto = if event % 97 == 0 && names.len() > 5 { names[(place + 1) % names.len()].clone() } else { new };
        if onto != names[place] && fs::rename(&names[place], &onto).is_ok() {
            names.retain(|name| *name != onto);
            let place = place.min(names.len() - 1);
            let moved = names.iter().position(|name| !name.exists()).unwrap_or(place);
            names[moved] = onto;
        }
    }
}

fn folders(folder: &Path, events: u64, chance: &mut Chance) {
    for event in 0..(events / 20).max(10) {
        let (a, b) =
            (folder.join(format!("part-{}", chance.below(6))), folder.join(format!("part-{}", chance.below(6))));
        match chance.below(4) {
            0 | 1 => {
                let _ = fs::create_dir_all(a.join("deeper"));
                put(&a.join("deeper").join(format!("leaf-{}.txt", chance.below(8))), 300_000 + event);
            }
            2 => {
                let _ = fs::rename(&a, &b);
            }
            _ => {
                let _ = fs::remove_dir_all(&a);
            }
        }
    }
}

type Return = Box<dyn FnOnce() -> Result<(), String>>;

/// Checks that documents of a missing folder are offline, not deleted, and return with the folder.
fn away(leave: &mut dyn FnMut(&Path) -> Result<Return, String>, still: Duration) -> Result<(), String> {
    let parent = tempfile::tempdir().map_err(|error| error.to_string())?;
    let folder = parent.path().join("watched");
    fs::create_dir(&folder).map_err(|error| error.to_string())?;
    left_and_returned(&folder, leave, still)
}

fn renamed_away(folder: &Path) -> Result<Return, String> {
    let (elsewhere, back) = (folder.with_extension("away"), folder.to_owned());
    fs::rename(folder, &elsewhere).map_err(|error| error.to_string())?;
    Ok(Box::new(move || fs::rename(&elsewhere, &back).map_err(|error| error.to_string())))
}

fn left_and_returned(
    folder: &Path,
    leave: &mut dyn FnMut(&Path) -> Result<Return, String>,
    still: Duration,
) -> Result<(), String> {
    (0..8).for_each(|number| put(&folder.join(format!("note-{number}.txt")), 400_000 + number));
    let library = Library::quick("");
    let mut following = Following::start(&library, folder, still)?;
    following.rest(&library)?;
    let come_back = leave(folder)?;
    let gone = following.rest(&library).and_then(|()| following.end());
    let states: Vec<String> = listed(&library, folder)?.into_values().collect();
    let words: Vec<String> = (0..8).map(|number| mark(400_000 + number)).collect();
    let answered = library.answers(&words);
    come_back()?;
    gone?;
    if states.len() != 8 || states.iter().any(|row| !row.starts_with("offline")) {
        return Err(format!("while it was away: {states:?}"));
    }
    answered.map_err(|why| format!("while it was away: {why}"))?;
    let mut following = Following::start(&library, folder, still)?;
    following.rest(&library)?;
    following.end()?;
    same_as_fresh(&library, folder)
}

/// Fails if this user cannot mount a file system.
fn mounts() -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    mount(folder.path()).map_err(|_| "mounting a file system needs root".to_owned())?;
    unmount(folder.path())
}

fn mount(on: &Path) -> Result<(), String> {
    done(Command::new("mount").args(["-t", "tmpfs", "assay-reliability"]).arg(on))
}

fn unmount(from: &Path) -> Result<(), String> {
    // A file that is open for a moment keeps the drive busy.
    for _ in 0..50 {
        if done(Command::new("umount").arg(from)).is_ok() {
            return Ok(());
        }
        sleep(Duration::from_millis(100));
    }
    done(Command::new("umount").arg("-l").arg(from))
}

fn done(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| error.to_string())?;
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()) }
}

/// Mounts a tmpfs as a drive. Its files are copied elsewhere while it is unmounted, because a tmpfs loses them.
fn unmounted(still: Duration) -> Result<(), String> {
    let parent = tempfile::tempdir().map_err(|error| error.to_string())?;
    let (folder, kept) = (parent.path().join("drive"), parent.path().join("kept"));
    fs::create_dir(&folder).map_err(|error| error.to_string())?;
    mount(&folder)?;
    let mut leave = |folder: &Path| -> Result<Return, String> {
        done(Command::new("cp").arg("-a").arg(folder).arg(&kept))?;
        unmount(folder)?;
        let (folder, kept) = (folder.to_owned(), kept.clone());
        Ok(Box::new(move || {
            mount(&folder)?;
            done(Command::new("cp").arg("-a").arg(kept.join(".")).arg(&folder))
        }))
    };
    let outcome = left_and_returned(&folder, &mut leave, still);
    let _ = unmount(&folder);
    outcome
}
