//! The forward pass over one packed batch.

use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rayon::prelude::*;

use super::layer::{Layer, Scratch};
use super::norm::{Norm, add_and_normalise};
use super::{Arithmetic, Floats, Isa};
use crate::EncoderError;
use crate::backend::{Backend, Limits, Wanted, pool};
use crate::batch::Batch;
use crate::config::{EncoderConfig, Pooling};
use crate::weights::{Table, Weights};

// Enough rows that weights read from memory are used often, and few enough that a block's feed-forward part
// (`[rows, 4 * hidden]`) stays in the core's own cache.
const MOST_ROWS: usize = 96;
// Queries that attention computes at once.
const QUERIES: usize = 32;

/// An encoder on the processor with its weights, its threads and its memory.
pub(crate) struct PackedEncoder {
    isa: Isa,
    config: EncoderConfig,
    threads: rayon::ThreadPool,
    word_embeddings: Table,
    positions: Vec<f32>,
    types: Vec<f32>,
    norm: Norm,
    layers: Vec<Layer>,
    hidden: Floats,
    projected: Floats,
    following: Floats,
    scratch: Vec<Mutex<Scratch>>,
}

impl PackedEncoder {
    /// Reads the encoder's weights.
    pub fn load(
        isa: Isa,
        arithmetic: Arithmetic,
        threads: usize,
        weights: &Weights,
        config: &EncoderConfig,
    ) -> Result<Self, EncoderError> {
        let hidden = config.hidden;
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).thread_name(|n| format!("encoder {n}"));
        let pool =
            pool.build().map_err(|error| EncoderError::Device { device: "cpu".into(), reason: error.to_string() })?;
        Ok(Self {
            isa,
            config: config.clone(),
            word_embeddings: weights.table("embeddings.word_embeddings.weight", config.vocabulary, hidden)?,
            positions: weights.encoder("embeddings.position_embeddings.weight", &[config.positions, hidden])?,
            types: weights.encoder("embeddings.token_type_embeddings.weight", &[config.types, hidden])?,
            norm: Norm {
                scale: weights.encoder("embeddings.LayerNorm.weight", &[hidden])?,
                shift: weights.encoder("embeddings.LayerNorm.bias", &[hidden])?,
                epsilon: config.epsilon,
            },
            layers: (0..config.layers)
                .map(|index| Layer::load(isa, arithmetic, weights, config, index))
                .collect::<Result<_, _>>()?,
            hidden: Floats::default(),
            projected: Floats::default(),
            following: Floats::default(),
            scratch: (0..pool.current_num_threads()).map(|_| Mutex::default()).collect(),
            threads: pool,
        })
    }

    /// One vector per sequence, `[sequences, hidden]`: of its first token, or the mean of all.
    /// Checks `stop` before each layer.
    pub fn pooled(
        &mut self,
        batch: &Batch,
        pooling: Pooling,
        stop: &(dyn Fn() -> bool + Sync),
    ) -> Result<Vec<f32>, EncoderError> {
        let tokens = batch.tokens();
        let hidden = self.config.hidden;
        self.hidden.fit(tokens * hidden);
        let line = self.layers.first().map_or(0, Layer::line);
        self.projected.fit(tokens * line);
        self.following.fit(tokens * line);
        self.embed(batch)?;
        for index in 0..self.layers.len() {
            if stop() {
                return Err(EncoderError::Stopped);
            }
            if pooling == Pooling::Cls && index + 1 == self.layers.len() {
                return Ok(self.first_tokens(batch));
            }
            self.run_layer(index, batch, pooling);
            std::mem::swap(&mut self.projected, &mut self.following);
        }
        Ok(self.means(batch))
    }

    /// Looks up the embeddings, normalises them, and projects them for the first layer.
    fn embed(&mut self, batch: &Batch) -> Result<(), EncoderError> {
        let Self {
            isa,
            config,
            threads,
            word_embeddings,
            positions,
            types,
            norm,
            layers,
            hidden: states,
            projected,
            scratch,
            ..
        } = self;
        let hidden = config.hidden;
        let line = layers.first().map_or(0, Layer::line);
        let blocks = blocks(batch, threads.current_num_threads());
        let words = word_embeddings.numbers()?;
        let parts = cut(states, &blocks, hidden).zip(cut(projected, &blocks, line));
        let parts: Vec<_> = blocks.iter().cloned().zip(parts).collect();
        threads.install(|| {
            parts.into_par_iter().with_max_len(1).for_each(|(tokens, (states, projected))| {
                let mut added = vec![0.0; states.len()];
                let lines = states.chunks_exact_mut(hidden).zip(added.chunks_exact_mut(hidden));
                for (token, (state, added)) in tokens.zip(lines) {
                    let row = |row: u32| row as usize * hidden..(row as usize + 1) * hidden;
                    words.row(batch.ids[token] as usize, state);
                    let position = &positions[row(batch.positions[token])];
                    let kind = &types[row(batch.types[token])];
                    for ((added, position), kind) in added.iter_mut().zip(position).zip(kind) {
                        *added = position + kind;
                    }
                }
                let norm = |index, row: &mut [f32]| {
                    add_and_normalise(*isa, row, &added[index * hidden..(index + 1) * hidden], norm);
                };
                match layers.first() {
                    Some(layer) => layer.project(states, 0..3, projected, &mut own(scratch).linear, norm),
                    None => states.chunks_exact_mut(hidden).enumerate().for_each(|(index, row)| norm(index, row)),
                }
            });
        });
        Ok(())
    }

    /// One layer over all rows, and the projection for the layer after it.
    fn run_layer(&mut self, index: usize, batch: &Batch, pooling: Pooling) {
        let Self { config, threads, layers, hidden: states, projected, following, scratch, .. } = self;
        let hidden = config.hidden;
        let blocks = blocks(batch, threads.current_num_threads());
        let (layer, next) = (&layers[index], layers.get(index + 1));
        // Where only first tokens are needed, the last layer computes its queries itself.
        let wanted = if pooling == Pooling::Cls && index + 2 == layers.len() { 1..3 } else { 0..3 };
        let parts = cut(states, &blocks, hidden).zip(cut(following, &blocks, layer.line()));
        let parts: Vec<_> = blocks.iter().cloned().zip(parts).collect();
        threads.install(|| {
            parts.into_par_iter().with_max_len(1).for_each(|(inside, (states, following))| {
                let mut scratch = own(scratch);
                let scratch = &mut *scratch;
                scratch.context.fit(states.len());
                for (span, part) in segments(batch, inside.clone()) {
                    let place = part.start - inside.start..part.end - inside.start;
                    layer.attend(&projected[part.start * layer.line()..], projected, span, scratch, place);
                }
                layer.finish(states, scratch, next.map(|next| (next, wanted.clone(), following)));
            });
        });
    }

    /// The last layer where only the first tokens are needed.
    fn first_tokens(&mut self, batch: &Batch) -> Vec<f32> {
        let Self { config, threads, layers, hidden: states, projected, scratch, .. } = self;
        let hidden = config.hidden;
        let mut pooled = vec![0.0; batch.sequences() * hidden];
        for (row, span) in pooled.chunks_exact_mut(hidden).zip(batch.spans()) {
            row.copy_from_slice(&states[span.start * hidden..(span.start + 1) * hidden]);
        }
        let Some(layer) = layers.last() else { return pooled };
        let spans: Vec<Range<usize>> = batch.spans().collect();
        let rows = spans.len().div_ceil(threads.current_num_threads()).max(1);
        threads.install(|| {
            let blocks = pooled.par_chunks_mut(rows * hidden).zip(spans.par_chunks(rows));
            blocks.with_max_len(1).for_each(|(states, spans)| {
                let mut scratch = own(scratch);
                let scratch = &mut *scratch;
                scratch.context.fit(states.len());
                let line = layer.line();
                let mut queries = vec![0.0; spans.len() * line];
                layer.project(states, 0..1, &mut queries, &mut scratch.linear, |_, _| ());
                for (row, span) in spans.iter().enumerate() {
                    layer.attend(&queries[row * line..], projected, span.clone(), scratch, row..row + 1);
                }
                layer.finish(states, scratch, None);
            });
        });
        pooled
    }

    /// Bytes of its memory beside the weights, where it computes in f32.
    #[cfg(test)]
    pub fn buffer_bytes(&self) -> usize {
        let shared = self.hidden.len() + self.projected.len() + self.following.len();
        let of_threads =
            self.scratch.iter().map(|scratch| scratch.lock().unwrap_or_else(PoisonError::into_inner).numbers());
        size_of::<f32>() * (shared + of_threads.sum::<usize>())
    }

    fn means(&self, batch: &Batch) -> Vec<f32> {
        let hidden = self.config.hidden;
        let mut pooled = vec![0.0; batch.sequences() * hidden];
        for (mean, span) in pooled.chunks_exact_mut(hidden).zip(batch.spans()) {
            let share = 1.0 / span.len() as f32;
            for state in self.hidden[span.start * hidden..span.end * hidden].chunks_exact(hidden) {
                for (mean, value) in mean.iter_mut().zip(state) {
                    *mean += value * share;
                }
            }
        }
        pooled
    }
}

