//! Questions to the library.

use std::sync::Arc;

use assay_contract::{AskEvent, AskReply, AskRequest, OrderChoice};
use assay_domain::port::Reranker;
use assay_domain::{Cancel, Failure, Question, Steps};
use assay_library::{Engines, OpenedReranker};
use assay_models::measured;
use assay_text::tell_language;

use crate::answering::{Variant, run};
use crate::app::App;
use crate::convert::problem::problem;
use crate::settings;

/// Most questions of a conversation that a follow-up is read after.
const EARLIER: usize = 6;

/// Options that only the terminal has.
#[derive(Debug, Clone, Copy, Default)]
pub struct AskOptions {
    /// Return the candidates without an answer.
    pub no_answer: bool,
    /// Save the question in no conversation.
    pub forget: bool,
    /// Time budget of reranking in milliseconds, in place of the setting; 0 for no limit.
    pub rerank_milliseconds: Option<u32>,
    /// Candidates that the second cross-encoder reads, in place of the setting.
    pub second_pool: Option<u32>,
    /// Whether the second cross-encoder may stop early, in place of the setting.
    pub early_stop: Option<bool>,
    /// Which order is in force after reranking, in place of the setting.
    pub order: Option<OrderChoice>,
    /// Neither read nor write the cache of scores and token ids.
    pub no_cache: bool,
}

/// The second cross-encoder of the settings, if they name one.
pub(crate) async fn second_reranker(engines: &Engines) -> Result<Option<OpenedReranker>, Failure> {
    let Some(opened) = engines.second_reranker().await else { return Ok(None) };
    let name = engines.settings().second_reranker.clone().unwrap_or_default();
    let reranker = opened.map(|second| second as Arc<dyn Reranker>);
    Ok(Some(OpenedReranker { reranker, measured: measured(&name)? }))
}

impl App {
    /// Asks a question; `on` receives stages, scores and text as they come. An answer that cannot be saved is still
    /// the reply, with the reason.
    ///
    /// # Errors
    /// Fails if the index cannot be opened, nothing can be retrieved, or the question is not valid.
    pub async fn ask(
        &self,
        request: &AskRequest,
        options: AskOptions,
        cancel: &Cancel,
        on: &mut (dyn FnMut(AskEvent) + Send),
    ) -> Result<AskReply, Failure> {
        let earlier = self.earlier(request).await?;
        self.ask_after(request, earlier, options, cancel, on).await
    }

    /// The same after these questions, the oldest first, in place of those of a kept conversation.
    ///
    /// # Errors
    /// As [`Self::ask`].
    pub async fn ask_after(
        &self,
        request: &AskRequest,
        mut earlier: Vec<String>,
        options: AskOptions,
        cancel: &Cancel,
        on: &mut (dyn FnMut(AskEvent) + Send),
    ) -> Result<AskReply, Failure> {
        let ticket = self.questions.ticket(cancel);
        let cancel = ticket.button();
        earlier.drain(..earlier.len().saturating_sub(EARLIER));
        let question = Question { earlier, ..self.question(request, options) };
        let engines = self.library.engines().await;
        let variant = Variant {
            rerankers: engines.rerankers(Some(tell_language(&question.text))).await?,
            second: second_reranker(&engines).await?,
            cache: engines.score_cache().filter(|_| !options.no_cache),
        };
        let answered = run(&engines, &question, variant, cancel, on).await?;
        let turn = answered.turn(&question.text).filter(|_| !options.forget);
        let mut reply = answered.reply(question.text);
        if let Some(turn) = turn {
            match self.remember(request.conversation, &turn).await {
                Ok(conversation) => reply.conversation = Some(conversation),
                Err(failure) => reply.unsaved = Some(problem(&failure)),
            }
        }
        Ok(reply)
    }

    /// The questions before this one in its conversation, as they were searched.
    async fn earlier(&self, request: &AskRequest) -> Result<Vec<String>, Failure> {
        let Some(conversation) = request.conversation else { return Ok(Vec::new()) };
        let turns = self.library.engines().await.store().turns(conversation)?;
        Ok(turns.into_iter().map(|kept| kept.turn.standalone.unwrap_or(kept.turn.question)).collect())
    }

    /// The question of a request under the settings.
    pub(crate) fn question(&self, request: &AskRequest, options: AskOptions) -> Question {
        let written = self.settings();
        let text = request.question.trim().to_owned();
        let usual = settings::question(&written, text);
        let steps = Steps { follow_up: request.follow_up.unwrap_or(usual.steps.follow_up), ..usual.steps };
        let retrieve = request.retrieve.unwrap_or(written.retrieve) as usize;
        let milliseconds = options.rerank_milliseconds.unwrap_or(written.rerank_milliseconds);
        Question {
            collection: request.collection.clone(),
            retrieve,
            second_pool: options.second_pool.unwrap_or(written.second_pool) as usize,
            budget: settings::budget(milliseconds),
            early_stop: options.early_stop.unwrap_or(written.early_stop),
            order: settings::order(options.order.unwrap_or(written.order)),
            keep: request.keep.unwrap_or(written.keep) as usize,
            rerank: settings::rerank_mode(request.rerank.unwrap_or(written.rerank)),
            answer: !options.no_answer,
            steps,
            ..usual
        }
    }
}
