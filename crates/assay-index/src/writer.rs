//! Adding, removing, and bringing the indexes up to date.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError};
use std::{fs, io};

use assay_domain::socket::IndexWriter;
use assay_domain::{EmbeddedChunk, Failure, GenerationId};
use futures::future::{BoxFuture, FutureExt};
use lancedb::index::Index;
use lancedb::index::vector::IvfFlatIndexBuilder;
use lancedb::table::{CompactionOptions, Duration, OptimizeAction, OptimizeOptions};
use lancedb::{DistanceType, Table};
use tokio::sync::Mutex;

use crate::durable::Disk;
use crate::layout::{self, TEXT, VECTOR};
use crate::open::Shelf;
use crate::{IndexError, rows};

/// Generations named in one deletion.
const REMOVED_AT_ONCE: usize = 500;
/// Fragments under a hundred thousand rows (Lance's own measure) that are put up with.
const SMALL_FRAGMENTS: usize = 16;
/// Fragments of this size are left alone, so that settling does not rewrite a large library
/// for every new file.
const FRAGMENT_ROWS: usize = 100_000;
/// This file in the folder says that removed text may still be on disk. It outlives the process.
const PURGE_DUE: &str = "purge-due";

/// The write side of the index. Calls wait for each other.
#[derive(Debug)]
pub struct Writer {
    folder: PathBuf,
    table: Table,
    /// The reader's handle. It is moved on when an operation is finished and on disk, so a search
    /// never sees one half done.
    view: Table,
    shelf: Arc<Shelf>,
    turn: Mutex<()>,
    disk: Arc<std::sync::Mutex<Disk>>,
}

impl Writer {
    pub(crate) fn new(folder: PathBuf, table: Table, view: Table, shelf: Arc<Shelf>) -> Self {
        let disk = Arc::new(std::sync::Mutex::new(Disk::new(folder.clone())));
        Self { folder, table, view, shelf, turn: Mutex::new(()), disk }
    }

    /// Whether removed text may still be on disk; [`IndexWriter::settle`] takes it away.
    pub fn purge_is_due(&self) -> bool {
        self.folder.join(PURGE_DUE).exists()
    }

    async fn add_rows(&self, chunks: Vec<EmbeddedChunk>) -> Result<(), IndexError> {
        if chunks.is_empty() {
            return Ok(());
        }
        let _turn = self.turn.lock().await;
        let failed = |error| IndexError::engine("adding to", error);
        self.table.checkout_latest().await.map_err(failed)?;
        let schema = self.table.schema().await.map_err(failed)?;
        let batch = rows::to_batch(schema, self.shelf.dimension, &chunks)?;
        self.table.add(batch).execute().await.map_err(failed)?;
        self.publish().await
    }

    async fn remove_rows(&self, generations: &[GenerationId]) -> Result<(), IndexError> {
        if generations.is_empty() {
            return Ok(());
        }
        let _turn = self.turn.lock().await;
        let failed = |error| IndexError::engine("removing from", error);
        self.table.checkout_latest().await.map_err(failed)?;
        fs::write(self.folder.join(PURGE_DUE), b"").map_err(|error| IndexError::system("removing from", error))?;
        for some in generations.chunks(REMOVED_AT_ONCE) {
            let numbers = some.iter().map(GenerationId::to_string).collect::<Vec<_>>().join(", ");
            self.table.delete(format!("generation IN ({numbers})").as_str()).await.map_err(failed)?;
        }
        self.publish().await
    }

    /// After a removal the indexes are built anew and not mended: a mended one keeps the words of
    /// what was removed. A search that runs meanwhile still sees the old version.
    async fn settle_table(&self) -> Result<(), IndexError> {
        let _turn = self.turn.lock().await;
        let failed = |error| IndexError::engine("settling", error);
        self.table.checkout_latest().await.map_err(failed)?;
        let purge = self.purge_is_due();
        if purge {
            for index in self.table.list_indices().await.map_err(failed)? {
                self.table.drop_index(&index.name).await.map_err(failed)?;
            }
        }
        let fragments = self.table.stats().await.map_err(failed)?.fragment_stats.num_small_fragments;
        if purge || fragments > SMALL_FRAGMENTS {
            let options = CompactionOptions {
                target_rows_per_fragment: FRAGMENT_ROWS,
                materialize_deletions_threshold: 0.0,
                ..CompactionOptions::default()
            };
            let compact = OptimizeAction::Compact { options, remap_options: None };
            self.table.optimize(compact).await.map_err(failed)?;
        }
        self.refresh_indexes().await.map_err(failed)?;
        self.publish().await?;
        self.prune().await?;
        if purge {
            fs::remove_file(self.folder.join(PURGE_DUE)).map_err(|error| IndexError::system("settling", error))?;
        }
        self.sync().await
    }

    async fn refresh_indexes(&self) -> Result<(), lancedb::Error> {
        let columns: Vec<_> = self.table.list_indices().await?.into_iter().flat_map(|index| index.columns).collect();
        self.table.optimize(OptimizeAction::Index(OptimizeOptions::default())).await?;
        if !columns.iter().any(|column| column == TEXT) {
            self.table.create_index(&[TEXT], Index::FTS(layout::words())).execute().await?;
        }
        let many = self.table.count_rows(None).await? >= self.shelf.vector_index_from;
        if many && !columns.iter().any(|column| column == VECTOR) {
            // Flat, so that distances stay exact; the default distance would be L2.
            let builder = IvfFlatIndexBuilder::default().distance_type(DistanceType::Cosine);
            self.table.create_index(&[VECTOR], Index::IvfFlat(builder)).execute().await?;
        }
        Ok(())
    }

    /// Deletes every version but the last, and what a process that died left behind. Unverified
    /// files may go because nobody else writes: this process owns the folder and has the turn.
    async fn prune(&self) -> Result<(), IndexError> {
        let _alone = self.shelf.pruning.write().await;
        let prune = OptimizeAction::Prune {
            older_than: Some(Duration::zero()),
            delete_unverified: Some(true),
            error_if_tagged_old_versions: None,
        };
        self.table.optimize(prune).await.map_err(|error| IndexError::engine("settling", error))?;
        Ok(())
    }

    /// On disk first, then visible.
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

    fn remove(&self, generations: Vec<GenerationId>) -> BoxFuture<'_, Result<(), Failure>> {
        async move { Ok(self.remove_rows(&generations).await?) }.boxed()
    }

    fn settle(&self) -> BoxFuture<'_, Result<(), Failure>> {
        async move { Ok(self.settle_table().await?) }.boxed()
    }
}
