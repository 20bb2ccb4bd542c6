//! Downloads that resume and cannot lie: a model is staged beside its place, every file is checked
//! against a hash that came from elsewhere than the bytes, and only then does it take its place.

mod hub;
mod journal;
mod plan;
mod fetch;
#[cfg(test)]
mod tests;

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, mpsc};
use std::time::{Duration, Instant};

use assay_domain::Cancel;
pub use hub::Patience;
use hub::{Fault, Hub};
use journal::Journal;
use plan::{Planned, plan};

use super::known::Known;
use super::manifest::Manifest;
use super::{Network, machine, place, scan};
use crate::EnginesError;
use fetch::{OnItsWay, Told};

/// Room that must stay free on the disk.
const MARGIN: u64 = 64 << 20;
/// How often progress is told.
const TICK: Duration = Duration::from_millis(100);

/// How a download runs.
#[derive(Debug, Clone, Copy)]
pub struct PullOptions {
    /// Requests at once.
    pub workers: usize,
    /// Bytes that one request asks for, at least.
    pub stretch: u64,
    /// With passing faults.
    pub patience: Patience,
    /// Free bytes where a folder lies.
    pub free: fn(&Path) -> Option<u64>,
}

impl Default for PullOptions {
    fn default() -> Self {
        let patience = Patience { tries: 6, first: Duration::from_millis(500) };
        Self { workers: 4, stretch: 16 << 20, patience, free: machine::disk_free }
    }
}

/// What a download is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Asking the hub what there is.
    Asking,
    /// Bytes are coming.
    Fetching,
    /// The bytes are being compared with their hashes.
    Checking,
}

/// How far a download is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// What it is doing.
    pub phase: Phase,
    /// Bytes here.
    pub done: u64,
    /// Bytes in all; `None` while a host does not say.
    pub total: Option<u64>,
    /// Bytes a second, lately.
    pub speed: f64,
    /// Seconds to go at that speed.
    pub seconds_left: Option<f64>,
}

/// The user's stop button, and the workers' own.
pub(super) struct Watch<'a> {
    cancel: &'a Cancel,
    over: AtomicBool,
}

impl Watch<'_> {
    fn stopped(&self) -> bool {
        self.cancel.is_stopped() || self.over.load(Ordering::Relaxed)
    }

    fn give_up(&self) {
        self.over.store(true, Ordering::Relaxed);
    }
}

/// Fetches a model and puts it in its place.
pub fn pull(
    network: &Network,
    model: &Known,
    folder: &Path,
    options: PullOptions,
    cancel: &Cancel,
    on: &mut dyn FnMut(Progress),
) -> Result<PathBuf, EnginesError> {
    let Some(repository) = &model.repository else {
        let path = folder.to_owned();
        return Err(EnginesError::NotAModel { path, reason: "it is not on the hub; import it instead".into() });
    };
    let models = folder.parent().unwrap_or(folder);
    let staging = models.join(format!(".{}.pulling", model.name));
    fs::create_dir_all(&staging).map_err(EnginesError::file(&staging))?;
    let _lock = alone(models, &model.name)?;
    let hub = Hub::new(network, options.patience)?;
    let watch = Watch { cancel, over: AtomicBool::new(false) };
    on(Progress { phase: Phase::Asking, done: 0, total: None, speed: 0.0, seconds_left: None });
    let files = plan(&hub, model, repository, (folder, &staging), &watch)?;
    room_for(&files, models, options.free)?;
    let (done, total) = fetch_all(&hub, &files, options, &watch, on)?;
    on(Progress { phase: Phase::Checking, done, total, speed: 0.0, seconds_left: None });
    for file in &files {
        take(model, file)?;
        scan::file(&file.whole)?;
    }
    let names: Vec<String> = files.iter().map(|file| file.name.clone()).collect();
    Manifest::write(&model.name, model.role, &model.family, &model.revision, &staging, &names)?;
    place::swap(&staging, folder)?;
    Ok(folder.to_owned())
}

/// Two downloads of one model would write over each other.
fn alone(models: &Path, name: &str) -> Result<File, EnginesError> {
    let path = models.join(format!(".{name}.lock"));
    let lock = File::options().create(true).truncate(false).write(true).open(&path);
    let lock = lock.map_err(EnginesError::file(&path))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(EnginesError::Busy { name: name.to_owned() }),
        Err(TryLockError::Error(source)) => Err(EnginesError::File { path, source }),
    }
}

fn room_for(files: &[Planned], models: &Path, free: fn(&Path) -> Option<u64>) -> Result<(), EnginesError> {
    let needed: u64 = files.iter().map(Planned::left).sum::<u64>() + MARGIN;
    match free(models) {
        Some(free) if free < needed => Err(EnginesError::NoRoom { folder: models.to_owned(), needed, free }),
        _ => Ok(()),
    }
}

