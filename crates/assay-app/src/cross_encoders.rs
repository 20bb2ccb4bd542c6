//! The cross-encoders of one request: those of the settings, or others that it names.

use std::sync::Arc;

use assay_contract::AUTO_RERANKER;
use assay_contract::call::OtherModels;
use assay_domain::port::Reranker;
use assay_domain::{Failure, LanguagePair};
use assay_library::{Engines, OpenedReranker, Rerankers};
use assay_models::measured;
use assay_models::open_encoders::OpenReranker;
use assay_text::tell_language;

use crate::app::{App, lock};

impl App {
    /// The cross-encoders of a question, and the second one if there is one.
    pub(crate) async fn cross_encoders(
        &self,
        engines: &Engines,
        other: &OtherModels,
        question: &str,
    ) -> Result<(Rerankers, Option<OpenedReranker>), Failure> {
        let (written, language) = (self.settings(), Some(tell_language(question)));
        let rerankers = match named(other) {
            None => engines.rerankers(language).await?,
            Some(AUTO_RERANKER) => engines.best_rerankers(language).await?,
            Some(name) => engines.named_rerankers(name).await?,
        };
        let first = named(other).unwrap_or(&written.reranker);
        let second = other.second_reranker.as_ref().unwrap_or(&written.second_reranker);
        if second.is_empty() || second == first {
            return Ok((rerankers, None));
        }
        let of_settings = if *second == written.second_reranker { engines.second_reranker().await } else { None };
        let opened = match of_settings {
            Some(opened) => opened,
            None => self.other_reranker(engines, second).await,
        };
        let reranker = opened.map(|opened| opened as Arc<dyn Reranker>);
        Ok((rerankers, Some(OpenedReranker { reranker, measured: measured(second)? })))
    }

    /// The cross-encoder of one question and one passage.
    pub(crate) async fn cross_encoder(
        &self,
        engines: &Engines,
        other: &OtherModels,
        pair: LanguagePair,
    ) -> Result<Arc<dyn Reranker>, Failure> {
        match named(other) {
            None => engines.reranker(pair).await,
            Some(AUTO_RERANKER) => engines.best_reranker(pair).await,
            Some(name) => engines.named_reranker(name).await,
        }
    }

    /// A cross-encoder other than that of the settings. It stays open until another one is asked for.
    pub(crate) async fn other_reranker(&self, engines: &Engines, name: &str) -> Result<Arc<OpenReranker>, Failure> {
        if let Some(open) = lock(&self.other).clone().filter(|open| open.identity().name == name) {
            return Ok(open);
        }
        let opened = engines.local_reranker(name).await?;
        *lock(&self.other) = Some(opened.clone());
        Ok(opened)
    }
}

/// The first cross-encoder that a request names.
fn named(other: &OtherModels) -> Option<&str> {
    other.reranker.as_deref().filter(|name| !name.is_empty())
}
