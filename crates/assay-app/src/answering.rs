//! The ask pipeline over the engines of an open library. `ask` and `what_if` share it.

use std::sync::Arc;

use assay_contract::{AskEvent, AskReply, ModelsUsed};
use assay_domain::port::{Catalogue, Embedder, ScoreCache, Writer};
use assay_domain::{AnswerKind, Cancel, Failure, IndexIdentity, Measured, Narrowed, Problem, Question, Reason};
use assay_library::{Engines, Index, NewTurn, OpenedReranker, Rerankers, TurnModels};
use assay_models::measured;
use assay_pipeline::ask::{Ask, AskReport, ask};

use crate::convert::{answer, candidate, event, model, scope, stage, turn};

/// What varies between one question and another.
pub struct Variant<'a> {
    /// The cross-encoders.
    pub rerankers: Rerankers,
    /// The second cross-encoder, if one is to run.
    pub second: Option<OpenedReranker>,
    /// The cache of scores and token ids, if it is to be used.
    pub cache: Option<&'a dyn ScoreCache>,
}

/// The engines of a question, open.
pub struct Opened<'a> {
    engines: &'a Engines,
    variant: Variant<'a>,
    embedder: Arc<dyn Embedder>,
    embedder_measured: Vec<Measured>,
    index: Arc<Index>,
    writer: Arc<dyn Writer>,
    fallback: Option<Reason>,
}

impl<'a> Opened<'a> {
    /// Opens what a question needs.
    ///
    /// # Errors
    /// Fails if the index or the bi-encoder that filled it cannot be opened.
    pub async fn open(engines: &'a Engines, variant: Variant<'a>) -> Result<Self, Failure> {
        let (embedder, index) = engines.answering().await?;
        let second = variant.second.as_ref().and_then(|second| second.reranker.as_ref().ok());
        let rerankers = variant.rerankers.open().chain(second).cloned().collect();
        let (writer, fallback) = engines.writer(rerankers, embedder.clone()).await;
        let embedder_measured = measured(&embedder.identity().name)?;
        Ok(Self { engines, variant, embedder, embedder_measured, index, writer, fallback })
    }

    /// The same for the pipeline.
    pub fn pipeline(&self) -> Ask<'_> {
        Ask {
            embedder: self.embedder.as_ref(),
            embedder_measured: &self.embedder_measured,
            index: self.index.reader(),
            catalogue: self.engines.store().as_ref(),
            rerankers: self.variant.rerankers.plan(),
            second_reranker: self.variant.second.as_ref().map(OpenedReranker::for_pipeline),
            score_cache: self.variant.cache,
            writer: (self.writer.as_ref(), self.fallback.clone()),
        }
    }
}

/// A question that was asked, with the engines that took part.
pub struct Answered {
    /// The result of the pipeline.
    pub asked: AskReport,
    models: TurnModels,
    collection: Option<String>,
    narrowed: Option<Narrowed>,
    device: String,
    /// What filled the index that answered.
    index: IndexIdentity,
}

/// Asks a question; `on` receives stages, scores and text as they come.
///
/// # Errors
/// Fails if the index cannot be opened, nothing can be retrieved, no document is in the question's scope, or the question
/// is not valid.
pub async fn run(
    engines: &Engines,
    question: &Question,
    variant: Variant<'_>,
    cancel: &Cancel,
    on: &mut (dyn FnMut(AskEvent) + Send),
) -> Result<Answered, Failure> {
    let narrowed = engines.store().answering(&question.scope)?.narrowed;
    if narrowed.is_some_and(|narrowed| narrowed.documents == 0 && narrowed.of > 0) {
        let message = "no document that can be searched meets all filters";
        return Err(Failure::new(Problem::BadSetting, message, "ask with fewer filters"));
    }
    let opened = Opened::open(engines, variant).await?;
    let asked = ask(&opened.pipeline(), question, cancel, &mut |event| on(event::ask_event(&event))).await?;

    let Opened { variant: Variant { rerankers, second, .. }, embedder, index, writer, .. } = opened;
    let first = rerankers.first();
    let by_writer =
        asked.answer.as_ref().filter(|answer| matches!(answer.kind, AnswerKind::Extractive | AnswerKind::Written));
    let models = TurnModels {
        embedder: embedder.identity().name.clone(),
        reranker: match &rerankers {
            Rerankers::Named(_) => first.map(|reranker| reranker.identity().name.clone()),
            Rerankers::Measured(all) => readers(all, &asked),
        },
        second_reranker: second.and_then(|second| second.reranker.ok()).map(|second| second.identity().name.clone()),
        writer: by_writer.map(|_| writer.name()),
        rerank_scale: first.map(|reranker| reranker.scale()),
    };
    let device = first.map_or(&embedder.identity().device, |reranker| &reranker.identity().device).clone();
    let collection = question.scope.collection.clone();
    Ok(Answered { asked, models, collection, narrowed, device, index: index.identity.clone() })
}

/// The names of the cross-encoders that read candidates, of those that were chosen by measurement.
fn readers(all: &[OpenedReranker], asked: &AskReport) -> Option<String> {
    let stats = || asked.stages.iter().flat_map(|stage| &stage.reranker_stats);
    let names = all.iter().filter_map(|opened| Some(opened.reranker.as_ref().ok()?.identity().name.as_str()));
    let read: Vec<&str> = names.filter(|name| stats().any(|stats| stats.model == **name)).collect();
    (!read.is_empty()).then(|| read.join(" + "))
}

impl Answered {
    /// The question as a conversation keeps it, if it has an answer.
    pub fn turn(&self, question: &str) -> Option<NewTurn> {
        Some(NewTurn {
            question: question.to_owned(),
            standalone: self.asked.standalone.clone(),
            collection: self.collection.clone(),
            narrowed: self.narrowed,
            device: self.device.clone(),
            models: self.models.clone(),
            candidates: self.asked.candidates.iter().map(Into::into).collect(),
            order: Some(self.asked.order),
            cut: self.asked.cut.clone(),
            answer: self.asked.answer.clone()?,
            stages: self.asked.stages.clone(),
        })
    }

    /// The reply, which no conversation keeps yet.
    pub fn reply(self, question: String) -> AskReply {
        let Self { asked, models, collection, narrowed, device, index } = self;
        let (lexical, metric) = (Some(answer::lexical(index.rows)), Some(model::metric(index.metric)));
        AskReply {
            question,
            standalone: asked.standalone,
            collection,
            scope: narrowed.map(scope::view),
            device,
            models: ModelsUsed { lexical, metric, ..turn::models(models) },
            threshold: candidate::threshold(&asked.cut),
            answer: answer::answer(asked.answer, &asked.candidates),
            stages: asked.stages.iter().map(stage::stage).collect(),
            candidates: candidate::candidates(&asked.candidates, asked.order),
            conversation: None,
            unsaved: None,
        }
    }
}
