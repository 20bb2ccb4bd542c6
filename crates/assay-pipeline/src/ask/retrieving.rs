//! question -> candidates (vector + lexical)

use std::time::{Duration, Instant};

use assay_domain::port::{Catalogue, Embedder, Filter, IndexReader};
use assay_domain::{Candidate, Failure, Hit, Measured, Problem, Question, Reason, ReasonCode, StageName, StageState};

use assay_text::tell_language;

use super::checking::check;
use super::inputs::Ask;
use super::naming::name;
use super::stages::Stages;
use crate::fuse::fuse;
use crate::retrieve::{embed_question, reason_to_skip_vectors};
use crate::spelling::{Respelled, respell};

/// What the retrievers found.
pub(super) struct Retrieved {
    /// Hits of the vector retriever, best first.
    pub(super) vector: Vec<Hit>,
    /// Hits of the lexical retriever, best first.
    pub(super) lexical: Vec<Hit>,
    /// The question as the models read it ([`Respelled::text`]).
    pub(super) question: String,
}

/// Looks up the question's words, then runs the vector retriever and the lexical one. One of them may fail, both
/// may not.
pub(super) async fn retrieve(
    with: &Ask<'_>,
    question: &Question,
    stages: &mut Stages<'_>,
) -> Result<Retrieved, Failure> {
    let answering = || Ok::<_, Failure>(Filter::of(question.collection.clone(), with.catalogue.answering()?));
    let begun = Instant::now();
    let respelled = respell(with.index, &question.text, answering()?).await;
    let looking_up = begun.elapsed();

    let language = tell_language(&respelled.text);
    if let Some(reason) = reason_to_skip_vectors(with.embedder.identity(), with.embedder_measured, language) {
        stages.skipped(StageName::Embed, reason.clone());
        stages.skipped(StageName::Vector, reason);
        let lexical = retrieve_lexical(with, question, (&respelled, looking_up), answering()?, stages).await?;
        return unless_library_is_empty(with, Vec::new(), lexical, respelled);
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

    match (vector, retrieve_lexical(with, question, (&respelled, looking_up), filter, stages).await) {
        (Err(failure), Err(_)) => Err(failure),
        (vector, lexical) => {
            unless_library_is_empty(with, vector.unwrap_or_default(), lexical.unwrap_or_default(), respelled)
        }
    }
}

async fn retrieve_lexical(
    with: &Ask<'_>,
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

/// An empty library is an error; a library in which nothing was found is not.
fn unless_library_is_empty(
    with: &Ask<'_>,
    vector: Vec<Hit>,
    lexical: Vec<Hit>,
    respelled: Respelled,
) -> Result<Retrieved, Failure> {
    if vector.is_empty() && lexical.is_empty() && with.catalogue.is_empty()? {
        let message = "there is nothing in the library to search";
        return Err(Failure::new(Problem::EmptyLibrary, message, "add files or a folder, then ask again"));
    }
    Ok(Retrieved { vector, lexical, question: respelled.text })
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
    let answering = || Ok::<_, Failure>(Filter::of(question.collection.clone(), catalogue.answering()?));
    let respelled = respell(index, &question.text, answering()?).await;
    let embedded = match reason_to_skip_vectors(embedder.identity(), measured, tell_language(&question.text)) {
        None => Some(embed_question(embedder, &respelled.text).await?),
        Some(_) => None,
    };
    let filter = answering()?;
    let vector = match embedded {
        Some(embedded) => index.nearest(embedded, question.retrieve, filter.clone()).await?,
        None => Vec::new(),
    };
    let lexical = index.matching(respelled.query, question.retrieve, filter).await?;
    let mut candidates = fuse(vector, lexical);
    name(&mut candidates, catalogue)?;
    Ok(candidates)
}
