//! The bytes themselves: stretches of all files in one queue, several workers, each waiting out
//! what passes and going on where it stopped.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::sync::mpsc::Sender;
use std::sync::{Mutex, PoisonError};

use super::hub::{Answered, Fault, Hub, fault};
use super::journal::{Journal, Stretch};
use super::plan::Planned;
use super::{Watch, patiently};
use crate::EnginesError;

/// The journal is written each time so many bytes have come.
const SAVE_EVERY: u64 = 4 << 20;

/// A file on its way; the journal is `None` for a host that sends no parts.
pub struct OnItsWay<'a> {
    /// What it is.
    pub file: &'a Planned,
    /// How far it is.
    pub journal: Option<Mutex<Journal>>,
}

/// What a worker tells: bytes that came, or that the first so many must come again.
pub enum Told {
    /// Came.
    Came(u64),
    /// Were lost, because the host sends no parts and the file begins again.
    Lost(u64),
}

/// A place in the queue: number of the file, and of the stretch where the host sends parts.
pub type Job = (usize, Option<usize>);

/// Every stretch that is not whole yet.
pub fn jobs(files: &[OnItsWay<'_>]) -> VecDeque<Job> {
    let of = |(number, file): (usize, &OnItsWay<'_>)| match &file.journal {
        None => vec![(number, None)],
        Some(journal) => {
            let journal = journal.lock().unwrap_or_else(PoisonError::into_inner);
            let open = journal.stretches.iter().enumerate().filter(|(_, stretch)| stretch.left() > 0);
            open.map(|(stretch, _)| (number, Some(stretch))).collect()
        }
    };
    files.iter().enumerate().filter(|(_, way)| !way.file.whole.is_file()).flat_map(of).collect()
}

/// Takes jobs until there are none. The first error ends every worker.
pub fn work(
    hub: &Hub,
    files: &[OnItsWay<'_>],
    queue: &Mutex<VecDeque<Job>>,
    watch: &Watch,
    tell: &Sender<Told>,
) -> Result<(), EnginesError> {
    loop {
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let Some((number, stretch)) = job else { return Ok(()) };
        let Some(way) = files.get(number) else { return Ok(()) };
        let mut say = |bytes: u64| drop(tell.send(Told::Came(bytes)));
        let done = match (&way.journal, stretch) {
            (Some(journal), Some(stretch)) => part(hub, way.file, journal, stretch, watch, &mut say),
            _ => whole(hub, way.file, watch, tell),
        };
        if done.is_err() {
            watch.give_up();
            return done;
        }
    }
}

fn part(
    hub: &Hub,
    file: &Planned,
    journal: &Mutex<Journal>,
    number: usize,
    watch: &Watch,
    say: &mut dyn FnMut(u64),
) -> Result<(), EnginesError> {
    let now = || {
        let journal = journal.lock().unwrap_or_else(PoisonError::into_inner);
        (journal.stretches.get(number).copied().unwrap_or(Stretch { from: 0, to: 0, at: 0 }), journal.length)
    };
    let keep = |at: u64, save: bool| {
        let mut journal = journal.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(stretch) = journal.stretches.get_mut(number) {
            stretch.at = at;
        }
        if save { journal.save(&file.part) } else { Ok(()) }
    };
    let fetched = patiently(hub.patience, watch, &file.url, || {
        let (stretch, length) = now();
        let answered = hub.get(&file.url, Some((stretch.at, stretch.to)))?;
        let skip = beginning(&answered, stretch.at, length)?;
        let mut out = File::options().write(true).open(&file.part).map_err(stays(file))?;
        out.seek(SeekFrom::Start(stretch.at)).map_err(stays(file))?;
        let (mut at, mut unsaved) = (stretch.at, 0);
        let end = pour(answered, &mut out, skip, stretch.left(), watch, file, &mut |bytes| {
            at += bytes;
            unsaved += bytes;
            say(bytes);
            keep(at, unsaved >= SAVE_EVERY).map_err(Fault::Final)?;
            unsaved %= SAVE_EVERY;
            Ok(())
        });
        end.map_err(|fault| match fault {
            Fault::Passing { reason, wait, .. } => Fault::Passing { reason, wait, moved: at > stretch.at },
            fault => fault,
        })
    });
    keep(now().0.at, true)?;
    fetched
}

fn whole(hub: &Hub, file: &Planned, watch: &Watch, tell: &Sender<Told>) -> Result<(), EnginesError> {
    patiently(hub.patience, watch, &file.url, || {
        let answered = hub.get(&file.url, None)?;
        let length = answered.response.body().content_length().or(file.length);
        let mut out = File::create(&file.part).map_err(stays(file))?;
        let mut came = 0;
        let end = pour(answered, &mut out, 0, length.unwrap_or(u64::MAX), watch, file, &mut |bytes| {
            came += bytes;
            let _ = tell.send(Told::Came(bytes));
            Ok(())
        });
        let end = match end {
            // Without a stated length the end of the stream is the end of the file.
            Err(Fault::Passing { .. }) if length.is_none() && came > 0 => Ok(()),
            end => end,
        };
        if end.is_err() {
            let _ = tell.send(Told::Lost(came));
        }
        end
    })
}

/// How many bytes of the answer come before the wanted ones.
fn beginning(answered: &Answered, at: u64, length: u64) -> Result<u64, Fault> {
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

/// Body to file, `skip` bytes passed over, never more than `most` bytes after them.
fn pour(
    answered: Answered,
    out: &mut File,
    mut skip: u64,
    most: u64,
    watch: &Watch,
    file: &Planned,
    came: &mut dyn FnMut(u64) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let mut body = answered.response.into_body().into_reader();
    let mut buffer = vec![0; 1 << 17];
    let mut left = most;
    while left > 0 {
        if watch.stopped() {
            return Err(Fault::Final(EnginesError::Stopped));
        }
        let read = body.read(&mut buffer).map_err(|error| Fault::passing(error.to_string()))?;
        if read == 0 {
            return Err(Fault::passing(format!("the connection ended {left} bytes early")));
        }
        let past = skip.min(read as u64);
        skip -= past;
        let fresh = buffer.get(past as usize..read).unwrap_or_default();
        let fresh = fresh.get(..fresh.len().min(usize::try_from(left).unwrap_or(usize::MAX))).unwrap_or_default();
        out.write_all(fresh).map_err(stays(file))?;
        left -= fresh.len() as u64;
        if !fresh.is_empty() {
            came(fresh.len() as u64)?;
        }
    }
    Ok(())
}

/// A disk that refuses will not be persuaded by trying again.
fn stays(file: &Planned) -> impl Fn(std::io::Error) -> Fault {
    let path = file.part.clone();
    move |source| Fault::Final(EnginesError::File { path: path.clone(), source })
}

/// After the last worker: is everything there, as far as lengths say?
pub fn optimize(way: &OnItsWay<'_>) -> Result<(), EnginesError> {
    let Some(journal) = &way.journal else { return Ok(()) };
    let left = journal.lock().unwrap_or_else(PoisonError::into_inner).left();
    if left == 0 { Ok(()) } else { Err(fault(&way.file.url, &format!("{left} bytes are still missing"))) }
}
