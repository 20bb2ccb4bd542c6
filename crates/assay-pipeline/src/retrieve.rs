//! What every retrieval of a question shares: its vector, and whether vectors are of use at all.

use assay_domain::port::{Embedder, EmbedderIdentity, TextKind};
use assay_domain::{Failure, Reason, ReasonCode};

use crate::language::is_unknown_to;

/// The question's vector.
///
/// # Errors
/// What the embedder reports.
pub async fn embed_question(embedder: &dyn Embedder, question: &str) -> Result<Vec<f32>, Failure> {
    let vector = embedder.embed(TextKind::Query, vec![question.to_owned()]).await?.pop();
    vector.ok_or_else(|| Failure::bug("no vector came back"))
}

/// Why the vector retriever is skipped for this question, if it is. Vectors of a language that the
/// model was not trained on are noise, and fusion gives each retriever half of the vote.
pub fn reason_to_skip_vectors(embedder: &EmbedderIdentity, question: &str) -> Option<Reason> {
    is_unknown_to(&embedder.languages, question).then(|| {
        let name = &embedder.name;
        let text = format!("{name} was not trained on Chinese, so its vectors would be noise; only words are searched");
        Reason::new(ReasonCode::LanguageUnknownToEmbedder, text)
    })
}
