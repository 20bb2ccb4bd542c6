//! question -> candidates: both legs, apart.

use std::time::Instant;

use assay_domain::port::{Catalogue, Embedder, Filter, IndexReader, TextKind};
use assay_domain::{Candidate, Failure, Hit, Problem, Question, Reason, ReasonCode, StageName};

use super::Ask;
use super::stages::Stages;
use crate::retrieve::{fuse, reason_against_vectors};

/// One leg may fail; both may not.
pub(super) async fn retrieve(
    with: &Ask<'_>,
    question: &Question,
    stages: &mut Stages<'_>,
) -> Result<(Vec<Hit>, Vec<Hit>), Failure> {
    let excluded = with.catalogue.dead_generations()?;
    let filter = Filter { collection: question.collection.clone(), excluded };

    if let Some(reason) = reason_against_vectors(with.embedder.identity(), &question.text) {
        stages.skipped(StageName::Embed, reason.clone());
        stages.skipped(StageName::Vector, reason);
        let lexical = lexical_leg(with, question, filter, stages).await?;
        return not_of_nothing(with, Vec::new(), lexical);
    }

    let begun = Instant::now();
    let embedded = with.embedder.embed(TextKind::Query, vec![question.text.clone()]).await;
    let embedded = embedded.and_then(|mut vectors| vectors.pop().ok_or_else(|| Failure::bug("no vector came back")));
    stages.ended(StageName::Embed, begun, embedded.as_ref().err(), ReasonCode::EmbedderFailed);

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

    match (vector, lexical_leg(with, question, filter, stages).await) {
        (Err(failure), Err(_)) => Err(failure),
        (vector, lexical) => not_of_nothing(with, vector.unwrap_or_default(), lexical.unwrap_or_default()),
    }
}

async fn lexical_leg(
    with: &Ask<'_>,
    question: &Question,
    filter: Filter,
    stages: &mut Stages<'_>,
) -> Result<Vec<Hit>, Failure> {
    let begun = Instant::now();
    let hits = with.index.matching(question.text.clone(), question.retrieve, filter).await;
    stages.ended(StageName::Lexical, begun, hits.as_ref().err(), ReasonCode::LexicalFailed);
    hits
}

/// Nothing found in an empty library is another matter than nothing found.
fn not_of_nothing(with: &Ask<'_>, vector: Vec<Hit>, lexical: Vec<Hit>) -> Result<(Vec<Hit>, Vec<Hit>), Failure> {
    if vector.is_empty() && lexical.is_empty() && with.catalogue.documents()?.is_empty() {
        let message = "there is nothing in the library to search";
        return Err(Failure::new(Problem::EmptyLibrary, message, "add files or a folder, then ask again"));
    }
    Ok((vector, lexical))
}

/// Both legs, fused and named, without a cross-encoder and without a word on the way.
pub(crate) async fn candidates(
    embedder: &dyn Embedder,
    index: &dyn IndexReader,
    catalogue: &dyn Catalogue,
    question: &Question,
) -> Result<Vec<Candidate>, Failure> {
    super::check(question)?;
    let filter = Filter { collection: question.collection.clone(), excluded: catalogue.dead_generations()? };
    let mut vector = Vec::new();
    if reason_against_vectors(embedder.identity(), &question.text).is_none() {
        let embedded = embedder.embed(TextKind::Query, vec![question.text.clone()]).await?.pop();
        let embedded = embedded.ok_or_else(|| Failure::bug("no vector came back"))?;
        vector = index.nearest(embedded, question.retrieve, filter.clone()).await?;
    }
    let lexical = index.matching(question.text.clone(), question.retrieve, filter).await?;
    let mut candidates = fuse(vector, lexical);
    super::name(&mut candidates, catalogue)?;
    Ok(candidates)
}
