//! The write side: adds and removes rows, and keeps the search indexes up to date.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::{Arc, PoisonError};
use std::{fs, io};

use assay_domain::port::{IndexWriter, ReadBack};
use assay_domain::{EmbeddedChunk, Failure, GenerationId};
use futures::future::{BoxFuture, FutureExt};
use lancedb::Table;
use lancedb::table::{Duration, OptimizeAction};
use tokio::sync::Mutex;

use crate::durable::Disk;
use crate::error::IndexError;
use crate::layout::NAMES;
use crate::repair::Repair;
use crate::table::{IndexTable, dataset};
use crate::{compact, indexes, read_back, rows};

/// Generations named in one deletion.
const REMOVED_AT_ONCE: usize = 500;
/// While this file exists in the folder, removed text may still be on disk. It outlives the process.
const PURGE_DUE: &str = "purge-due";

/// The write side of the index. Calls wait for each other.
#[derive(Debug)]
pub struct Writer {
    folder: PathBuf,
    table: Table,
    /// The reader's handle. It moves on once an operation is finished and on disk, so a search never
    /// sees half of one.
    view: Table,
    index_table: Arc<IndexTable>,
    history: Mutex<History>,
    disk: Arc<std::sync::Mutex<Disk>>,
    repairs: Vec<Repair>,
}

/// What a write needs to know of the writes before it.
#[derive(Debug, Default)]
struct History {
    /// Additions since the last compaction.
    additions: usize,
    /// The fragments of each generation that was not read back yet; `None` once they were compacted,
    /// because its rows may be in any fragment then.
    fragments: HashMap<GenerationId, Option<Vec<u64>>>,
}

impl History {
    /// Forgets where rows are, because fragments are about to be rewritten.
    fn forget_fragments(&mut self) {
        self.fragments.values_mut().for_each(|fragments| *fragments = None);
    }

    /// Notes that these fragments hold rows of these generations.
    fn remember(&mut self, generations: HashSet<GenerationId>, added: &[u64]) {
        for generation in generations {
            let fragments = self.fragments.entry(generation).or_insert_with(|| Some(Vec::new()));
            if let Some(fragments) = fragments {
                fragments.extend_from_slice(added);
            }
        }
    }
}

impl Writer {
    pub(crate) fn new(
        folder: PathBuf,
        table: Table,
        view: Table,
        index_table: Arc<IndexTable>,
        repairs: Vec<Repair>,
    ) -> Self {
        let disk = Arc::new(std::sync::Mutex::new(Disk::new(folder.clone())));
        Self { folder, table, view, index_table, history: Mutex::default(), disk, repairs }
    }

    /// What was damaged when the index was opened and how it was repaired.
    pub fn repairs(&self) -> &[Repair] {
        &self.repairs
    }

    /// Whether removed text may still be on disk; [`IndexWriter::optimize`] purges it.
    pub fn purge_is_due(&self) -> bool {
        self.folder.join(PURGE_DUE).exists()
    }

    async fn add_rows(&self, chunks: Vec<EmbeddedChunk>) -> Result<(), IndexError> {
        if chunks.is_empty() {
            return Ok(());
        }
        let mut history = self.history.lock().await;
        let failed = |error| IndexError::engine("adding to", error);
        self.table.checkout_latest().await.map_err(failed)?;
        let generations: HashSet<GenerationId> = chunks.iter().map(|chunk| chunk.generation).collect();
        history.additions += 1;
        if history.additions >= compact::ADDITIONS {
            history.additions = 0;
            history.forget_fragments();
            compact::compact(&self.table, false).await?;
            self.publish().await?;
            self.prune().await?;
        }
        let schema = self.table.schema().await.map_err(failed)?;
        let batch = rows::to_batch(schema, self.index_table.dimension, &chunks)?;
        let before: HashSet<u64> = dataset(&self.table).await?.fragments().iter().map(|part| part.id).collect();
        self.table.add(batch).execute().await.map_err(failed)?;
        let after = dataset(&self.table).await?;
        let added = after.fragments().iter().map(|part| part.id).filter(|id| !before.contains(id));
        history.remember(generations, &added.collect::<Vec<_>>());
        self.publish().await
    }

    async fn read_rows_back(
        &self,
        generation: GenerationId,
        sample: Vec<(u32, Vec<f32>)>,
    ) -> Result<ReadBack, IndexError> {
        let mut history = self.history.lock().await;
        let _searching = self.index_table.pruning.read().await;
        let fragments = history.fragments.remove(&generation).flatten();
        let view = dataset(&self.view).await?;
        read_back::read_back(&view, fragments.as_deref(), generation, sample).await
    }

