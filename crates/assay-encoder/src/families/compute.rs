//! Where a family of rerankers computes: its device and its threads, with the count of what it read.

use std::sync::Arc;

use candle_core::Device;

use super::per_sequence::threads_of;
use crate::EncoderError;
use crate::counters::Tally;
use crate::tensor_encoder::device_failed;

/// A device and threads that bound candle's operations.
pub(crate) struct Compute {
    device: Device,
    threads: rayon::ThreadPool,
    tally: Arc<Tally>,
}

impl Compute {
    /// Starts the threads.
    pub fn start(device: Device, threads: usize) -> Result<Self, EncoderError> {
        Ok(Self { device, threads: threads_of(threads)?, tally: Arc::default() })
    }

    /// The device.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// The counters, for another thread to read.
    pub fn tally(&self) -> Arc<Tally> {
        self.tally.clone()
    }

    /// Runs operations that read this number of tokens.
    pub fn run<T: Send>(
        &self,
        tokens: usize,
        work: impl FnOnce() -> candle_core::Result<T> + Send,
    ) -> Result<T, EncoderError> {
        self.tally.add(tokens, tokens);
        self.threads.install(work).map_err(|error| device_failed(&self.device, &error))
    }
}
