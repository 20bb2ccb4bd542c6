//! The same question under another set-up: nothing is saved and nothing is answered.

use std::sync::Arc;

use assay_contract::{AskReply, ModelsUsed, SetUp};
use assay_domain::port::{Embedder, Reranker};
use assay_domain::{Cancel, Failure, Question, Threshold};
use assay_models::open_encoders::OpenReranker;
use assay_pipeline::ask::{Ask, ask};

use crate::app::{App, lock};
use crate::ask::reply;
use crate::settings;

impl App {
    /// Asks under this set-up. A cross-encoder other than that of the settings is opened for it and
    /// kept until the next other one, so that a comparison opens it once.
    pub async fn what_if(&self, setup: &SetUp, cancel: &Cancel) -> Result<AskReply, Failure> {
        let _ticket = self.questions.ticket(cancel);
        let written = self.settings();
        let question = Question {
            collection: setup.collection.clone(),
            retrieve: setup.retrieve.clamp(1, 1_000) as usize,
            rerank_pool: setup.rerank_pool.clamp(1, 1_000) as usize,
            keep: setup.keep.clamp(1, 50) as usize,
            rerank: settings::rerank_mode(setup.rerank),
            threshold: setup.threshold.map_or_else(|| settings::threshold(&written), Threshold::Fixed),
            answer: false,
            ..settings::question(&written, setup.question.trim().to_owned())
        };
        let engines = self.library.engines().await;
        let (embedder, index) = engines.answering().await?;
        let other = setup.reranker.as_ref().filter(|name| **name != written.reranker);
        let reranker = match other {
            Some(name) => self.other_reranker(&engines, name).await.map(|opened| opened as Arc<dyn Reranker>),
            None => engines.reranker().await,
        };
        let (writer, fallback) = engines.writer(None).await;
        let with = Ask {
            embedder: embedder.as_ref(),
            index: index.reader(),
            catalogue: engines.store().as_ref(),
            reranker: reranker.as_ref().map(AsRef::as_ref).map_err(Clone::clone),
            second_reranker: None,
            score_cache: engines.pairs(),
            writer: (writer.as_ref(), fallback),
        };
        let asked = ask(&with, &question, cancel, &mut |_| ()).await?;
        let models = ModelsUsed {
            embedder: embedder.identity().name.clone(),
            reranker: reranker.as_ref().ok().map(|reranker| reranker.identity().name.clone()),
            second_reranker: None,
            writer: None,
            rerank_scale: reranker.as_ref().ok().map(|reranker| reranker.scale().as_str().to_owned()),
        };
        let device = reranker.as_ref().map_or(&embedder.identity().device, |reranker| &reranker.identity().device);
        Ok(reply(question.text, device.clone(), models, asked))
    }

    async fn other_reranker(&self, engines: &assay_library::Engines, name: &str) -> Result<Arc<OpenReranker>, Failure> {
        if let Some(open) = lock(&self.other).clone().filter(|open| open.identity().name == name) {
            return Ok(open);
        }
        let opened = engines.local_reranker(name).await?;
        *lock(&self.other) = Some(opened.clone());
        Ok(opened)
    }
}
