//! The cost of a question on this machine, measured on passages of the library.

use std::path::Path;
use std::time::Instant;

use assay_contract::{CostView, DiskPart, DiskRow};
use assay_domain::port::{Embedder, Filter, IndexReader, Reranker, TextKind};
use assay_domain::{Cancel, Failure, Language, LanguagePair, Problem};
use futures::StreamExt;

use crate::app::App;
use crate::memory;

/// Pairs that are timed: a few batches, which take seconds on a slow machine.
const PAIRS: usize = 48;

/// The question of all pairs, as long as an ordinary one.
const QUESTION: &str = "What does this passage say about the time, the place and the reason?";

impl App {
    /// Times the encoders and the search on passages of the library.
    ///
    /// # Errors
    /// Fails if the library is empty, or the index cannot be opened.
    pub async fn cost(&self, cancel: &Cancel) -> Result<CostView, Failure> {
        let ticket = self.questions.ticket(cancel);
        let cancel = ticket.button();
        let engines = self.library.engines().await;
        let (embedder, index) = engines.answering().await?;
        let live = engines.store().live_generations()?;
        let mut texts = Vec::new();
        for (generation, ..) in &live {
            let passages = index.reader.chunks_of(*generation).await.map_err(Failure::from)?;
            texts.extend(passages.into_iter().map(|passage| passage.text));
            if texts.len() >= PAIRS {
                break;
            }
        }
        texts.truncate(PAIRS);
        if texts.is_empty() {
            let message = "there is no passage in the library to measure on";
            return Err(Failure::new(Problem::EmptyLibrary, message, "add files or the sample library first"));
        }

        // The first call allocates the engine's buffers and is not counted.
        embedder.embed(TextKind::Query, vec![QUESTION.into()]).await?;
        let begun = Instant::now();
        let vector = embedder.embed(TextKind::Query, vec![QUESTION.into()]).await?.pop();
        let embed_ms = milliseconds(begun);
        let vector = vector.ok_or_else(|| Failure::bug("no vector came back"))?;
        let begun = Instant::now();
        index.reader.nearest(vector, self.settings().retrieve as usize, Filter::default()).await?;
        let search_ms = milliseconds(begun);

        let english = LanguagePair::of(Language::ENGLISH, Language::ENGLISH);
        let reranker = engines.reranker(english).await;
        let mut timed = Timed::default();
        if let Ok(reranker) = &reranker {
            timed = time(reranker.as_ref(), &texts, cancel).await?;
        }
        let home = engines.home();
        let index = home.indexes().iter().map(|folder| size(folder)).sum();
        let disk = [
            (DiskPart::Catalogue, size(&home.catalogue())),
            (DiskPart::Index, index),
            (DiskPart::Models, size(&home.models())),
        ];
        let disk = disk.map(|(what, bytes)| DiskRow { what, bytes });
        Ok(CostView {
            device: embedder.identity().device.clone(),
            embedder: embedder.identity().name.clone(),
            reranker: reranker.as_ref().ok().map(|reranker| reranker.identity().name.clone()),
            without: reranker.as_ref().err().map(ToString::to_string),
            pairs: timed.pairs,
            pair_tokens: timed.tokens / f64::from(timed.pairs.max(1)),
            pairs_per_second: (timed.pairs > 0).then(|| f64::from(timed.pairs) / timed.seconds.max(1e-9)),
            embed_ms,
            search_ms,
            pool: self.settings().rerank_pool,
            chunks: live.iter().map(|(.., chunks)| *chunks).sum(),
            memory: memory::resident(),
            peak_memory: memory::peak(),
            disk: disk.to_vec(),
        })
    }
}

#[derive(Default)]
struct Timed {
    pairs: u32,
    tokens: f64,
    seconds: f64,
}

async fn time(reranker: &dyn Reranker, texts: &[String], cancel: &Cancel) -> Result<Timed, Failure> {
    let warm: Vec<String> = texts.iter().take(4).cloned().collect();
    let mut batches = reranker.score(QUESTION.into(), warm);
    while let Some(batch) = batches.next().await {
        batch?;
    }
    drop(batches);
    let begun = Instant::now();
    let mut timed = Timed::default();
    let mut batches = reranker.score(QUESTION.into(), texts.to_vec());
    while let Some(batch) = batches.next().await {
        for pair in batch? {
            timed.pairs += 1;
            timed.tokens += f64::from(pair.tokens_read);
        }
        cancel.check()?;
    }
    timed.seconds = begun.elapsed().as_secs_f64();
    Ok(timed)
}

fn milliseconds(begun: Instant) -> f64 {
    begun.elapsed().as_secs_f64() * 1_000.0
}

/// Bytes of a file, or of all files below a folder. What cannot be read counts as 0.
pub(crate) fn size(path: &Path) -> u64 {
    let Ok(meta) = std::fs::symlink_metadata(path) else { return 0 };
    if !meta.is_dir() {
        return meta.len();
    }
    let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
    entries.map(|entry| size(&entry.path())).sum()
}
