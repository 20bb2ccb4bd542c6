//! What every retrieval of a question shares: its vector, and whether vectors are of use at all.

use assay_domain::port::{Embedder, EmbedderIdentity, TextKind};
use assay_domain::{Failure, Language, LanguagePair, Measured, Reason, ReasonCode};

use crate::language::is_unknown_to;

/// The question's vector.
///
/// # Errors
/// What the embedder reports.
pub async fn embed_question(embedder: &dyn Embedder, question: &str) -> Result<Vec<f32>, Failure> {
    let vector = embedder.embed(TextKind::Query, vec![question.to_owned()]).await?.pop();
    vector.ok_or_else(|| Failure::bug("no vector came back"))
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
