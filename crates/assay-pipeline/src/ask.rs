//! question -> candidates (vector + lexical) -> fused -> reranked -> kept -> prompt -> answer -> screen
//!
//! [`ask`] is what runs when the user presses Ask. Each line of it is a stage:
//!
//! | stage | what it does | where |
//! |---|---|---|
//! | retrieve | the question's vector, then vector and BM25 hits | `ask/retrieving.rs` |
//! | fuse | reciprocal rank fusion of both | [`crate::fuse`] |
//! | rerank | one or two cross-encoders, then the final order | `ask/reranking.rs`, [`crate::rerank`], [`crate::order`] |
//! | keep | **the threshold is applied here**, then duplicates and the top are cut | [`crate::keep`] |
//! | answer | prompt, writer, citations; or a refusal if nothing was kept | `ask/answering.rs`, [`crate::prompt`], [`crate::answer`] |
//!
//! A stage that cannot run is recorded with its reason, and the question goes on without it as long
//! as anything can be found.

mod inputs;
mod report;
mod stages;
mod checking;
mod retrieving;
mod naming;
mod reranking;
mod answering;

use std::time::Instant;

use assay_domain::{Cancel, Failure, Language, OrderRule, Question, StageName, StageState};
use assay_text::tell_language;

use crate::fuse::fuse;
use crate::keep::{Kept, Thresholds, keep};
use answering::answer_stage;
use checking::check;
use naming::name;
use reranking::rerank_stage;
use retrieving::retrieve;
use stages::Stages;

pub use checking::LONGEST_QUESTION;
pub use inputs::Ask;
pub use report::{AskEvent, AskReport};
pub(crate) use retrieving::candidates;

/// Asks a question. `on` receives the events while it runs.
///
/// # Errors
/// A question without words or over [`LONGEST_QUESTION`], an empty library, a catalogue that cannot
/// be read, or both retrievers failing. Every other failure is a stage's state in the report.
pub async fn ask(
    with: &Ask<'_>,
    question: &Question,
    cancel: &Cancel,
    on: &mut (dyn FnMut(AskEvent<'_>) + Send),
) -> Result<AskReport, Failure> {
    check(question)?;
    let mut stages = Stages { list: Vec::new(), also_searched: Vec::new(), on };

    let found = retrieve(with, question, &mut stages).await?;
    let mut candidates = stages.timed(StageName::Fuse, || fuse(found.vector, found.lexical));
    name(&mut candidates, with.catalogue)?;
    (stages.on)(AskEvent::Retrieved(&candidates));

    let language = tell_language(&question.text);
    let order = rerank_stage(with, (question, &found.question, language), &mut candidates, cancel, &mut stages).await;
    let begun = Instant::now();
    let thresholds = thresholds(with, language);
    let Kept { cut, unjudged } = keep(question, &mut candidates, order != OrderRule::Fused, &thresholds);
    stages.finished(StageName::Keep, begun, StageState::Done, unjudged);
    let answer = answer_stage(with, question, &mut candidates, (&cut, order), cancel, &mut stages).await;

    Ok(AskReport { candidates, order, cut, answer, stages: stages.list })
}

/// The measured thresholds of the models that take part.
fn thresholds<'a>(with: &'a Ask<'_>, question: Language) -> Thresholds<'a> {
    let mut rerankers = with.rerankers.thresholds();
    rerankers.extend(with.second_reranker.as_ref().and_then(|second| second.threshold()));
    Thresholds { question: Some(question), rerankers, embedder: with.embedder_measured }
}