impl Backend for PackedEncoder {
    fn name(&self) -> &'static str {
        "cpu, packed"
    }

    fn limits(&self) -> Limits {
        Limits::PROCESSOR
    }

    fn run(
        &mut self,
        batch: &Batch,
        wanted: Wanted,
        stop: &(dyn Fn() -> bool + Sync),
    ) -> Result<Vec<f32>, EncoderError> {
        if let Wanted::Pooled(pooling @ (Pooling::Cls | Pooling::Mean)) = wanted {
            return self.pooled(batch, pooling, stop);
        }
        // The vectors of all tokens are left behind where they are pooled by the mean.
        self.pooled(batch, Pooling::Mean, stop)?;
        let states = &self.hidden[..batch.tokens() * self.config.hidden];
        Ok(match wanted {
            Wanted::States => states.to_vec(),
            Wanted::Pooled(pooling) => pool(states, batch, pooling, self.config.hidden),
        })
    }

    fn threads(&self) -> Option<&rayon::ThreadPool> {
        Some(&self.threads)
    }
}

/// Blocks of rows of about the same size, the same number for every thread. They end where sequences end or at a
/// multiple of [`QUERIES`] rows in them, so that attention's vectors are full.
fn blocks(batch: &Batch, threads: usize) -> Vec<Range<usize>> {
    let tokens = batch.tokens();
    let count = threads * tokens.div_ceil(threads * MOST_ROWS).max(1);
    let mut blocks = Vec::with_capacity(count);
    let mut start = 0;
    for block in 1..=count {
        let wanted = tokens * block / count;
        let sequence = batch.cu_seqlens.partition_point(|bound| *bound <= wanted).saturating_sub(1);
        let first = batch.cu_seqlens.get(sequence).copied().unwrap_or(tokens);
        let last = batch.cu_seqlens.get(sequence + 1).copied().unwrap_or(tokens);
        let below = first + (wanted - first) / QUERIES * QUERIES;
        let above = (below + QUERIES).min(last);
        let end = if wanted - below <= above.saturating_sub(wanted) { below } else { above };
        if end > start {
            blocks.push(start..end);
            start = end;
        }
    }
    blocks
}

