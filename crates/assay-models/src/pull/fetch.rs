//! Fetches the bytes: several workers take byte ranges of all files from one queue, retry passing faults,
//! and continue where they stopped.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::sync::mpsc::Sender;
use std::sync::{Mutex, PoisonError};

use super::fault::{Fault, fetch_error};
use super::hub::{Answered, Hub};
use super::journal::{Journal, Range};
use super::plan::Planned;
use super::retry::{StopFlag, retry};
use crate::error::ModelsError;

/// The journal is written each time this many bytes arrived.
const SAVE_EVERY: u64 = 4 << 20;

/// A file being fetched; the journal is `None` for a host that sends no byte ranges.
pub struct Download<'a> {
    /// The file.
    pub file: &'a Planned,
    /// The ranges that arrived.
    pub journal: Option<Mutex<Journal>>,
}

/// What a worker reports.
pub enum Arrival {
    /// Bytes that arrived.
    Bytes(u64),
    /// Bytes that have to arrive again, because the host sends no byte ranges and the file begins anew.
    Lost(u64),
}

/// A job: the number of the file, and of its range if the host sends byte ranges.
pub type Job = (usize, Option<usize>);

/// Every range that is not complete.
pub fn jobs(files: &[Download<'_>]) -> VecDeque<Job> {
    let of = |(number, file): (usize, &Download<'_>)| match &file.journal {
        None => vec![(number, None)],
        Some(journal) => {
            let journal = journal.lock().unwrap_or_else(PoisonError::into_inner);
            let open = journal.ranges.iter().enumerate().filter(|(_, range)| range.left() > 0);
            open.map(|(range, _)| (number, Some(range))).collect()
        }
    };
    files.iter().enumerate().filter(|(_, download)| !download.file.whole.is_file()).flat_map(of).collect()
}

/// Takes jobs until there are none. The first error stops every worker.
pub fn work(
    hub: &Hub,
    files: &[Download<'_>],
    queue: &Mutex<VecDeque<Job>>,
    stop: &StopFlag,
    sender: &Sender<Arrival>,
) -> Result<(), ModelsError> {
    loop {
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let Some((number, range)) = job else { return Ok(()) };
        let Some(download) = files.get(number) else { return Ok(()) };
        let mut on = |bytes: u64| drop(sender.send(Arrival::Bytes(bytes)));
        let done = match (&download.journal, range) {
            (Some(journal), Some(range)) => part(hub, download.file, journal, range, stop, &mut on),
            _ => whole(hub, download.file, stop, sender),
        };
        if done.is_err() {
            stop.give_up();
            return done;
        }
    }
}

fn part(
    hub: &Hub,
    file: &Planned,
    journal: &Mutex<Journal>,
    number: usize,
    stop: &StopFlag,
    on: &mut dyn FnMut(u64),
) -> Result<(), ModelsError> {
    let now = || {
        let journal = journal.lock().unwrap_or_else(PoisonError::into_inner);
        (journal.ranges.get(number).copied().unwrap_or(Range { from: 0, to: 0, at: 0 }), journal.length)
    };
    let keep = |at: u64, save: bool| {
        let mut journal = journal.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(range) = journal.ranges.get_mut(number) {
            range.at = at;
        }
        if save { journal.save(&file.part) } else { Ok(()) }
    };
    let fetched = retry(hub.retries, stop, &file.url, || {
        let (range, length) = now();
        let answered = hub.get(&file.url, Some((range.at, range.to)))?;
        let skip = skipped(&answered, range.at, length)?;
        let mut out = File::options().write(true).open(&file.part).map_err(disk_error(file))?;
        out.seek(SeekFrom::Start(range.at)).map_err(disk_error(file))?;
        let (mut at, mut unsaved) = (range.at, 0);
        let end = copy(answered, &mut out, skip, range.left(), stop, file, &mut |bytes| {
            at += bytes;
            unsaved += bytes;
            on(bytes);
            keep(at, unsaved >= SAVE_EVERY).map_err(Fault::Final)?;
            unsaved %= SAVE_EVERY;
            Ok(())
        });
        end.map_err(|fault| match fault {
            Fault::Passing { reason, wait, .. } => Fault::Passing { reason, wait, moved: at > range.at },
            fault => fault,
        })
    });
    keep(now().0.at, true)?;
    fetched
}

fn whole(hub: &Hub, file: &Planned, stop: &StopFlag, sender: &Sender<Arrival>) -> Result<(), ModelsError> {
    retry(hub.retries, stop, &file.url, || {
        let answered = hub.get(&file.url, None)?;
        let length = answered.response.body().content_length().or(file.length);
        let mut out = File::create(&file.part).map_err(disk_error(file))?;
        let mut came = 0;
        let end = copy(answered, &mut out, 0, length.unwrap_or(u64::MAX), stop, file, &mut |bytes| {
            came += bytes;
            let _ = sender.send(Arrival::Bytes(bytes));
            Ok(())
        });
        let end = match end {
            // Without a stated length the end of the stream is the end of the file.
            Err(Fault::Passing { .. }) if length.is_none() && came > 0 => Ok(()),
            end => end,
        };
        if end.is_err() {
            let _ = sender.send(Arrival::Lost(came));
        }
        end
    })
}

/// How many bytes of the body come before the wanted ones.
fn skipped(answered: &Answered, at: u64, length: u64) -> Result<u64, Fault> {
    let other = |reason: &str| Err(Fault::passing(reason));
    if answered.response.status().as_u16() == 206 {
        return match answered.range() {
            Some((from, whole)) if from == at && whole == length => Ok(0),
            Some((_, whole)) if whole != length => other("the file there has another length now"),
            _ => other("the host sent another part than was asked for"),
        };
    }
    match answered.response.body().content_length() {
        Some(whole) if whole != length => other("the file there has another length now"),
        _ => Ok(at),
    }
}

/// Copies a body to a file: skips `skip` bytes, then writes at most `most` bytes.
fn copy(
    answered: Answered,
    out: &mut File,
    mut skip: u64,
    most: u64,
    stop: &StopFlag,
    file: &Planned,
    came: &mut dyn FnMut(u64) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let mut body = answered.response.into_body().into_reader();
    let mut buffer = vec![0; 1 << 17];
    let mut left = most;
    while left > 0 {
        if stop.stopped() {
            return Err(Fault::Final(ModelsError::Stopped));
        }
        let read = body.read(&mut buffer).map_err(|error| Fault::passing(error.to_string()))?;
        if read == 0 {
            return Err(Fault::passing(format!("the connection ended {left} bytes early")));
        }
        let past = skip.min(read as u64);
        skip -= past;
        let fresh = buffer.get(past as usize..read).unwrap_or_default();
        let fresh = fresh.get(..fresh.len().min(usize::try_from(left).unwrap_or(usize::MAX))).unwrap_or_default();
        out.write_all(fresh).map_err(disk_error(file))?;
        left -= fresh.len() as u64;
        if !fresh.is_empty() {
            came(fresh.len() as u64)?;
        }
    }
    Ok(())
}

/// An error of the disk, which another try would not help.
fn disk_error(file: &Planned) -> impl Fn(std::io::Error) -> Fault {
    let path = file.part.clone();
    move |source| Fault::Final(ModelsError::File { path: path.clone(), source })
}

/// Checks after the last worker that every byte arrived.
pub fn finish(download: &Download<'_>) -> Result<(), ModelsError> {
    let Some(journal) = &download.journal else { return Ok(()) };
    let left = journal.lock().unwrap_or_else(PoisonError::into_inner).left();
    if left == 0 { Ok(()) } else { Err(fetch_error(&download.file.url, &format!("{left} bytes are still missing"))) }
}
