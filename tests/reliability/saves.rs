//! The `saves` suite: saves one file of a watched folder again and again, in a small library and in a large one, and
//! checks how long a saved file takes until it answers, and what a save costs the processor.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::cases::Cases;
use super::chance::Chance;
use super::large::prose;
use super::library::{array, mark, text, utf8};
use super::options::Options;
use super::process::processor_seconds;
use crate::Library;

/// Seconds after which a saved file answers, in the median.
const ANSWERS: f64 = 5.0;
/// The processor's seconds of a save in the large library, at most, in those of one in the small library.
const GROWTH: f64 = 3.0;
/// Chunks of the large library for one of the small one.
const LARGER: u64 = 100;
/// Bytes of a file, which are about fifty chunks.
const BYTES: u64 = 28_000;
const CHUNKS_OF_A_FILE: u64 = 50;
/// Time between two saves, so that what follows a save is counted with it.
const PAUSE: Duration = Duration::from_secs(1);
/// Longest wait for one save.
const PATIENCE: Duration = Duration::from_secs(120);

/// `saves [--chunks 100000] [--count 50]`
pub fn saves(options: &Options) -> Result<Cases, String> {
    let (chunks, count) = (options.count("chunks", 100_000), options.count("count", 50).max(1));
    let mut cases = Cases::new("saves");
    let mut costs = Vec::new();
    for chunks in [chunks / LARGER, chunks] {
        let mut scene = Scene::new(chunks)?;
        let mut times = Vec::new();
        let before = scene.processor_seconds()?;
        for number in 0..count {
            match scene.save(number) {
                Ok(seconds) => {
                    times.push(seconds);
                    cases.check(&format!("save {number} of {} chunks", scene.chunks), Ok(()));
                }
                Err(why) => cases.check(&format!("save {number} of {} chunks", scene.chunks), Err(why)),
            }
        }
        let cost = (scene.processor_seconds()? - before) / count as f64;
        times.sort_by(f64::total_cmp);
        let median = times.get(times.len() / 2).copied().unwrap_or(f64::INFINITY);
        cases.figure(format!(
            "{} chunks in {} files: a saved file answers after {median:.2} s (median), {:.2} s (longest), and costs {cost:.2} s of the processor",
            scene.chunks,
            scene.files,
            times.last().copied().unwrap_or(f64::INFINITY),
        ));
        let within = if median <= ANSWERS { Ok(()) } else { Err(format!("{median:.2} s")) };
        cases.check(&format!("the median of {} chunks", scene.chunks), within);
        costs.push(cost);
        cases.check("the last words answer", scene.end());
    }
    let factor = costs[1] / costs[0].max(f64::EPSILON);
    cases.figure(format!("a save in the large library costs {factor:.1} times one in the small library"));
    if chunks >= 50_000 {
        cases.check("cost of a save", if factor <= GROWTH { Ok(()) } else { Err(format!("{factor:.1} times")) });
    } else {
        cases.skip("the large library is too small to compare costs");
    }
    Ok(cases)
}

/// A watched folder, and the program that follows it.
struct Scene {
    library: Library,
    folder: tempfile::TempDir,
    files: u64,
    chunks: u64,
    program: Child,
    told: Receiver<Value>,
    /// The current number of each file that was saved.
    saved: Vec<u64>,
}

impl Scene {
    fn new(chunks: u64) -> Result<Self, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let files = chunks.div_ceil(CHUNKS_OF_A_FILE).max(1);
        let mut chance = Chance::new(11);
        for number in 0..files {
            prose(&path(&folder, number), number, BYTES, &mut chance).map_err(|error| error.to_string())?;
        }
        let library = Library::quick("");
        let reply = library.reply(&["watch", "--once", utf8(folder.path())])?;
        let chunks = array(&reply, "files").iter().filter_map(|file| file["chunks"].as_u64()).sum();
        let mut command = library.command(&["watch", "--json"]);
        let mut program =
            command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().map_err(|error| error.to_string())?;
        let (tell, told) = channel();
        if let Some(printed) = program.stdout.take() {
            thread::spawn(move || {
                for line in BufReader::new(printed).lines().map_while(Result::ok) {
                    // Nobody listens any more at the end.
                    drop(tell.send(serde_json::from_str(&line).unwrap_or_default()));
                }
            });
        }
        let scene = Self { library, folder, files, chunks, program, told, saved: Vec::new() };
        scene.told.recv_timeout(PATIENCE).map_err(|_| "`assay watch` said nothing".to_owned())?;
        sleep(PAUSE);
        Ok(scene)
    }

    /// Saves a file with other words. Returns the seconds until it is committed: from then on it answers.
    fn save(&mut self, number: u64) -> Result<f64, String> {
        let (file, word) = (number % self.files, 5_000_000 + number);
        let path = path(&self.folder, file);
        prose(&path, word, BYTES, &mut Chance::new(word)).map_err(|error| error.to_string())?;
        let begun = Instant::now();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        loop {
            let left = PATIENCE.saturating_sub(begun.elapsed());
            let told = self.told.recv_timeout(left).map_err(|_| format!("it was not read after {PATIENCE:?}"))?;
            let row = array(&told, "files").iter().find(|row| text(row, "name") == name);
            match row.map(|row| text(row, "state")) {
                Some("committed") => break,
                Some(state) => return Err(format!("it ended as {state}")),
                None => (),
            }
        }
        let seconds = begun.elapsed().as_secs_f64();
        self.saved.push(word);
        sleep(PAUSE);
        Ok(seconds)
    }

    fn processor_seconds(&self) -> Result<f64, String> {
        processor_seconds(self.program.id()).ok_or_else(|| "`assay watch` ended by itself".to_owned())
    }

    /// Ends the program. The words that were saved last answer.
    fn end(mut self) -> Result<(), String> {
        let asked = Command::new("kill").args(["-INT", &self.program.id().to_string()]).status();
        asked.map_err(|error| error.to_string())?;
        self.program.wait().map_err(|error| error.to_string())?;
        let words: Vec<String> = self.saved.iter().rev().take(self.files.min(8) as usize).map(|n| mark(*n)).collect();
        self.library.agrees(false)?;
        self.library.answers(&words)
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        // It has ended already if all went well.
        drop(self.program.kill());
        drop(self.program.wait());
    }
}

fn path(folder: &tempfile::TempDir, number: u64) -> PathBuf {
    let place = folder.path().join(format!("{:03}", number / 100));
    drop(fs::create_dir_all(&place));
    place.join(format!("ledger-{number:05}.txt"))
}
