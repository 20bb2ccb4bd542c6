//! What every retrieval of a question shares: its vector, whether vectors are of use at all, and the search by a drafted query.

use assay_domain::port::{Embedder, EmbedderIdentity, Filter, IndexReader, TextKind};
use assay_domain::{Draft, DraftedQuery, Failure, Hit, Language, LanguagePair, Measured, Reason, ReasonCode};

use crate::fuse::DraftedHits;
use crate::language::is_unknown_to;
use crate::spelling::Respelled;

/// The question's vector.
///
/// # Errors
/// What the embedder reports.
pub async fn embed_question(embedder: &dyn Embedder, question: &str) -> Result<Vec<f32>, Failure> {
    embed(embedder, TextKind::Query, question).await
}

async fn embed(embedder: &dyn Embedder, kind: TextKind, text: &str) -> Result<Vec<f32>, Failure> {
    let vector = embedder.embed(kind, vec![text.to_owned()]).await?.pop();
    vector.ok_or_else(|| Failure::bug("no vector came back"))
}

/// Up to `most` hits of each search by a drafted query: by vector alone for a hypothetical passage, which is embedded as
/// passages are, and by vector and words for a wording. A search that fails has no hits and leaves the other; the first
/// failure comes with the hits.
pub async fn search_draft(
    (embedder, index): (&dyn Embedder, &dyn IndexReader),
    draft: &Draft,
    (most, filter): (usize, &Filter),
    with_vectors: bool,
) -> (DraftedHits, Option<(ReasonCode, Failure)>) {
    let is_passage = draft.query == DraftedQuery::Hypothetical;
    let kind = if is_passage { TextKind::Passage } else { TextKind::Query };
    let mut hits = DraftedHits { query: draft.query, vector: Vec::new(), lexical: Vec::new() };
    let mut failed = None;
    if with_vectors {
        match nearest((embedder, index), (kind, &draft.text), (most, filter)).await {
            Ok(found) => hits.vector = found,
            Err(failure) => failed = Some(failure),
        }
    }
    if !is_passage {
        match index.matching(Respelled::as_written(&draft.text).query, most, filter.clone()).await {
            Ok(found) => hits.lexical = found,
            Err(failure) => failed = failed.or(Some((ReasonCode::LexicalFailed, failure))),
        }
    }
    (hits, failed)
}

async fn nearest(
    (embedder, index): (&dyn Embedder, &dyn IndexReader),
    (kind, text): (TextKind, &str),
    (most, filter): (usize, &Filter),
) -> Result<Vec<Hit>, (ReasonCode, Failure)> {
    let embedded = embed(embedder, kind, text).await;
    let vector = embedded.map_err(|failure| (ReasonCode::EmbedderFailed, failure))?;
    let hits = index.nearest(vector, most, filter.clone()).await;
    hits.map_err(|failure| (ReasonCode::VectorFailed, failure))
}

/// Why the vector retriever is skipped for a question in this language, if it is: fusion gives each
/// retriever half of the vote, so a weak one makes the whole worse. Decided by what was measured
/// for questions and passages in that language; for a model that nobody measured, by the languages
/// that it was trained on.
pub fn reason_to_skip_vectors(
    embedder: &EmbedderIdentity,
    measured: &[Measured],
    language: Language,
) -> Option<Reason> {
    let (name, of) = (&embedder.name, language.name());
    let text = match Measured::find(measured, LanguagePair { question: language, passage: language }) {
        Some(found) if found.gain() < 0.0 => format!(
            "with the vectors of {name} fewer {of} passages were found for {of} questions (MRR@10 {:.2}) than by words \
             alone ({:.2}), so only words are searched",
            found.with, found.without
        ),
        None if is_unknown_to(&embedder.languages, language) => {
            format!("{name} was not trained on {of}, so its vectors would be noise; only words are searched")
        }
        _ => return None,
    };
    Some(Reason::new(ReasonCode::LanguageUnknownToEmbedder, text))
}
