//! Backends: what computes a packed batch.

use crate::EncoderError;
use crate::batch::Batch;
use crate::config::Pooling;

/// What a forward pass gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// One vector per sequence, `[sequences, hidden]`.
    Pooled(Pooling),
    /// The vectors of all tokens, `[tokens, hidden]`.
    States,
}

/// Most sequences and tokens of one batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BatchLimit {
    pub sequences: usize,
    pub tokens: usize,
}

/// The batches that suit a backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// One batch of pairs: a result on the screen, and a chance to stop.
    pub pairs: BatchLimit,
    /// One batch of texts.
    pub texts: BatchLimit,
    /// Whether a batch of texts should be smaller where the model is slow.
    pub by_pace: bool,
}

impl Limits {
    /// The batches that suit a processor.
    pub const PROCESSOR: Self = Self {
        pairs: BatchLimit { sequences: 8, tokens: 2048 },
        texts: BatchLimit { sequences: 64, tokens: 2048 },
        by_pace: true,
    };
}

/// An encoder's weights on a device, with what computes them. Each backend has a `load` of its own.
pub(crate) trait Backend: Send {
    /// Its name, for people.
    fn name(&self) -> &'static str;

    /// The batches that suit it.
    fn limits(&self) -> Limits;

    /// Computes a batch. A sequence's result is the same whatever else is in the batch. Fails with
    /// [`EncoderError::Stopped`] once `stop` is true, at the latest after a layer or a sequence.
    fn run(
        &mut self,
        batch: &Batch,
        wanted: Wanted,
        stop: &(dyn Fn() -> bool + Sync),
    ) -> Result<Vec<f32>, EncoderError>;

    /// Its threads, for work before and after; `None` where it has none of its own.
    fn threads(&self) -> Option<&rayon::ThreadPool> {
        None
    }

    /// Compares two batches with the sequences of one of them, which must not change a number by more than 1e-2 of the
    /// largest: a device that computes at random is found before its scores are seen.
    fn self_test(&mut self, batch: &Batch, alone: &[Batch]) -> Result<(), EncoderError> {
        let together = self.run(batch, Wanted::Pooled(Pooling::Mean), &|| false)?;
        let mut apart = Vec::with_capacity(together.len());
        for batch in alone {
            apart.extend(self.run(batch, Wanted::Pooled(Pooling::Mean), &|| false)?);
        }
        let largest = together.iter().fold(0.0f32, |most, value| most.max(value.abs()));
        let same = |a: &f32, b: &f32| (a - b).abs() <= 1e-2 * largest && a.is_finite();
        if together.len() == apart.len() && together.iter().zip(&apart).all(|(a, b)| same(a, b)) {
            return Ok(());
        }
        let reason = "it gives other numbers for a text by itself than for the same text among others".to_string();
        Err(EncoderError::Device { device: self.name().into(), reason })
    }
}

/// Pools the vectors of all tokens, `[tokens, hidden]`, to one per sequence.
pub(crate) fn pool(states: &[f32], batch: &Batch, pooling: Pooling, hidden: usize) -> Vec<f32> {
    let row = |row: usize| &states[row * hidden..(row + 1) * hidden];
    let mut pooled = Vec::with_capacity(batch.sequences() * hidden);
    for span in batch.spans() {
        match pooling {
            Pooling::Cls => pooled.extend_from_slice(row(span.start)),
            Pooling::Last => pooled.extend_from_slice(row(span.end - 1)),
            Pooling::Mean => {
                let share = 1.0 / span.len() as f32;
                let column = |column: usize| span.clone().map(|token| row(token)[column]).sum::<f32>() * share;
                pooled.extend((0..hidden).map(column));
            }
        }
    }
    pooled
}

impl BatchLimit {
    /// How many of the lengths from the front fit into one batch; at least one.
    pub fn take(self, lengths: impl Iterator<Item = usize>) -> usize {
        let mut tokens = 0;
        let fits = lengths.take(self.sequences).take_while(|length| {
            tokens += length;
            tokens <= self.tokens
        });
        fits.count().max(1)
    }
}