/// The blocks' parts of rows of `width` numbers.
fn cut<'a>(data: &'a mut [f32], blocks: &'a [Range<usize>], width: usize) -> impl Iterator<Item = &'a mut [f32]> {
    let mut rest = data;
    blocks.iter().map(move |block| {
        let (part, behind) = std::mem::take(&mut rest).split_at_mut(block.len() * width);
        rest = behind;
        part
    })
}

/// The sequences that have rows in a block: all rows of each sequence, and those in the block.
fn segments(batch: &Batch, block: Range<usize>) -> impl Iterator<Item = (Range<usize>, Range<usize>)> + '_ {
    // The last sequence that starts at or before the block's first row.
    let first = batch.cu_seqlens.partition_point(|bound| *bound <= block.start).saturating_sub(1);
    batch
        .spans()
        .skip(first)
        .take_while({
            let end = block.end;
            move |span| span.start < end
        })
        .map(move |span| {
            let part = span.start.max(block.start)..span.end.min(block.end);
            (span, part)
        })
}

/// The running thread's memory. No other thread uses it, so the lock never waits.
fn own(scratch: &[Mutex<Scratch>]) -> MutexGuard<'_, Scratch> {
    let index = rayon::current_thread_index().unwrap_or_default();
    scratch[index % scratch.len()].lock().unwrap_or_else(PoisonError::into_inner)
}
