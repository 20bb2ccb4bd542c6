//! The thread that owns an engine, and the way to it from asynchronous code.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Sender, channel};
use std::thread;

use crate::EncoderError;

type Job<E> = Box<dyn FnOnce(&mut E) + Send>;

/// Sends work to the one thread that owns an engine. Jobs run in order, one at a time; each holds
/// the sending end of its reply and looks whether anybody still waits. The thread ends with the
/// last handle.
pub(crate) struct EngineThread<E> {
    jobs: Sender<Job<E>>,
}

impl<E: Send + 'static> EngineThread<E> {
    /// Moves an engine to a new thread.
    pub fn start(name: &str, mut engine: E) -> Result<Self, EncoderError> {
        let (jobs, inbox) = channel::<Job<E>>();
        let run = move || {
            for job in inbox {
                // A panic is a fault in this crate. It costs the one job, whose reply is dropped
                // and read as `EngineGone`; an engine writes all its memory anew for each batch.
                let _ = catch_unwind(AssertUnwindSafe(|| job(&mut engine)));
            }
        };
        let spawned = thread::Builder::new().name(name.to_string()).spawn(run);
        spawned.map_err(|error| EncoderError::Device { device: "cpu".into(), reason: error.to_string() })?;
        Ok(Self { jobs })
    }

    /// Queues a job. If the thread is gone the job is dropped, and with it its reply.
    pub fn submit(&self, job: impl FnOnce(&mut E) + Send + 'static) {
        let _ = self.jobs.send(Box::new(job));
    }
}
