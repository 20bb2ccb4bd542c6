//! question -> candidates (vector + lexical) -> fused -> reranked -> kept -> prompt -> answer -> screen

mod legs;
mod reranking;
mod answering;
mod stages;

use std::collections::HashMap;

use assay_domain::port::{Catalogue, Embedder, IndexReader, PairStore, Reranker, Writer};
use assay_domain::{
    Answer, Cancel, Candidate, Cut, DocumentState, Failure, OrderRule, Problem, Question, Reason, Stage, StageName,
};

use crate::keep::keep;
use crate::rerank::Batch;
use crate::retrieve::fuse;
use crate::words::has_words;
use answering::answer_stage;
pub(crate) use legs::candidates;
use legs::retrieve;
use reranking::rerank_stage;
use stages::Stages;

/// Longest question, in characters. Longer ones are a document, not a question: every encoder
/// would cut them without a word.
pub const LONGEST_QUESTION: usize = 4_000;

/// What the ask way needs.
pub struct Ask<'a> {
    /// Question to vector.
    pub embedder: &'a dyn Embedder,
    /// The two legs.
    pub index: &'a dyn IndexReader,
    /// Which rows count, and what documents are called.
    pub catalogue: &'a dyn Catalogue,
    /// The cross-encoder, or why there is none.
    pub reranker: Result<&'a dyn Reranker, Failure>,
    /// The larger cross-encoder for the best of the first one's order, if one is wanted, or why
    /// there is none.
    pub second_reranker: Option<Result<&'a dyn Reranker, Failure>>,
    /// Token ids and scores from before, if they are kept.
    pub pairs: Option<&'a dyn PairStore>,
    /// Prompt to answer, with the reason why it is not the writer that the settings name.
    pub writer: (&'a dyn Writer, Option<Reason>),
}

/// What is told along the way.
pub enum AskEvent<'a> {
    /// A stage ended.
    Stage(&'a Stage),
    /// Both legs are in, fused.
    Retrieved(&'a [Candidate]),
    /// Some candidates were scored.
    Scored(Batch<'a>),
    /// Outcomes are settled; candidates in final order.
    Settled(&'a [Candidate], &'a Cut, OrderRule),
    /// More of the answer.
    Text(&'a str),
}

/// All that is known of a question at the end.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// Every candidate that was retrieved, in final order, each with its outcome.
    pub candidates: Vec<Candidate>,
    /// The order they stand in.
    pub order: OrderRule,
    /// Where the cut was made.
    pub cut: Cut,
    /// The answer, if one was wanted and the writer did not fail.
    pub answer: Option<Answer>,
    /// How each stage went.
    pub stages: Vec<Stage>,
}

/// Asks. A stage that cannot run says so and the way goes on without it, as long as anything at
/// all can be found.
pub async fn ask(
    with: &Ask<'_>,
    question: &Question,
    cancel: &Cancel,
    on: &mut (dyn FnMut(AskEvent<'_>) + Send),
) -> Result<Asked, Failure> {
    check(question)?;
    let mut stages = Stages { list: Vec::new(), on };

    let (vector, lexical) = retrieve(with, question, &mut stages).await?;
    let mut candidates = stages.timed(StageName::Fuse, || fuse(vector, lexical));
    name(&mut candidates, with.catalogue)?;
    (stages.on)(AskEvent::Retrieved(&candidates));

    let order = rerank_stage(with, question, &mut candidates, cancel, &mut stages).await;
    let cut = stages.timed(StageName::Keep, || keep(question, &mut candidates, order != OrderRule::Fused));
    let answer = answer_stage(with, question, &mut candidates, (&cut, order), cancel, &mut stages).await;

    Ok(Asked { candidates, order, cut, answer, stages: stages.list })
}

fn check(question: &Question) -> Result<(), Failure> {
    if !has_words(&question.text) {
        return Err(Failure::new(
            Problem::EmptyQuestion,
            "the question holds no words",
            "type a question and ask again",
        ));
    }
    let length = question.text.chars().count();
    if length > LONGEST_QUESTION {
        let message = format!("the question is {length} characters long, and at most {LONGEST_QUESTION} can be read");
        return Err(Failure::new(
            Problem::TooLarge,
            message,
            "shorten it, or add the long text to the library as a file",
        ));
    }
    Ok(())
}

/// What the catalogue knows of the candidates' documents.
fn name(candidates: &mut [Candidate], catalogue: &dyn Catalogue) -> Result<(), Failure> {
    let documents: HashMap<_, _> = catalogue.documents()?.into_iter().map(|row| (row.id, row)).collect();
    for candidate in candidates {
        let Some(document) = documents.get(&candidate.passage.document) else { continue };
        candidate.name.clone_from(&document.name);
        candidate.offline = document.state == DocumentState::Offline;
    }
    Ok(())
}
