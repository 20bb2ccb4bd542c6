//! Downloads of single models and of recommended pairs.

use assay_contract::{Hello, ModelRegistryView, PullEvent, Settings};
use assay_domain::{Cancel, Failure};
use assay_models::{ModelRegistry, Progress, State};
use tokio::sync::mpsc;

use crate::app::{App, lock};
use crate::convert;

/// Receives the progress of downloads.
type OnPull<'a> = dyn FnMut(PullEvent) + Send + 'a;

impl App {
    /// Downloads a model; `on` receives the progress.
    ///
    /// # Errors
    /// Fails if the download fails or is stopped; what arrived is kept for the next try.
    pub async fn pull_model(&self, name: &str, on: &mut OnPull<'_>) -> Result<ModelRegistryView, Failure> {
        self.pull(self.fresh_registry().await?, name, on).await?;
        self.registry().await
    }

    /// Downloads what is missing of a recommended pair and chooses both models in the settings. Another embedder
    /// asks for a rebuild of an index that is filled. `hub` and `proxy` replace those of the settings.
    ///
    /// # Errors
    /// As [`App::pull_model`], or the settings cannot be changed now; the models are here then.
    pub async fn take_pair(
        &self,
        name: &str,
        hub: Option<&str>,
        proxy: Option<&str>,
        on: &mut OnPull<'_>,
    ) -> Result<Hello, Failure> {
        let registry = self.fresh_registry().await?.through(hub, proxy);
        let pair = registry.pair(name)?.clone();
        for name in [&pair.embedder, &pair.reranker] {
            if registry.state(registry.model(name)?) == State::NotInstalled {
                self.pull(registry.clone(), name, on).await?;
            }
        }
        let settings = Settings { embedder: pair.embedder, reranker: pair.reranker, ..self.settings() };
        self.save_settings(settings).await
    }

    /// Stops a download. The bytes that arrived are kept.
    pub fn stop_pull(&self, name: &str) {
        lock(&self.pulls).iter().filter(|(model, _)| model == name).for_each(|(_, cancel)| cancel.stop());
    }

    async fn pull(&self, registry: ModelRegistry, name: &str, on: &mut OnPull<'_>) -> Result<(), Failure> {
        let cancel = Cancel::default();
        lock(&self.pulls).push((name.to_owned(), cancel.clone()));
        let _ticket = PullTicket { app: self, cancel: cancel.clone() };
        let (sender, mut receiver) = mpsc::unbounded_channel();
        let model = name.to_owned();
        let work = tokio::task::spawn_blocking(move || {
            registry.pull(&model, &cancel, &mut |progress| {
                // The download goes on when nobody listens any more.
                let _ = sender.send(progress);
            })
        });
        while let Some(progress) = receiver.recv().await {
            on(event(name, progress));
        }
        work.await.map_err(|_| Failure::bug("the download of a model panicked"))??;
        Ok(())
    }
}

/// A download's entry in the list of stop buttons; dropping it removes the entry.
struct PullTicket<'a> {
    app: &'a App,
    cancel: Cancel,
}

impl Drop for PullTicket<'_> {
    fn drop(&mut self) {
        self.cancel.stop();
        lock(&self.app.pulls).retain(|(_, cancel)| !cancel.is_same(&self.cancel));
    }
}

fn event(name: &str, progress: Progress) -> PullEvent {
    let Progress { phase, done, total, speed, seconds_left } = progress;
    PullEvent { name: name.to_owned(), phase: convert::model::phase(phase), done, total, speed, seconds_left }
}
