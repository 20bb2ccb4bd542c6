//! A question under other settings: it gets no answer, and no conversation keeps it.

use std::sync::Arc;

use assay_contract::{AUTO_RERANKER, AskReply, SetUp};
use assay_domain::port::Reranker;
use assay_domain::{Cancel, Failure, Question, Threshold};
use assay_library::Rerankers;
use assay_text::tell_language;

use crate::answering::{Variant, run};
use crate::app::App;
use crate::convert::scope;
use crate::settings;

impl App {
    /// Asks under these settings. A cross-encoder other than that of the settings is opened and stays
    /// open until another one is asked for, so that a comparison opens it once.
    ///
    /// # Errors
    /// As [`App::ask`].
    pub async fn what_if(&self, setup: &SetUp, cancel: &Cancel) -> Result<AskReply, Failure> {
        let ticket = self.questions.ticket(cancel);
        let cancel = ticket.button();
        let written = self.settings();
        let question = Question {
            scope: scope::scope(setup.collection.clone(), setup.scope.as_ref())?,
            retrieve: setup.retrieve.clamp(1, 1_000) as usize,
            rerank_pool: setup.rerank_pool.clamp(1, 1_000) as usize,
            keep: setup.keep.clamp(1, 50) as usize,
            rerank: settings::rerank_mode(setup.rerank),
            threshold: setup.threshold.map_or_else(|| settings::threshold(&written), Threshold::Fixed),
            answer: false,
            ..settings::question(&written, setup.question.trim().to_owned())
        };
        let engines = self.library.engines().await;
        let language = Some(tell_language(&question.text));
        let rerankers = match setup.reranker.as_ref().filter(|name| **name != written.reranker) {
            Some(name) if name == AUTO_RERANKER => engines.best_rerankers(language).await?,
            Some(name) => {
                let opened = self.other_reranker(&engines, name).await;
                Rerankers::named(name, opened.map(|opened| opened as Arc<dyn Reranker>))?
            }
            None => engines.rerankers(language).await?,
        };
        let variant = Variant { rerankers, second: None, cache: engines.score_cache() };
        let answered = run(&engines, &question, variant, cancel, &mut |_| ()).await?;
        Ok(answered.reply(question.text))
    }
}
