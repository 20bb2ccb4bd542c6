//! The thread that owns an engine, and the handle by which asynchronous code sends it work.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Sender, channel};
use std::thread;

use crate::EncoderError;

type Job<E> = Box<dyn FnOnce(&mut E) + Send>;

/// A handle to the thread that owns an engine. Jobs run in order, one at a time. Each holds the sending end of its
/// reply and checks whether the receiver still waits. The thread ends when the handle is dropped.
pub(crate) struct EngineThread<E> {
    jobs: Sender<Job<E>>,
}

impl<E: Send + 'static> EngineThread<E> {
    /// Moves an engine to a new thread.
    pub fn start(name: &str, mut engine: E) -> Result<Self, EncoderError> {
        let (jobs, inbox) = channel::<Job<E>>();
        let run = move || {
            for job in inbox {
                // A panic is a fault in this crate. It costs one job, whose dropped reply reads as `EngineGone`.
                // The engine stays usable, because it overwrites all its memory for each batch.
                let _ = catch_unwind(AssertUnwindSafe(|| job(&mut engine)));
            }
        };
        let spawned = thread::Builder::new().name(name.to_string()).spawn(run);
        spawned.map_err(|error| EncoderError::Device { device: "cpu".into(), reason: error.to_string() })?;
        Ok(Self { jobs })
    }

    /// Queues a job. If the thread has ended, the job and its reply are dropped.
    pub fn submit(&self, job: impl FnOnce(&mut E) + Send + 'static) {
        let _ = self.jobs.send(Box::new(job));
    }
}
