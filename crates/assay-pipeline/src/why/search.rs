//! the passages that hold the text -> their places in both retrievers' whole orders

use assay_domain::port::{Filter, Places};
use assay_domain::{ChunkId, DocumentState, Failure, Question, Reason, ReasonCode, StageName, StageState};

use super::locate::Holder;
use crate::ask::{Ask, AskReport};
use crate::retrieve::embed_question;
use crate::spelling::respell;

/// The places of passages, or why a retriever has none.
pub(super) struct Search {
    /// The question as the models read it.
    pub read_as: String,
    pub vector: Result<Places, Reason>,
    pub lexical: Result<Places, Reason>,
}

/// Looks up the places of the passages that the question searches.
pub(super) async fn search(
    with: &Ask<'_>,
    question: &Question,
    asked: &AskReport,
    holders: &[Holder],
) -> Result<Search, Failure> {
    let filter = Filter::from(with.catalogue.answering(&question.scope)?);
    let respelled = respell(with.index, &question.text, filter.clone()).await;
    let chunks: Vec<ChunkId> =
        holders.iter().filter_map(|holder| holder.passage.as_ref()).map(|passage| passage.chunk).collect();

    let failed = |code| move |failure: Failure| Reason::new(code, failure.to_string());
    let vector = match not_run(asked, StageName::Vector) {
        Some(reason) => Err(reason),
        None => match embed_question(with.embedder, &respelled.text).await {
            Err(failure) => Err(failed(ReasonCode::EmbedderFailed)(failure)),
            Ok(vector) => {
                let places = with.index.places_by_vector(vector, chunks.clone(), filter.clone()).await;
                places.map_err(failed(ReasonCode::VectorFailed))
            }
        },
    };
    let lexical = match not_run(asked, StageName::Lexical) {
        Some(reason) => Err(reason),
        None => {
            let places = with.index.places_by_words(respelled.query, chunks, filter).await;
            places.map_err(failed(ReasonCode::LexicalFailed))
        }
    };
    Ok(Search { read_as: respelled.text, vector, lexical })
}

/// Why a stage has no result, if it has none.
pub(super) fn not_run(asked: &AskReport, name: StageName) -> Option<Reason> {
    let unknown = || Reason::new(ReasonCode::Stopped, "the stage did not run");
    let Some(stage) = asked.stages.iter().find(|stage| stage.name == name) else { return Some(unknown()) };
    let none = matches!(stage.state, StageState::Skipped | StageState::Failed);
    none.then(|| stage.reason.clone().unwrap_or_else(unknown))
}

impl Search {
    /// Which of the passages got furthest: the best candidate, else the one that is nearest to being one.
    pub(super) fn best(&self, holders: &[Holder], asked: &AskReport) -> usize {
        let key = |holder: &Holder| {
            let Some(passage) = &holder.passage else { return (2, usize::MAX, u32::MAX) };
            let candidate = asked.candidates.iter().position(|candidate| candidate.passage.chunk == passage.chunk);
            let rank =
                |places: &Result<Places, Reason>| places.as_ref().ok()?.get(passage.chunk).map(|place| place.rank);
            let rank = rank(&self.vector).into_iter().chain(rank(&self.lexical)).min();
            let away = holder.document.state == DocumentState::Missing || (rank.is_none() && candidate.is_none());
            (u8::from(away), candidate.unwrap_or(usize::MAX), rank.unwrap_or(u32::MAX))
        };
        let keys = holders.iter().map(key).enumerate();
        keys.min_by_key(|(place, key)| (*key, *place)).map_or(0, |(place, _)| place)
    }
}