    async fn remove_rows(&self, generations: &[GenerationId]) -> Result<(), IndexError> {
        if generations.is_empty() {
            return Ok(());
        }
        let mut history = self.history.lock().await;
        history.forget_fragments();
        let failed = |error| IndexError::engine("removing from", error);
        self.table.checkout_latest().await.map_err(failed)?;
        fs::write(self.folder.join(PURGE_DUE), b"").map_err(|error| IndexError::system("removing from", error))?;
        for some in generations.chunks(REMOVED_AT_ONCE) {
            let numbers = some.iter().map(GenerationId::to_string).collect::<Vec<_>>().join(", ");
            self.table.delete(format!("generation IN ({numbers})").as_str()).await.map_err(failed)?;
        }
        self.publish().await
    }

    /// Rewrites one column of a generation's rows; vectors and words stay as they are.
    async fn rename_rows(&self, generation: GenerationId, names: &str) -> Result<(), IndexError> {
        if !self.index_table.rows.has_context() {
            return Ok(());
        }
        let mut history = self.history.lock().await;
        history.forget_fragments();
        history.additions += 1;
        let failed = |error| IndexError::engine("renaming in", error);
        self.table.checkout_latest().await.map_err(failed)?;
        let literal = format!("'{}'", names.replace('\'', "''"));
        let rows = format!("generation = {generation}");
        self.table.update().only_if(rows).column(NAMES, literal).execute().await.map_err(failed)?;
        self.publish().await
    }

    /// Compacts and indexes the table. After a removal the parts of the search indexes with removed rows are built
    /// again, because a merged one keeps the removed words. A search that runs meanwhile sees the old version.
    async fn optimize_table(&self) -> Result<(), IndexError> {
        let mut history = self.history.lock().await;
        *history = History::default();
        let failed = |error| IndexError::engine("optimizing", error);
        self.table.checkout_latest().await.map_err(failed)?;
        let purge = self.purge_is_due();
        if purge {
            indexes::drop_parts_with_removed_rows(&self.table).await?;
        }
        compact::compact(&self.table, purge).await?;
        indexes::refresh(&self.table, &self.index_table).await?;
        self.publish().await?;
        self.prune().await?;
        if purge {
            fs::remove_file(self.folder.join(PURGE_DUE)).map_err(|error| IndexError::system("optimizing", error))?;
        }
        self.sync().await
    }

    /// Deletes every version but the last, and what a process that died left behind. Unverified
    /// files may go because nothing else writes: this process owns the folder and holds the lock.
    async fn prune(&self) -> Result<(), IndexError> {
        let _exclusive = self.index_table.pruning.write().await;
        let prune = OptimizeAction::Prune {
            older_than: Some(Duration::zero()),
            delete_unverified: Some(true),
            error_if_tagged_old_versions: None,
        };
        self.table.optimize(prune).await.map_err(|error| IndexError::engine("optimizing", error))?;
        Ok(())
    }

    /// Syncs the folder, then moves the reader on.
    async fn publish(&self) -> Result<(), IndexError> {
        self.sync().await?;
        self.view.checkout_latest().await.map_err(|error| IndexError::engine("reading", error))
    }

    /// Makes everything in the folder durable.
    pub(crate) async fn sync(&self) -> Result<(), IndexError> {
        let disk = self.disk.clone();
        tokio::task::spawn_blocking(move || disk.lock().unwrap_or_else(PoisonError::into_inner).sync())
            .await
            .unwrap_or_else(|stopped| Err(io::Error::other(stopped)))
            .map_err(|error| IndexError::system("writing", error))
    }
}

impl IndexWriter for Writer {
    fn add(&self, rows: Vec<EmbeddedChunk>) -> BoxFuture<'_, Result<(), Failure>> {
        async move { Ok(self.add_rows(rows).await?) }.boxed()
    }

    fn read_back(
        &self,
        generation: GenerationId,
        sample: Vec<(u32, Vec<f32>)>,
    ) -> BoxFuture<'_, Result<ReadBack, Failure>> {
        async move { Ok(self.read_rows_back(generation, sample).await?) }.boxed()
    }

    fn rename(&self, generation: GenerationId, names: String) -> BoxFuture<'_, Result<(), Failure>> {
        async move { Ok(self.rename_rows(generation, &names).await?) }.boxed()
    }

    fn remove(&self, generations: Vec<GenerationId>) -> BoxFuture<'_, Result<(), Failure>> {
        async move { Ok(self.remove_rows(&generations).await?) }.boxed()
    }

    fn optimize(&self) -> BoxFuture<'_, Result<(), Failure>> {
        async move { Ok(self.optimize_table().await?) }.boxed()
    }
}
