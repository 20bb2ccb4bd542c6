//! Questions to the library.

use std::sync::Arc;

use assay_contract::{AskEvent, AskReply, AskRequest, ConversationRow, ModelsUsed, OrderChoice, ScoredRow, TurnRow};
use assay_domain::port::{Embedder, Reranker, Writer};
use assay_domain::{AnswerKind, Cancel, Failure, OrderRule, Question};
use assay_library::NewTurn;
use assay_pipeline::ask::{Ask, AskEvent as WayEvent, AskReport, ask};

use crate::app::App;
use crate::{convert, settings};

/// What only the terminal can ask for.
#[derive(Debug, Clone, Copy, Default)]
pub struct AskOptions {
    /// Only the candidates.
    pub no_answer: bool,
    /// Keep the question in no conversation.
    pub forget: bool,
    /// Time for reranking, in milliseconds, in place of the setting; 0 for no limit.
    pub rerank_milliseconds: Option<u32>,
    /// How many the second cross-encoder reads, in place of the setting.
    pub second_pool: Option<u32>,
    /// Whether that one may stop early, in place of the setting.
    pub early_stop: Option<bool>,
    /// Which order decides, in place of the setting.
    pub order: Option<OrderChoice>,
    /// Neither use nor keep scores and token ids.
    pub no_cache: bool,
}

impl App {
    /// Asks; `on` hears the stages, scores and words as they come.
    pub async fn ask(
        &self,
        request: &AskRequest,
        options: AskOptions,
        cancel: &Cancel,
        on: &mut (dyn FnMut(AskEvent) + Send),
    ) -> Result<AskReply, Failure> {
        let _ticket = self.questions.ticket(cancel);
        let question = self.question(request, options);
        let engines = self.library.engines().await;
        let (embedder, index) = engines.answering().await?;
        let reranker = engines.reranker().await;
        let scorer: Option<Arc<dyn Reranker>> = reranker.as_ref().ok().cloned();
        let (writer, fallback) = engines.writer(scorer).await;
        let second = engines.second_reranker().await;
        let with = Ask {
            embedder: embedder.as_ref(),
            index: index.reader(),
            catalogue: engines.store().as_ref(),
            reranker: reranker.as_ref().map(AsRef::as_ref).map_err(Clone::clone),
            second_reranker: second
                .as_ref()
                .map(|second| second.as_ref().map(|second| second.as_ref() as &dyn Reranker).map_err(Clone::clone)),
            score_cache: engines.pairs().filter(|_| !options.no_cache),
            writer: (writer.as_ref(), fallback),
        };
        let asked = ask(&with, &question, cancel, &mut |event| {
            if let Some(event) = ask_event(&event) {
                on(event);
            }
        })
        .await?;

        let models = ModelsUsed {
            embedder: embedder.identity().name.clone(),
            reranker: reranker.as_ref().ok().map(|reranker| reranker.identity().name.clone()),
            second_reranker: second.and_then(Result::ok).map(|second| second.identity().name.clone()),
            writer: written_by(&asked, writer.as_ref()),
            rerank_scale: reranker.as_ref().ok().map(|reranker| reranker.scale().as_str().to_owned()),
        };
        let device = reranker.as_ref().map_or(&embedder.identity().device, |reranker| &reranker.identity().device);
        let kind = asked.answer.as_ref().map(|answer| answer.kind);
        let mut reply = reply(question.text, device.clone(), models, asked);
        if let Some(kind) = kind.filter(|_| !options.forget) {
            reply.conversation = Some(self.remember(request, kind, &reply).await?);
        }
        Ok(reply)
    }

    fn question(&self, request: &AskRequest, options: AskOptions) -> Question {
        let written = self.settings();
        let text = request.question.trim().to_owned();
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
            ..settings::question(&written, text)
        }
    }

    async fn remember(&self, request: &AskRequest, kind: AnswerKind, reply: &AskReply) -> Result<i64, Failure> {
        let json = serde_json::to_string(reply).map_err(|error| Failure::bug(error.to_string()))?;
        let turn = NewTurn { question: reply.question.clone(), answer: reply.answer.text.clone(), kind, reply: json };
        Ok(self.library.engines().await.store().save_turn(request.conversation, &turn)?)
    }

    /// Saved conversations, the newest first.
    pub async fn conversations(&self) -> Result<Vec<ConversationRow>, Failure> {
        let rows = self.library.engines().await.store().conversations()?;
        let row = |row: assay_library::Conversation| ConversationRow {
            id: row.id,
            title: row.title,
            created: row.created,
            turns: row.turns,
        };
        Ok(rows.into_iter().map(row).collect())
    }

    /// Conversations that hold all of these words in a question or its answer, the newest first.
    pub async fn find_conversations(&self, words: &str) -> Result<Vec<ConversationRow>, Failure> {
        let found = self.library.engines().await.store().find_conversations(words)?;
        Ok(self.conversations().await?.into_iter().filter(|row| found.contains(&row.id)).collect())
    }

    /// The questions of a conversation. One that an older version saved in another form is left out.
    pub async fn turns(&self, conversation: i64) -> Result<Vec<TurnRow>, Failure> {
        let turns = self.library.engines().await.store().turns(conversation)?;
        let row = |turn: assay_library::Turn| {
            let reply = serde_json::from_str(&turn.turn.reply).ok()?;
            Some(TurnRow { created: turn.created, reply })
        };
        Ok(turns.into_iter().filter_map(row).collect())
    }

    /// Forgets a conversation.
    pub async fn delete_conversation(&self, conversation: i64) -> Result<(), Failure> {
        Ok(self.library.engines().await.store().delete_conversation(conversation)?)
    }
}

fn written_by(asked: &AskReport, writer: &dyn Writer) -> Option<String> {
    let answer = asked.answer.as_ref()?;
    (answer.kind != AnswerKind::Refused).then(|| writer.name())
}

pub(crate) fn reply(question: String, device: String, models: ModelsUsed, asked: AskReport) -> AskReply {
    AskReply {
        question,
        device,
        models,
        threshold: convert::threshold(&asked.cut),
        answer: convert::answer(asked.answer, &asked.candidates),
        stages: asked.stages.iter().map(convert::stage).collect(),
        candidates: convert::candidates(&asked.candidates, asked.order),
        conversation: None,
    }
}

fn ask_event(event: &WayEvent<'_>) -> Option<AskEvent> {
    Some(match event {
        WayEvent::Stage(stage) => AskEvent::Stage { stage: convert::stage(stage) },
        WayEvent::Retrieved(candidates) => {
            AskEvent::Retrieved { candidates: convert::candidates(candidates, OrderRule::Fused) }
        }
        WayEvent::Scored(batch) => {
            // Ranks shift with every batch, so all scores so far go along.
            let scored = batch.candidates.iter().filter_map(|candidate| {
                let first_rerank = candidate.first_rerank.as_ref().map(convert::rerank);
                let (chunk, rerank) =
                    (candidate.passage.chunk.to_string(), convert::rerank(candidate.rerank.as_ref()?));
                Some(ScoredRow { chunk, rerank, first_rerank })
            });
            AskEvent::Scored { scores: scored.collect(), done: batch.done as u32, total: batch.total as u32 }
        }
        WayEvent::Decided(candidates, cut, order) => AskEvent::Settled {
            candidates: convert::candidates(candidates, *order),
            threshold: convert::threshold(cut),
        },
        WayEvent::Text(text) => AskEvent::Text { text: (*text).to_owned() },
    })
}
