//! question -> candidates (vector + lexical)

use std::time::{Duration, Instant};

use assay_domain::port::{Catalogue, Embedder, Filter, IndexReader};
use assay_domain::{Candidate, Failure, Hit, Measured, Problem, Question, Reason, ReasonCode, StageName, StageState};

use assay_text::tell_language;

use super::checking::check;
use super::inputs::Ask;
use super::naming::name;
use super::report::AskEvent;
use super::stages::Stages;
use crate::fuse::{DraftedHits, fuse};
use crate::retrieve::{embed_question, reason_to_skip_vectors};
use crate::spelling::{Respelled, respell};

/// What the retrievers found.
pub(super) struct Retrieved {
    /// Hits of the vector retriever, best first.
    pub(super) vector: Vec<Hit>,
    /// Hits of the lexical retriever, best first.
    pub(super) lexical: Vec<Hit>,
    /// Hits of the queries that the writer drafted.
    pub(super) drafted: Vec<DraftedHits>,
    /// The question as the models read it ([`Respelled::text`]).
    pub(super) question: String,
}

/// The engines of a search.
#[derive(Clone, Copy)]
struct Search<'a> {
    embedder: &'a dyn Embedder,
    measured: &'a [Measured],
    index: &'a dyn IndexReader,
    catalogue: &'a dyn Catalogue,
}

/// What each retriever found, or why it failed.
struct Searched {
    /// The question as it was looked up.
    respelled: Respelled,
    /// `None` where vectors are of no use.
    vector: Option<Result<Vec<Hit>, Failure>>,
    lexical: Result<Vec<Hit>, Failure>,
}

/// Looks up the question's words, then runs the vector retriever and the lexical one. One of them may fail, both
/// may not.
pub(super) async fn retrieve(
    with: &Ask<'_>,
    question: &Question,
    stages: &mut Stages<'_>,
) -> Result<Retrieved, Failure> {
    let (embedder, measured) = (with.embedder, with.embedder_measured);
    let engines = Search { embedder, measured, index: with.index, catalogue: with.catalogue };
    let Searched { respelled, vector, lexical } = search(engines, question, stages).await?;
    let (vector, lexical) = match (vector, lexical) {
        (None, lexical) => (Vec::new(), lexical?),
        (Some(Err(failure)), Err(_)) => return Err(failure),
        (Some(vector), lexical) => (vector.unwrap_or_default(), lexical.unwrap_or_default()),
    };
    // An empty library is an error; a library in which nothing was found is not.
    if vector.is_empty() && lexical.is_empty() && with.catalogue.is_empty()? {
        let message = "there is nothing in the library to search";
        return Err(Failure::new(Problem::EmptyLibrary, message, "add files or a folder, then ask again"));
    }
    Ok(Retrieved { vector, lexical, drafted: Vec::new(), question: respelled.text })
}

async fn search(with: Search<'_>, question: &Question, stages: &mut Stages<'_>) -> Result<Searched, Failure> {
    let answering = || with.catalogue.answering(&question.scope).map(Filter::from);
    let begun = Instant::now();
    let respelled = respell(with.index, &question.text, answering()?).await;
    let looking_up = begun.elapsed();

    let language = tell_language(&respelled.text);
    if let Some(reason) = reason_to_skip_vectors(with.embedder.identity(), with.measured, language) {
        stages.skipped(StageName::Embed, reason.clone());
        stages.skipped(StageName::Vector, reason);
        let lexical = search_words(with, question, (&respelled, looking_up), answering()?, stages).await;
        return Ok(Searched { respelled, vector: None, lexical });
    }

    let begun = Instant::now();
    let embedded = embed_question(with.embedder, &respelled.text).await;
    stages.ended(StageName::Embed, begun, embedded.as_ref().err(), ReasonCode::EmbedderFailed);

    // Embedding can wait for an ingest, so what answers is looked up after it. Both retrievers search the same.
    let filter = answering()?;
    let vector = match embedded {
        Ok(vector) => {
            let begun = Instant::now();
            let hits = with.index.nearest(vector, question.retrieve, filter.clone()).await;
            stages.ended(StageName::Vector, begun, hits.as_ref().err(), ReasonCode::VectorFailed);
            hits
        }
        Err(failure) => {
            stages.skipped(StageName::Vector, Reason::new(ReasonCode::EmbedderFailed, "the question has no vector"));
            Err(failure)
        }
    };
    let lexical = search_words(with, question, (&respelled, looking_up), filter, stages).await;
    Ok(Searched { respelled, vector: Some(vector), lexical })
}

async fn search_words(
    with: Search<'_>,
    question: &Question,
    (respelled, looking_up): (&Respelled, Duration),
    filter: Filter,
    stages: &mut Stages<'_>,
) -> Result<Vec<Hit>, Failure> {
    // Looking up the words is a part of this stage that came before the others.
    let now = Instant::now();
    let begun = now.checked_sub(looking_up).unwrap_or(now);
    let hits = with.index.matching(respelled.query.clone(), question.retrieve, filter).await;
    stages.also_searched.clone_from(&respelled.also);
    match (&hits, &respelled.failure) {
        (Ok(_), Some(failure)) => {
            let reason = Reason::new(ReasonCode::SpellingFailed, failure.to_string());
            stages.finished(StageName::Lexical, begun, StageState::Done, Some(reason));
        }
        (hits, _) => stages.ended(StageName::Lexical, begun, hits.as_ref().err(), ReasonCode::LexicalFailed),
    }
    hits
}

/// The fused and named candidates alone, without stages and events: for evaluation.
///
/// # Errors
/// As [`crate::ask::ask`]; also if either retriever fails.
pub(crate) async fn candidates(
    (embedder, measured): (&dyn Embedder, &[Measured]),
    index: &dyn IndexReader,
    catalogue: &dyn Catalogue,
    question: &Question,
) -> Result<Vec<Candidate>, Failure> {
    check(question)?;
    let on: &mut (dyn FnMut(AskEvent<'_>) + Send) = &mut |_| ();
    let mut stages = Stages::reported_to(on);
    let found = search(Search { embedder, measured, index, catalogue }, question, &mut stages).await?;
    let mut candidates = fuse(found.vector.transpose()?.unwrap_or_default(), found.lexical?);
    name(&mut candidates, catalogue)?;
    Ok(candidates)
}
