//! Downloads that resume: a model is staged next to its place, every file is compared with a hash that does
//! not come with its bytes, and only then does the model take its place.

mod fault;
mod retry;
mod progress;
mod hub;
mod journal;
mod plan;
mod fetch;
#[cfg(test)]
mod tests;

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, mpsc};
use std::time::Duration;

use assay_domain::Cancel;

use crate::error::ModelsError;
use crate::known::Known;
use crate::manifest::Manifest;
use crate::network::Network;
use crate::{install, machine, scan};
use fault::fetch_error;
use fetch::{Arrival, Download};
use hub::Hub;
use journal::Journal;
use plan::{Planned, plan};
use progress::Speed;
pub use progress::{Phase, Progress};
pub use retry::RetryPolicy;
use retry::StopFlag;

/// Bytes that must stay free on the disk.
const MARGIN: u64 = 64 << 20;

/// How a download runs.
#[derive(Debug, Clone, Copy)]
pub struct PullOptions {
    /// Concurrent requests.
    pub workers: usize,
    /// Least bytes of one request.
    pub range: u64,
    /// How passing faults are retried.
    pub retries: RetryPolicy,
    /// Reports the free bytes where a folder lies.
    pub free: fn(&Path) -> Option<u64>,
}

impl Default for PullOptions {
    fn default() -> Self {
        let retries = RetryPolicy { tries: 6, first: Duration::from_millis(500) };
        Self { workers: 4, range: 16 << 20, retries, free: machine::disk_free }
    }
}

/// Fetches a model and puts it in its place.
///
/// # Errors
/// Fails if the model is not offered, if a file cannot be fetched, lacks a hash or differs from it, or if the
/// disk is full; what arrived is kept for the next run.
pub fn pull(
    network: &Network,
    model: &Known,
    folder: &Path,
    options: PullOptions,
    cancel: &Cancel,
    on: &mut dyn FnMut(Progress),
) -> Result<PathBuf, ModelsError> {
    if let Some(obstacle) = model.obstacle() {
        return Err(ModelsError::NotOffered { name: model.name.clone(), obstacle });
    }
    let Some(repository) = &model.repository else {
        let path = folder.to_owned();
        return Err(ModelsError::NotAModel { path, reason: "it is not on the hub; import it instead".into() });
    };
    let models = folder.parent().unwrap_or(folder);
    let staging = models.join(format!(".{}.pulling", model.name));
    fs::create_dir_all(&staging).map_err(ModelsError::file(&staging))?;
    let _lock = lock(models, &model.name)?;
    let hub = Hub::new(network, options.retries)?;
    let stop = StopFlag::new(cancel);
    on(Progress::standing(Phase::Asking, 0, None));
    let files = plan(&hub, model, repository, (folder, &staging), &stop)?;
    check_space(&files, models, options.free)?;
    let (done, total) = fetch_all(&hub, &files, options, &stop, on)?;
    on(Progress::standing(Phase::Checking, done, total));
    for file in &files {
        accept(model, file)?;
        scan::file(&file.whole)?;
    }
    let names: Vec<String> = files.iter().map(|file| file.name.clone()).collect();
    Manifest::write(&model.name, model.role, model.family.as_str(), &model.revision, &staging, &names)?;
    install::swap(&staging, folder)?;
    Ok(folder.to_owned())
}

/// Takes the lock of a model: two downloads of one model would overwrite each other.
fn lock(models: &Path, name: &str) -> Result<File, ModelsError> {
    let path = models.join(format!(".{name}.lock"));
    let lock = File::options().create(true).truncate(false).write(true).open(&path);
    let lock = lock.map_err(ModelsError::file(&path))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(ModelsError::AlreadyFetching { name: name.to_owned() }),
        Err(TryLockError::Error(source)) => Err(ModelsError::File { path, source }),
    }
}

fn check_space(files: &[Planned], models: &Path, free: fn(&Path) -> Option<u64>) -> Result<(), ModelsError> {
    let needed: u64 = files.iter().map(Planned::left).sum::<u64>() + MARGIN;
    match free(models) {
        Some(free) if free < needed => Err(ModelsError::DiskFull { folder: models.to_owned(), needed, free }),
        _ => Ok(()),
    }
}

/// Fetches all ranges of all files. Returns the bytes that are here, and the bytes in all.
fn fetch_all(
    hub: &Hub,
    files: &[Planned],
    options: PullOptions,
    stop: &StopFlag,
    on: &mut dyn FnMut(Progress),
) -> Result<(u64, Option<u64>), ModelsError> {
    let downloads = files.iter().map(|file| download(file, options.range)).collect::<Result<Vec<_>, _>>()?;
    let total = files.iter().map(|file| file.length).sum::<Option<u64>>();
    let left: u64 = files.iter().map(Planned::left).sum();
    let mut speed = Speed::new(total.map_or(0, |total| total.saturating_sub(left)), total);
    on(speed.progress());
    let queue = Mutex::new(fetch::jobs(&downloads));
    let (sender, arrivals) = mpsc::channel();
    let ended = std::thread::scope(|scope| {
        let worker = |sender| {
            let (downloads, queue) = (&downloads, &queue);
            scope.spawn(move || fetch::work(hub, downloads, queue, stop, &sender))
        };
        let workers: Vec<_> = (0..options.workers.max(1)).map(|_| worker(sender.clone())).collect();
        drop(sender);
        while let Ok(arrival) = arrivals.recv() {
            match arrival {
                Arrival::Bytes(bytes) => speed.arrived(bytes),
                Arrival::Lost(bytes) => speed.lost(bytes),
            }
            if speed.is_due() {
                on(speed.progress());
            }
        }
        let ends = workers.into_iter().map(|worker| {
            worker.join().unwrap_or_else(|_| Err(fetch_error(&hub.address, &"a worker of the download panicked")))
        });
        // Workers that were stopped report only that; the one that failed reports why.
        let errors: Vec<ModelsError> = ends.filter_map(Result::err).collect();
        let first = errors.into_iter().min_by_key(|error| matches!(error, ModelsError::Stopped));
        first.map_or(Ok(()), Err)
    });
    ended?;
    on(speed.progress());
    downloads.iter().filter(|download| !download.file.whole.is_file()).try_for_each(fetch::finish)?;
    Ok((speed.done(), total))
}

fn download(file: &Planned, range: u64) -> Result<Download<'_>, ModelsError> {
    let journal = match file.length.filter(|_| file.ranges && !file.whole.is_file()) {
        // At most 128 requests for one file, however large.
        Some(length) => Some(Journal::open(&file.part, file.wanted.hex(), length, range.max(length / 128))?),
        None => None,
    };
    Ok(Download { file, journal: journal.map(Mutex::new) })
}

/// Renames a part with the right hash to its file; deletes one with another hash.
fn accept(model: &Known, file: &Planned) -> Result<(), ModelsError> {
    if file.whole.is_file() {
        return Ok(());
    }
    let part = File::open(&file.part).and_then(|part| part.sync_all());
    part.map_err(ModelsError::file(&file.part))?;
    let found = file.wanted.of(&file.part).map_err(ModelsError::file(&file.part))?;
    if found != file.wanted.hex() {
        Journal::discard(&file.part);
        let (name, wanted) = (model.name.clone(), file.wanted.hex().to_owned());
        return Err(ModelsError::Damaged { name, file: file.whole.clone(), wanted, found });
    }
    fs::rename(&file.part, &file.whole).map_err(ModelsError::file(&file.whole))?;
    Journal::close(&file.part);
    Ok(())
}
