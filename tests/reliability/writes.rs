//! The `writes` suite: makes the n-th write fail with ENOSPC, EIO or EACCES, and checks that nothing is
//! corrupted, the message says what to do, and a second ingest completes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use super::cases::Cases;
use super::library::{GOOD, array, mark, named, note, text, utf8};
use super::options::Options;
use super::originals::Originals;
use super::process::watch;
use crate::{Library, root};

/// Documents that the failing ingest adds.
const DOCUMENTS: u64 = 20;
/// Documents that are ingested before.
const BEFORE: u64 = 3;
/// Error name, its number on Linux, and whether every later write fails too, as on a full disk.
const ERRORS: [(&str, i32, bool); 3] = [("ENOSPC", 28, true), ("EIO", 5, false), ("EACCES", 13, false)];

/// `writes [--stride 1] [--jobs 2] [--from 1] [--errors 1]`: every n with one of the errors in turn; with
/// `--errors 3`, every n with each error.
pub fn writes(options: &Options) -> Result<Cases, String> {
    let (stride, jobs) = (options.count("stride", 1).max(1), options.count("jobs", 2).max(1));
    let each = options.count("errors", 1).clamp(1, 3);
    let mut cases = Cases::new("writes");
    let Some(shim) = build()? else {
        cases.skip("this machine has no C compiler");
        return Ok(cases);
    };
    let scene = Scene::new(shim.clone())?;
    let originals = Originals::record(scene.folder.path());
    // Counts the calls of an ingest without a failure.
    let calls = scene.count()?;
    cases.figure(format!("an ingest of {DOCUMENTS} documents makes {calls} writing calls"));
    // 5 % more, because the number of calls varies from run to run.
    let wanted = calls + calls / 20 + 1;
    let from = options.count("from", 1).max(1);
    let turns: Vec<(u64, usize)> = (from..=wanted)
        .step_by(stride as usize)
        .flat_map(|n| (0..each).map(move |turn| (n, ((n / stride + turn) % 3) as usize)))
        .collect();
    let next = AtomicU64::new(0);
    let shared = Mutex::new((&mut cases, BTreeMap::<String, u32>::new(), 0u32));
    thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(|| {
                while let Some(&(n, error)) = turns.get(next.fetch_add(1, Ordering::Relaxed) as usize) {
                    let (name, code, stays) = ERRORS[error];
                    let outcome = scene.strike(n, code, stays);
                    let mut shared = shared.lock().unwrap();
                    match outcome {
                        Ok(Hit::Missed) => shared.2 += 1,
                        Ok(Hit::At(call, end)) => {
                            *shared.1.entry(end).or_default() += 1;
                            shared.0.check(&format!("{name} at {n}: {call}"), Ok(()));
                        }
                        Err(why) => shared.0.check(&format!("{name} at {n}"), Err(why)),
                    }
                }
            });
        }
    });
    let (_, ends, missed) = shared.into_inner().unwrap();
    cases.figure(format!("ends {ends:?}; {missed} runs made fewer than n calls"));
    originals.compare(&mut cases);
    let _ = fs::remove_file(shim);
    Ok(cases)
}

/// Compiles the shim; `None` if there is no compiler.
fn build() -> Result<Option<PathBuf>, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let shim = program.with_file_name(format!("fault-{}.so", std::process::id()));
    if Command::new("cc").arg("--version").output().is_err() {
        return Ok(None);
    }
    let mut cc = Command::new("cc");
    cc.args(["-shared", "-fPIC", "-O1", "-Wno-nonnull-compare", "-o"])
        .arg(&shim)
        .arg(root().join("tests/reliability/fault.c"));
    let done = cc.arg("-ldl").output().map_err(|error| error.to_string())?;
    if done.status.success() { Ok(Some(shim)) } else { Err(String::from_utf8_lossy(&done.stderr).into_owned()) }
}

enum Hit {
    /// The program made fewer than n calls.
    Missed,
    /// The call that failed, and how the ingest ended.
    At(String, String),
}

struct Scene {
    shim: PathBuf,
    library: Library,
    folder: tempfile::TempDir,
    words: Vec<String>,
}

