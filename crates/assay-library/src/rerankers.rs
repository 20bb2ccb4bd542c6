//! The cross-encoders of a library: one that the settings name, or for each question and passage the one that
//! was measured best.

use std::sync::Arc;

use assay_domain::port::Reranker;
use assay_domain::{Failure, Language, LanguagePair, Measured, Problem};
use assay_models::hosted::{HostedReranker, KeyStore};
use assay_models::{Placed, blocking, measured, open_encoders, place_reranker};
use assay_pipeline::rerank::plan::{MeasuredReranker, RerankPlan};

use crate::engines::Engines;

/// The key of the hosted reranker among the open ones, which no model has as its name.
const HOSTED: &str = "";

/// A cross-encoder, or why it cannot be opened, and what it was measured to add.
pub struct OpenedReranker {
    /// The model.
    pub reranker: Result<Arc<dyn Reranker>, Failure>,
    /// Its measurements.
    pub measured: Vec<Measured>,
}

/// The cross-encoders of one question.
pub enum Rerankers {
    /// The one that the settings name.
    Named(OpenedReranker),
    /// Those that were measured best on the question's language and others.
    Measured(Vec<OpenedReranker>),
}

impl OpenedReranker {
    /// The same for a pipeline.
    pub fn for_pipeline(&self) -> MeasuredReranker<'_> {
        let reranker = self.reranker.as_ref().map(AsRef::as_ref).map_err(Clone::clone);
        MeasuredReranker { reranker, measured: self.measured.clone() }
    }
}

impl Rerankers {
    /// A model that stands in for the one of the settings.
    pub fn named(name: &str, reranker: Result<Arc<dyn Reranker>, Failure>) -> Result<Self, Failure> {
        Ok(Self::Named(OpenedReranker { reranker, measured: measured(name)? }))
    }

    /// Which of them reads which candidate.
    pub fn plan(&self) -> RerankPlan<'_> {
        match self {
            Self::Named(opened) => RerankPlan::Named(opened.for_pipeline()),
            Self::Measured(all) => RerankPlan::Measured(all.iter().map(OpenedReranker::for_pipeline).collect()),
        }
    }

    /// The names of those that can be opened; `None` if there are none.
    pub fn names(&self) -> Option<String> {
        let names: Vec<&str> = self.open().map(|reranker| reranker.identity().name.as_str()).collect();
        (!names.is_empty()).then(|| names.join(" + "))
    }

    /// Those that can be opened, the one for passages in the language of the question first.
    pub fn open(&self) -> impl Iterator<Item = &Arc<dyn Reranker>> {
        let all = match self {
            Self::Named(opened) => std::slice::from_ref(opened),
            Self::Measured(all) => all.as_slice(),
        };
        all.iter().filter_map(|opened| opened.reranker.as_ref().ok())
    }

    /// The one for passages in the language of the question, if it can be opened.
    pub fn first(&self) -> Option<&Arc<dyn Reranker>> {
        let opened = match self {
            Self::Named(opened) => Some(opened),
            Self::Measured(all) => all.first(),
        };
        opened?.reranker.as_ref().ok()
    }
}

impl Engines {
    /// The cross-encoders for questions in a language, or in any language: the one that the settings name or the
    /// hosted one, else those that were measured best.
    ///
    /// # Errors
    /// Fails if the measurements cannot be parsed; a model that cannot be opened is a part of the result.
    pub async fn rerankers(&self, question: Option<Language>) -> Result<Rerankers, Failure> {
        match self.settings().reranker.as_deref().filter(|_| self.settings().hosted.is_none()) {
            Some(name) => Rerankers::named(name, self.named_reranker(name).await),
            None if self.settings().hosted.is_some() => Rerankers::named(HOSTED, self.named_reranker(HOSTED).await),
            None => self.best_rerankers(question).await,
        }
    }

    /// The cross-encoders that were measured best for questions in a language, or in any, whatever the settings say.
    ///
    /// # Errors
    /// As [`Self::rerankers`].
    pub async fn best_rerankers(&self, question: Option<Language>) -> Result<Rerankers, Failure> {
        let mut all = Vec::new();
        for name in open_encoders::best_rerankers(self.registry(), question)? {
            all.push(OpenedReranker { reranker: self.named_reranker(&name).await, measured: measured(&name)? });
        }
        Ok(Rerankers::Measured(all))
    }

    /// The cross-encoder of this name, whatever the settings say.
    ///
    /// # Errors
    /// As [`Self::rerankers`].
    pub async fn named_rerankers(&self, name: &str) -> Result<Rerankers, Failure> {
        Rerankers::named(name, self.named_reranker(name).await)
    }

    /// The cross-encoder for one pair of languages.
    ///
    /// # Errors
    /// Fails if there is none or it cannot be opened.
    pub async fn reranker(&self, pair: LanguagePair) -> Result<Arc<dyn Reranker>, Failure> {
        match &self.settings().reranker {
            _ if self.settings().hosted.is_some() => self.named_reranker(HOSTED).await,
            Some(name) => self.named_reranker(name).await,
            None => self.best_reranker(pair).await,
        }
    }

    /// The cross-encoder that was measured best on one pair of languages, whatever the settings say.
    ///
    /// # Errors
    /// As [`Self::reranker`].
    pub async fn best_reranker(&self, pair: LanguagePair) -> Result<Arc<dyn Reranker>, Failure> {
        let missing = || {
            let message = "no reranker is installed of which it was measured what it adds";
            Failure::new(Problem::ModelMissing, message, "name a reranker in the settings, or install Assay again")
        };
        let name = open_encoders::best_reranker(self.registry(), pair)?.ok_or_else(missing)?;
        self.named_reranker(&name).await
    }

    /// An open cross-encoder, on a graphics card if one serves. It stays open until the settings change.
    ///
    /// # Errors
    /// Fails if it is not installed or cannot be opened.
    pub async fn named_reranker(&self, name: &str) -> Result<Arc<dyn Reranker>, Failure> {
        let mut open = self.open_rerankers.lock().await;
        let fault = open.get(name).and_then(Placed::fault);
        if let Some(open) = open.get(name).filter(|_| fault.is_none()) {
            return Ok(open.reranker.clone());
        }
        let opened = match self.settings().hosted.clone().filter(|_| name == HOSTED) {
            Some(hosted) => {
                let opened = blocking("opening the hosted reranker", move || {
                    let key = KeyStore::of_this_system().key(&hosted.url).map(|(key, _)| key);
                    HostedReranker::open(&hosted, key)
                });
                Placed::here(Arc::new(opened.await??))
            }
            None => {
                let (folder, processor) = (self.registry().place(name)?, self.local_reranker(name).await?);
                place_reranker(self.program(), folder, processor, fault).await
            }
        };
        let reranker = opened.reranker.clone();
        open.insert(name.to_owned(), opened);
        Ok(reranker)
    }

    /// Closes the cross-encoders, so that the key of a hosted one is read again when it is next needed.
    pub async fn close_rerankers(&self) {
        self.open_rerankers.lock().await.clear();
    }
}
