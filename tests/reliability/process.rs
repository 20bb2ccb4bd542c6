//! Watches a run of the program: memory and lifetime of the process and of the children that read files.

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

/// Time between two samples.
const GLANCE: Duration = Duration::from_millis(15);

/// A child that read a file.
#[derive(Debug, Clone, Default)]
pub struct ReadingChild {
    /// Most memory in use, in KiB.
    pub peak_kib: u64,
    /// Seconds that it was seen.
    pub lived: f64,
    /// Seconds of these in which a program that recognises pictures ran for it.
    pub recognising: f64,
}

/// How a run ended.
#[derive(Debug)]
pub struct Ended {
    /// The exit status.
    pub status: ExitStatus,
    /// What was printed.
    pub stdout: String,
    /// What was said, each line with the second it came at.
    pub said: Vec<(f64, String)>,
    /// Wall-clock time.
    pub seconds: f64,
    /// Most memory of the program itself in use, in KiB.
    pub peak_kib: u64,
    /// The children that read files.
    pub children: Vec<ReadingChild>,
}

impl Ended {
    /// The JSON that was printed.
    pub fn json(&self) -> Result<Value, String> {
        serde_json::from_str(&self.stdout).map_err(|error| {
            let head: String = self.stdout.chars().take(200).collect();
            format!("{} printed no JSON ({error}): {head:?}; it said: {}", self.words(), self.complaint())
        })
    }

    /// The same, unless it holds a problem of the whole library instead of rows.
    pub fn rows(&self) -> Result<Value, String> {
        let reply = self.json()?;
        if reply["problem"].is_null() { Ok(reply) } else { Err(format!("it gave up: {}", reply["problem"])) }
    }

    /// The exit, described.
    pub fn words(&self) -> String {
        self.status.to_string()
    }

    /// Its last lines on stderr.
    pub fn complaint(&self) -> String {
        let from = self.said.len().saturating_sub(4);
        self.said[from..].iter().map(|(_, line)| line.as_str()).collect::<Vec<_>>().join(" / ")
    }

    /// How often the time left that it told was right within a factor of two, of all times it told while
    /// ten seconds or more were left.
    pub fn foretold(&self) -> String {
        let told = self.said.iter().filter_map(|(at, line)| {
            let (_, left) = line.split_once(", about ")?;
            Some((self.seconds - at, left.strip_suffix(" s left")?.parse::<f64>().ok()?))
        });
        let told: Vec<(f64, f64)> = told.filter(|(real, _)| *real >= 10.0).collect();
        let right = told.iter().filter(|(real, said)| (0.5..=2.0).contains(&(said / real))).count();
        format!("time left: within a factor of two in {right} of the {} times it was told", told.len())
    }

    /// The program ended by itself and did not panic.
    pub fn survived(&self) -> Result<(), String> {
        if self.status.code().is_none() {
            return Err(format!("it died: {}; it said: {}", self.words(), self.complaint()));
        }
        match self.said.iter().find(|(_, line)| line.contains("panicked at")) {
            Some((_, line)) => Err(format!("it panicked: {line}")),
            None => Ok(()),
        }
    }
}

/// Runs a command to its end and watches it.
pub fn watch(command: &mut Command) -> Ended {
    let begun = Instant::now();
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it can be started");
    let id = child.id();
    let (mut out, err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let printed = thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = out.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    });
    let said = thread::spawn(move || {
        let lines = BufReader::new(err).split(b'\n').map_while(Result::ok);
        lines.map(|line| (begun.elapsed().as_secs_f64(), String::from_utf8_lossy(&line).into_owned())).collect()
    });
    let mut sight = Sight::default();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        sight.look(id);
        thread::sleep(GLANCE);
    };
    let (stdout, said) = (printed.join().unwrap(), said.join().unwrap());
    let children = sight.children.into_values().collect();
    Ended { status, stdout, said, seconds: begun.elapsed().as_secs_f64(), peak_kib: sight.peak_kib, children }
}

/// A number is given again once all have been used, which takes minutes where several suites run; with the moment it
/// was given at, there is one process.
type Process = (u32, u64);

#[derive(Default)]
struct Sight {
    peak_kib: u64,
    last: Option<Instant>,
    begun: HashMap<Process, Instant>,
    children: HashMap<Process, ReadingChild>,
}

impl Sight {
    fn look(&mut self, id: u32) {
        let now = Instant::now();
        let since = self.last.map_or(0.0, |last| (now - last).as_secs_f64());
        self.last = Some(now);
        let mut open = vec![(id, None)];
        while let Some((id, mut reader)) = open.pop() {
            let words = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
            let words: Vec<&[u8]> = words.split(|byte| *byte == 0).collect();
            let program = words.first().and_then(|word| word.rsplit(|byte| *byte == b'/').next()).unwrap_or_default();
            let reads = words.windows(2).any(|pair| pair == [&b"worker"[..], &b"read"[..]]);
            if let Some(process) = born(id).filter(|_| reads).map(|born| (id, born)) {
                reader = Some(process);
                let child = self.children.entry(process).or_default();
                child.peak_kib = child.peak_kib.max(peak(id));
                child.lived = (now - *self.begun.entry(process).or_insert(now)).as_secs_f64();
            } else if let Some(child) = reader.and_then(|reader| self.children.get_mut(&reader)) {
                child.recognising += since;
            } else if program.starts_with(b"assay") {
                self.peak_kib = self.peak_kib.max(peak(id));
            }
            open.extend(children(id).into_iter().map(|child| (child, reader)));
        }
    }
}

/// The most memory that a process had in use, in KiB.
pub fn peak(id: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().split(' ').next().and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// When a process began, in the system's ticks: field 22 of its `stat`, whose second may hold blanks.
fn born(id: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    stat.rsplit_once(')')?.1.split_whitespace().nth(19)?.parse().ok()
}

fn children(id: u32) -> Vec<u32> {
    let tasks = fs::read_dir(format!("/proc/{id}/task")).into_iter().flatten().flatten();
    let lists = tasks.filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
    lists.flat_map(|list| list.split_whitespace().filter_map(|word| word.parse().ok()).collect::<Vec<_>>()).collect()
}