impl Scene {
    fn new(shim: PathBuf) -> Result<Self, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let library = Library::quick("");
        let mut words = Vec::new();
        for number in 0..BEFORE + DOCUMENTS {
            if number == BEFORE {
                library.take_in(folder.path())?;
            }
            let word = mark(number);
            fs::write(folder.path().join(format!("note-{number}.txt")), note(&word))
                .map_err(|error| error.to_string())?;
            words.push(word);
        }
        Ok(Self { shim, library, folder, words })
    }

    fn ingest(&self, library: &Library, n: u64, code: i32, stays: bool, log: &Path) -> Command {
        let mut command = library.command(&["ingest", utf8(self.folder.path()), "--json"]);
        let root = library.data.path().canonicalize().unwrap();
        command.env("LD_PRELOAD", &self.shim).env("FAULT_ROOT", root).env("FAULT_LOG", log);
        command.env("FAULT_AT", n.to_string()).env("FAULT_ERRNO", code.to_string());
        command.env("FAULT_STAYS", if stays { "1" } else { "0" });
        command
    }

    /// The number of writing calls of an ingest without a failure.
    fn count(&self) -> Result<u64, String> {
        let (library, logs) = (self.library.copy(), tempfile::tempdir().map_err(|error| error.to_string())?);
        let log = logs.path().join("log");
        let ended = watch(&mut self.ingest(&library, 0, 0, false, &log));
        ended.survived()?;
        let text = fs::read_to_string(&log).map_err(|error| format!("the shim wrote nothing: {error}"))?;
        let numbers = text.lines().filter_map(|line| line.strip_prefix("calls ")?.split(' ').next()?.parse().ok());
        numbers.max().ok_or_else(|| format!("the shim counted nothing: {text}"))
    }

    fn strike(&self, n: u64, code: i32, stays: bool) -> Result<Hit, String> {
        let (library, logs) = (self.library.copy(), tempfile::tempdir().map_err(|error| error.to_string())?);
        let log = logs.path().join("log");
        let ended = watch(&mut self.ingest(&library, n, code, stays, &log));
        let told = fs::read_to_string(&log).unwrap_or_default();
        let Some(call) = told.lines().find_map(|line| line.strip_prefix("failed ")) else {
            return Ok(Hit::Missed);
        };
        let shown = call.replace(utf8(&library.data.path().canonicalize().unwrap()), "");
        let at = |why: String| format!("{shown}: {why}");
        ended.survived().map_err(at)?;
        let end = said(&ended).map_err(at)?;

        library.agrees(true).map_err(|why| at(format!("after reopening: {why}")))?;
        library.answers(&self.words[..BEFORE as usize]).map_err(|why| at(format!("after reopening: {why}")))?;
        let again = library.take_in(self.folder.path()).map_err(|why| at(format!("the second ingest: {why}")))?;
        if array(&again, "files").len() as u64 != BEFORE + DOCUMENTS {
            return Err(at(format!("the second ingest has {} rows", array(&again, "files").len())));
        }
        library.agrees(false).map_err(|why| at(format!("after the second try: {why}")))?;
        let from = BEFORE as usize + (n as usize % 3) * 6;
        library.answers(&self.words[from..from + 8]).map_err(|why| at(format!("after the second try: {why}")))?;
        Ok(Hit::At(shown, end))
    }
}

/// How the ingest ended: everything ingested, or a problem with a message and an action.
fn said(ended: &super::process::Ended) -> Result<String, String> {
    if ended.stdout.is_empty() && !ended.status.success() {
        return Err(format!("it ended with {} and no JSON; stderr: {}", ended.words(), ended.complaint()));
    }
    let reply = ended.json()?;
    let problem = &reply["problem"];
    if !problem.is_null() {
        let (message, action) = (text(problem, "message"), text(problem, "action"));
        let clear = !message.trim().is_empty() && !action.trim().is_empty() && problem["problem"] != "bug";
        return if clear { Ok(text(problem, "problem").to_owned()) } else { Err(format!("not clear: {problem}")) };
    }
    let files = array(&reply, "files");
    files.iter().try_for_each(named)?;
    let failed = files.iter().find(|file| !GOOD.contains(&text(file, "state")));
    match failed {
        Some(file) if ended.status.success() => Err(format!("status 0 although {file}")),
        Some(_) => Ok("some files failed".to_owned()),
        None => Ok("tolerated".to_owned()),
    }
}