/// All stretches of all files; bytes here and in all at the end.
fn fetch_all(
    hub: &Hub,
    files: &[Planned],
    options: PullOptions,
    watch: &Watch,
    on: &mut dyn FnMut(Progress),
) -> Result<(u64, Option<u64>), EnginesError> {
    let ways = files.iter().map(|file| on_its_way(file, options.stretch)).collect::<Result<Vec<_>, _>>()?;
    let total = files.iter().map(|file| file.length).sum::<Option<u64>>();
    let left: u64 = files.iter().map(Planned::left).sum();
    let mut speed = Speed::new(total.map_or(0, |total| total.saturating_sub(left)), total);
    on(speed.progress());
    let queue = Mutex::new(fetch::jobs(&ways));
    let (tell, told) = mpsc::channel();
    let ended = std::thread::scope(|scope| {
        let worker = |tell| {
            let (ways, queue) = (&ways, &queue);
            scope.spawn(move || fetch::work(hub, ways, queue, watch, &tell))
        };
        let workers: Vec<_> = (0..options.workers.max(1)).map(|_| worker(tell.clone())).collect();
        drop(tell);
        while let Ok(news) = told.recv() {
            match news {
                Told::Came(bytes) => speed.came(bytes),
                Told::Lost(bytes) => speed.lost(bytes),
            }
            if speed.is_time() {
                on(speed.progress());
            }
        }
        let ends = workers.into_iter().map(|worker| {
            worker.join().unwrap_or_else(|_| Err(hub::fault(&hub.address, &"a worker of the download panicked")))
        });
        // The workers that were told to stop say only that; the one that failed says why.
        let errors: Vec<EnginesError> = ends.filter_map(Result::err).collect();
        let first = errors.into_iter().min_by_key(|error| matches!(error, EnginesError::Stopped));
        first.map_or(Ok(()), Err)
    });
    ended?;
    on(speed.progress());
    ways.iter().filter(|way| !way.file.whole.is_file()).try_for_each(fetch::settle)?;
    Ok((speed.done, total))
}

fn on_its_way(file: &Planned, stretch: u64) -> Result<OnItsWay<'_>, EnginesError> {
    let journal = match file.length.filter(|_| file.ranges && !file.whole.is_file()) {
        // No more than some hundred requests for one file, however large.
        Some(length) => Some(Journal::open(&file.part, file.wanted.hex(), length, stretch.max(length / 128))?),
        None => None,
    };
    Ok(OnItsWay { file, journal: journal.map(Mutex::new) })
}

/// A part that is what it must be gets its name; one that is not is gone.
fn take(model: &Known, file: &Planned) -> Result<(), EnginesError> {
    if file.whole.is_file() {
        return Ok(());
    }
    let part = File::open(&file.part).and_then(|part| part.sync_all());
    part.map_err(EnginesError::file(&file.part))?;
    let found = file.wanted.of(&file.part).map_err(EnginesError::file(&file.part))?;
    if found != file.wanted.hex() {
        Journal::discard(&file.part);
        let (name, wanted) = (model.name.clone(), file.wanted.hex().to_owned());
        return Err(EnginesError::Damaged { name, file: file.whole.clone(), wanted, found });
    }
    fs::rename(&file.part, &file.whole).map_err(EnginesError::file(&file.whole))?;
    Journal::close(&file.part);
    Ok(())
}

/// Tries until it works, fails for good, or has brought nothing for too long.
fn patiently<T>(
    patience: Patience,
    watch: &Watch,
    url: &str,
    mut attempt: impl FnMut() -> Result<T, Fault>,
) -> Result<T, EnginesError> {
    let mut tried = 0;
    loop {
        if watch.stopped() {
            return Err(EnginesError::Stopped);
        }
        let (reason, wait, moved) = match attempt() {
            Ok(done) => return Ok(done),
            Err(Fault::Final(error)) => return Err(error),
            Err(Fault::Passing { reason, wait, moved }) => (reason, wait, moved),
        };
        tried = if moved { 0 } else { tried + 1 };
        if tried >= patience.tries {
            return Err(hub::fault(url, &reason));
        }
        let until = Instant::now() + patience.wait(tried, wait);
        while Instant::now() < until && !watch.stopped() {
            std::thread::sleep(until.saturating_duration_since(Instant::now()).min(TICK));
        }
    }
}

/// Bytes a second over the last moments, an older moment counting less.
struct Speed {
    done: u64,
    total: Option<u64>,
    since: Instant,
    fresh: u64,
    speed: f64,
}

impl Speed {
    fn new(done: u64, total: Option<u64>) -> Self {
        Self { done, total, since: Instant::now(), fresh: 0, speed: 0.0 }
    }

    fn came(&mut self, bytes: u64) {
        self.done += bytes;
        self.fresh += bytes;
    }

    fn lost(&mut self, bytes: u64) {
        self.done = self.done.saturating_sub(bytes);
    }

    fn is_time(&self) -> bool {
        self.since.elapsed() >= TICK
    }

    fn progress(&mut self) -> Progress {
        let seconds = self.since.elapsed().as_secs_f64();
        if seconds > 0.02 {
            let now = self.fresh as f64 / seconds;
            self.speed = if self.speed == 0.0 { now } else { 0.9 * self.speed + 0.1 * now };
            (self.since, self.fresh) = (Instant::now(), 0);
        }
        let left = self.total.map(|total| total.saturating_sub(self.done) as f64);
        let seconds_left = left.filter(|_| self.speed > 0.0).map(|left| left / self.speed);
        Progress { phase: Phase::Fetching, done: self.done, total: self.total, speed: self.speed, seconds_left }
    }
}
