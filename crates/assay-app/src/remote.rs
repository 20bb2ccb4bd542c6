//! Sharing a library through an object store.

use std::sync::Arc;
use std::time::{Duration, Instant};

use assay_contract::{RemoteAddress, RemoteRole, RemoteView, Settings};
use assay_domain::Failure;
use assay_library::FilledBy;
use tokio::time::sleep;

use crate::app::{App, lock};
use crate::convert::remote::{address, done, role, view};
use crate::settings;

/// Receives the bytes that were fetched and those that are to be.
pub type OnBytes<'a> = dyn Fn(u64, u64) + Send + Sync + 'a;

/// Time between two looks while a library is open.
const EVERY: Duration = Duration::from_secs(20);

impl App {
    /// How the library is shared; with `ask`, the store is asked, too.
    ///
    /// # Errors
    /// Fails if the catalogue cannot be read; a store that cannot be reached is part of the reply.
    pub async fn remote(&self, ask: bool) -> Result<RemoteView, Failure> {
        Ok(view(self.library.remote_standing(ask).await?))
    }

    /// What the library is to an object store.
    pub fn remote_role(&self) -> RemoteRole {
        role(self.library.remote_role())
    }

    /// Publishes this library at an address from now on.
    ///
    /// # Errors
    /// What the store reports. The library stays as it was unless it was made there.
    pub async fn remote_create(&self, written: &RemoteAddress) -> Result<RemoteView, Failure> {
        let begun = Instant::now();
        let made = self.library.remote_create(address(written)?).await?;
        self.after(made, begun).await
    }

    /// Follows the library at an address from now on: this one has to be empty. The settings of the index become
    /// those of its publisher.
    ///
    /// # Errors
    /// What the store reports, or a model that is not on this machine. The library stays as it was then.
    pub async fn remote_join(&self, written: &RemoteAddress, on: &OnBytes<'_>) -> Result<RemoteView, Failure> {
        let (begun, address) = (Instant::now(), address(written)?);
        let before = self.settings();
        self.take_settings(&self.library.remote_find(&address).await?).await?;
        match self.library.remote_join(address, on).await {
            Ok(joined) => self.after(joined, begun).await,
            Err(failure) => {
                // What went wrong is told, whether or not this does as well.
                drop(self.save_settings_alone(before).await);
                Err(failure)
            }
        }
    }

    /// Publishes, or mirrors what is published.
    ///
    /// # Errors
    /// What the store or the disk reports; nothing on this machine is lost then.
    pub async fn remote_sync(&self, on: &OnBytes<'_>) -> Result<RemoteView, Failure> {
        let begun = Instant::now();
        let synced = self.library.remote_sync(on).await?;
        self.after(synced, begun).await
    }

    /// Becomes the publisher of the library that is followed here.
    ///
    /// # Errors
    /// As [`Self::remote_sync`]; another machine holds the lease.
    pub async fn remote_take(&self, on: &OnBytes<'_>) -> Result<RemoteView, Failure> {
        let begun = Instant::now();
        let taken = self.library.remote_take(on).await?;
        self.after(taken, begun).await
    }

    /// Shares the library no longer.
    ///
    /// # Errors
    /// Fails if the disk does.
    pub async fn remote_leave(&self) -> Result<RemoteView, Failure> {
        self.library.remote_leave().await?;
        self.remote(false).await
    }

    /// Mirrors what is published, before a command answers. What is wrong is a notice. Returns whether anything was new.
    pub async fn look_remote(&self) -> bool {
        let follows = matches!(self.remote_role(), RemoteRole::Reader | RemoteRole::Superseded);
        follows && Box::pin(self.library.look_remote_briefly()).await
    }

    /// Publishes what a command changed. What is wrong is a notice.
    pub async fn publish(&self) {
        if matches!(self.remote_role(), RemoteRole::Publisher | RemoteRole::Superseded) {
            Box::pin(self.library.look_remote_briefly()).await;
        }
    }

    /// Publishes or mirrors by itself as long as the app is open, for a front end that follows no folders.
    pub fn keep_remote(self: &Arc<Self>) {
        if self.remote_role() == RemoteRole::Off {
            return;
        }
        let app = Arc::downgrade(self);
        tokio::spawn(async move {
            loop {
                sleep(EVERY).await;
                let Some(app) = app.upgrade() else { return };
                // It is a notice.
                drop(Box::pin(app.library.look_remote()).await);
            }
        });
    }

    async fn after(&self, result: assay_library::RemoteDone, begun: Instant) -> Result<RemoteView, Failure> {
        let view = self.remote(false).await?;
        Ok(RemoteView { done: Some(done(result, begun.elapsed().as_secs_f64())), ..view })
    }

    /// Takes the settings of an index that another machine filled.
    async fn take_settings(&self, filled: &FilledBy) -> Result<(), Failure> {
        let number = |value: u64| u32::try_from(value).unwrap_or(u32::MAX);
        let written = Settings {
            embedder: filled.embedder.clone(),
            chunk_tokens: number(filled.chunk_tokens),
            chunk_overlap: number(filled.chunk_overlap),
            context: filled.context,
            ..self.settings()
        };
        self.save_settings_alone(written).await
    }

    async fn save_settings_alone(&self, written: Settings) -> Result<(), Failure> {
        self.library.change(settings::checked(&written)?).await?;
        settings::write(&self.library.engines().await.home().settings(), &written)?;
        *lock(&self.written) = written;
        Ok(())
    }
}
