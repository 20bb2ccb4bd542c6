//! Runs the program and samples memory and lifetime of the process and of the children that read files.

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
    /// Peak memory in KiB.
    pub peak_kib: u64,
    /// Seconds between the first and the last sample.
    pub lived: f64,
    /// Seconds of `lived` in which it ran an OCR program.
    pub recognising: f64,
}

/// The result of a run.
#[derive(Debug)]
pub struct Ended {
    /// The exit status.
    pub status: ExitStatus,
    /// Standard output.
    pub stdout: String,
    /// Lines of standard error, each with its second since the start.
    pub said: Vec<(f64, String)>,
    /// Wall-clock time in seconds.
    pub seconds: f64,
    /// Peak memory of the main process in KiB.
    pub peak_kib: u64,
    /// The children that read files.
    pub children: Vec<ReadingChild>,
}

impl Ended {
    /// Standard output as JSON.
    pub fn json(&self) -> Result<Value, String> {
        serde_json::from_str(&self.stdout).map_err(|error| {
            let head: String = self.stdout.chars().take(200).collect();
            format!("{} printed no JSON ({error}): {head:?}; stderr: {}", self.words(), self.complaint())
        })
    }

    /// Standard output as JSON; fails if it holds a problem of the whole library instead of rows.
    pub fn rows(&self) -> Result<Value, String> {
        let reply = self.json()?;
        if reply["problem"].is_null() { Ok(reply) } else { Err(format!("it failed: {}", reply["problem"])) }
    }

    /// The exit status in words.
    pub fn words(&self) -> String {
        self.status.to_string()
    }

    /// The last four lines of standard error.
    pub fn complaint(&self) -> String {
        let from = self.said.len().saturating_sub(4);
        self.said[from..].iter().map(|(_, line)| line.as_str()).collect::<Vec<_>>().join(" / ")
    }

    /// The share of printed estimates of the time left that were within a factor of two, among those
    /// printed at least ten seconds before the end.
    pub fn foretold(&self) -> String {
        let told = self.said.iter().filter_map(|(at, line)| {
            let (_, left) = line.split_once(", about ")?;
            Some((self.seconds - at, left.strip_suffix(" s left")?.parse::<f64>().ok()?))
        });
        let told: Vec<(f64, f64)> = told.filter(|(real, _)| *real >= 10.0).collect();
        let right = told.iter().filter(|(real, said)| (0.5..=2.0).contains(&(said / real))).count();
        format!("time left: {right} of {} estimates within a factor of two", told.len())
    }

    /// Fails if a signal ended the program or it panicked.
    pub fn survived(&self) -> Result<(), String> {
        if self.status.code().is_none() {
            return Err(format!("it crashed: {}; stderr: {}", self.words(), self.complaint()));
        }
        match self.said.iter().find(|(_, line)| line.contains("panicked at")) {
            Some((_, line)) => Err(format!("it panicked: {line}")),
            None => Ok(()),
        }
    }
}

/// Runs a command to its end and samples it.
pub fn watch(command: &mut Command) -> Ended {
    let begun = Instant::now();
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
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

/// Process id and start time. The kernel reuses ids, within minutes where several suites run; together with the
/// start time an id is unique.
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

/// The peak memory of a process in KiB.
pub fn peak(id: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().split(' ').next().and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// The seconds that the processors worked for a process and for its children that have ended: fields 14 to 17 of its
/// `stat`, in hundredths of a second on every Linux that programs see.
pub fn processor_seconds(id: u32) -> Option<f64> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11).take(4);
    Some(fields.filter_map(|field| field.parse::<f64>().ok()).sum::<f64>() / 100.0)
}

/// The start time of a process in clock ticks: field 22 of its `stat`. Field 2, the name, may contain blanks.
fn born(id: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    stat.rsplit_once(')')?.1.split_whitespace().nth(19)?.parse().ok()
}

fn children(id: u32) -> Vec<u32> {
    let tasks = fs::read_dir(format!("/proc/{id}/task")).into_iter().flatten().flatten();
    let lists = tasks.filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
    lists.flat_map(|list| list.split_whitespace().filter_map(|word| word.parse().ok()).collect::<Vec<_>>()).collect()
}
