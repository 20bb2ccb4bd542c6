//! Questions to the library.

use assay_contract::call::{Ask, OtherModels};
use assay_contract::{AskEvent, AskOptions, AskReply, AskRequest};
use assay_domain::{Cancel, Failure, Question, Steps};

use crate::answering::{Variant, run};
use crate::app::App;
use crate::convert::problem::problem;
use crate::convert::scope::scope;
use crate::settings;

/// Most questions of a conversation that a follow-up is read after.
const EARLIER: usize = 6;

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
        let call = Ask { request: request.clone(), earlier: None, options, models: OtherModels::default() };
        self.ask_as(&call, cancel, on).await
    }

    /// The same with other questions before it or other cross-encoders, where the call names them.
    ///
    /// # Errors
    /// As [`Self::ask`].
    pub async fn ask_as(
        &self,
        call: &Ask,
        cancel: &Cancel,
        on: &mut (dyn FnMut(AskEvent) + Send),
    ) -> Result<AskReply, Failure> {
        let Ask { request, options, .. } = call;
        let mut earlier = match &call.earlier {
            Some(earlier) => earlier.clone(),
            None => self.earlier(request).await?,
        };
        let ticket = self.questions.ticket(cancel);
        let cancel = ticket.button();
        earlier.drain(..earlier.len().saturating_sub(EARLIER));
        let question = Question { earlier, ..self.question(request, *options)? };
        let engines = self.library.engines().await;
        let (rerankers, second) = self.cross_encoders(&engines, &call.models, &question.text).await?;
        let cache = engines.score_cache().filter(|_| !options.no_cache);
        let answered = run(&engines, &question, Variant { rerankers, second, cache }, cancel, on).await?;
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
    ///
    /// # Errors
    /// [`assay_domain::Problem::BadSetting`] if its scope cannot be read.
    pub(crate) fn question(&self, request: &AskRequest, options: AskOptions) -> Result<Question, Failure> {
        let written = self.settings();
        let text = request.question.trim().to_owned();
        let usual = settings::question(&written, text);
        let steps = Steps {
            follow_up: request.follow_up.unwrap_or(usual.steps.follow_up),
            drafts: settings::draft_mode(options.drafts.unwrap_or(written.drafts)),
            ..usual.steps
        };
        let retrieve = request.retrieve.unwrap_or(written.retrieve) as usize;
        let milliseconds = options.rerank_milliseconds.unwrap_or(written.rerank_milliseconds);
        Ok(Question {
            scope: scope(request.collection.clone(), request.scope.as_ref())?,
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
        })
    }
}
