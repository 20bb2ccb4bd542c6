//! The thread that owns an engine, and the handle by which asynchronous code sends it work.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::EncoderError;
use crate::schedule::{Priority, Progress, Scheduler, Turn};

/// Work that an engine does batch by batch. It holds the sending end of its reply and checks whether the receiver still
/// waits.
pub(crate) trait Job<E>: Send {
    /// Computes batches until none is left or the turn gives way. It goes on where it was when it is called again.
    fn run(&mut self, engine: &mut E, turn: &Turn<'_>) -> Progress;
}

/// Jobs by their numbers.
type Jobs<E> = Arc<Mutex<HashMap<u64, Box<dyn Job<E>>>>>;

/// A handle to the thread that owns an engine. Jobs run one at a time, in the order of the scheduler. The thread ends
/// when the handle is dropped.
pub(crate) struct EngineThread<E> {
    scheduler: Arc<Scheduler>,
    number: u64,
    jobs: Jobs<E>,
}

impl<E: Send + 'static> EngineThread<E> {
    /// Moves an engine to a new thread, which shares the cores with all other engines of the process.
    pub fn start(name: &str, engine: E) -> Result<Self, EncoderError> {
        Self::start_with(Scheduler::shared(), name, engine)
    }

    /// As [`Self::start`] with a scheduler of its own.
    pub fn start_with(scheduler: Arc<Scheduler>, name: &str, mut engine: E) -> Result<Self, EncoderError> {
        let handle = Self { number: scheduler.register(), scheduler, jobs: Jobs::default() };
        let (scheduler, number, jobs) = (handle.scheduler.clone(), handle.number, handle.jobs.clone());
        let run = move || {
            while let Some((job, turn)) = scheduler.wait(number) {
                // A panic is a fault in this crate. It costs one job, whose dropped reply reads as `EngineGone`.
                // The engine stays usable, because it overwrites all its memory for each batch.
                let taken = jobs.lock().unwrap_or_else(PoisonError::into_inner).remove(&job);
                let Some(mut work) = taken else { continue };
                let progress = catch_unwind(AssertUnwindSafe(|| work.run(&mut engine, &turn)));
                let progress = progress.unwrap_or(Progress::Done);
                if progress != Progress::Done {
                    jobs.lock().unwrap_or_else(PoisonError::into_inner).insert(job, work);
                }
                scheduler.finish(turn, progress);
            }
            jobs.lock().unwrap_or_else(PoisonError::into_inner).clear();
        };
        let spawned = thread::Builder::new().name(name.to_string()).spawn(run);
        spawned.map_err(|error| EncoderError::Device { device: "cpu".into(), reason: error.to_string() })?;
        Ok(handle)
    }

    /// Queues a job. If the thread has ended, the job and its reply are dropped.
    pub fn submit(&self, priority: Priority, job: impl Job<E> + 'static) {
        let number = self.scheduler.number();
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner).insert(number, Box::new(job));
        self.scheduler.submit(self.number, number, priority);
    }
}

impl<E> Drop for EngineThread<E> {
    fn drop(&mut self) {
        self.scheduler.close(self.number);
    }
}
