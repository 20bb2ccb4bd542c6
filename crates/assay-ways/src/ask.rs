//! question -> candidates (vector + lexical) -> fused -> reranked -> kept -> prompt -> answer -> screen

mod stages;

use std::collections::HashMap;
use std::time::Instant;

use assay_domain::socket::{Catalogue, Embedder, Filter, IndexReader, Reranker, TextKind, Writer};
use assay_domain::{
    Answer, Cancel, Candidate, Cut, Failure, Hit, Outcome, Problem, Question, Reason, Stage, StageName, StageState,
};

use crate::answer::{Written, answer, refusal};
use crate::keep::keep;
use crate::prompt::prompt;
use crate::rerank::{Reranked, put_in_order, reason_against, rerank};
use crate::retrieve::{fuse, reason_against_vectors};
use crate::words::has_words;
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
    /// Prompt to answer, with the reason why it is not the writer that the settings name.
    pub writer: (&'a dyn Writer, Option<Reason>),
}

/// What is told along the way.
#[derive(Debug)]
pub enum AskEvent<'a> {
    /// A stage ended.
    Stage(&'a Stage),
    /// Both legs are in, fused.
    Retrieved(&'a [Candidate]),
    /// Some candidates were scored.
    Scored {
        /// The pool in fused order, with the scores so far.
        candidates: &'a [Candidate],
        /// Indexes of those scored just now.
        fresh: &'a [usize],
        /// How many will be scored.
        total: usize,
    },
    /// Outcomes are settled; candidates in final order.
    Settled(&'a [Candidate], &'a Cut),
    /// More of the answer.
    Text(&'a str),
}

/// All that is known of a question at the end.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// Every candidate that was retrieved, in final order, each with its outcome.
    pub candidates: Vec<Candidate>,
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

    let reranked = rerank_stage(with, question, &mut candidates, cancel, &mut stages).await;
    let cut = stages.timed(StageName::Keep, || keep(question, &mut candidates, reranked));
    let answer = answer_stage(with, question, &mut candidates, &cut, cancel, &mut stages).await;

    Ok(Asked { candidates, cut, answer, stages: stages.list })
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

/// Both legs, apart. One may fail; both may not.
async fn retrieve(
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
    stages.ended(StageName::Embed, begun, embedded.as_ref().err(), "embedder_failed");

    let vector = match embedded {
        Ok(vector) => {
            let begun = Instant::now();
            let hits = with.index.nearest(vector, question.retrieve, filter.clone()).await;
            stages.ended(StageName::Vector, begun, hits.as_ref().err(), "vector_failed");
            hits
        }
        Err(failure) => {
            stages.skipped(StageName::Vector, Reason::new("embedder_failed", "the question has no vector"));
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
    stages.ended(StageName::Lexical, begun, hits.as_ref().err(), "lexical_failed");
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

fn name(candidates: &mut [Candidate], catalogue: &dyn Catalogue) -> Result<(), Failure> {
    let documents = catalogue.documents()?;
    let names: HashMap<_, _> = documents.into_iter().map(|document| (document.id, document.name)).collect();
    for candidate in candidates {
        candidate.name = names.get(&candidate.passage.document).cloned().unwrap_or_default();
    }
    Ok(())
}

/// Whether the cross-encoder's order is the one in force afterwards.
async fn rerank_stage(
    with: &Ask<'_>,
    question: &Question,
    candidates: &mut [Candidate],
    cancel: &Cancel,
    stages: &mut Stages<'_>,
) -> bool {
    let reranker = match &with.reranker {
        Ok(reranker) => *reranker,
        Err(failure) => {
            stages.skipped(StageName::Rerank, Reason::new("no_reranker", failure.to_string()));
            return false;
        }
    };
    if let Some(reason) = reason_against(question, candidates, reranker) {
        stages.skipped(StageName::Rerank, reason);
        return false;
    }
    let begun = Instant::now();
    let on = &mut stages.on;
    let mut tell = |candidates: &[Candidate], fresh: &[usize], total| on(AskEvent::Scored { candidates, fresh, total });
    let end = rerank(&question.text, candidates, question.rerank_pool, reranker, cancel, &mut tell).await;
    let (state, reason) = match end {
        Reranked::All => (StageState::Done, None),
        Reranked::Stopped => {
            (StageState::Stopped, Some(Reason::new("stopped", "stopped before every passage was scored")))
        }
        Reranked::Failed(failure) => (StageState::Failed, Some(Reason::new("reranker_failed", failure.to_string()))),
    };
    let in_force = state != StageState::Failed;
    if in_force {
        put_in_order(candidates);
    }
    stages.push(Stage { name: StageName::Rerank, time: begun.elapsed(), state, reason });
    in_force
}

async fn answer_stage(
    with: &Ask<'_>,
    question: &Question,
    candidates: &mut [Candidate],
    cut: &Cut,
    cancel: &Cancel,
    stages: &mut Stages<'_>,
) -> Option<Answer> {
    let (writer, fallback) = (with.writer.0, &with.writer.1);
    let begun = Instant::now();
    let kept = candidates.iter().any(|candidate| candidate.outcome == Outcome::Kept);
    let prompt = if kept { Some(prompt(&question.text, candidates, writer).await) } else { None };
    (stages.on)(AskEvent::Settled(candidates, cut));
    if !question.answer {
        stages.skipped(StageName::Answer, Reason::new("not_asked", "only the candidates were asked for"));
        return None;
    }
    if cancel.is_stopped() {
        stages.skipped(StageName::Answer, Reason::new("stopped", "stopped before the answer"));
        return None;
    }
    let prompt = match prompt {
        None => {
            let refusal = refusal(&question.text, candidates.len());
            (stages.on)(AskEvent::Text(&refusal.text));
            stages.push(Stage {
                name: StageName::Answer,
                time: begun.elapsed(),
                state: StageState::Done,
                reason: None,
            });
            return Some(refusal);
        }
        Some(Err(failure)) => {
            stages.ended(StageName::Answer, begun, Some(&failure), "writer_failed");
            return None;
        }
        Some(Ok(prompt)) => prompt,
    };
    let on = &mut stages.on;
    let end = answer(prompt, writer, cancel, &mut |text| on(AskEvent::Text(text))).await;
    let (answer, state, reason) = match end {
        Written::All(answer) if fallback.is_some() => (Some(answer), StageState::FellBack, fallback.clone()),
        Written::All(answer) => (Some(answer), StageState::Done, None),
        Written::Stopped(answer) => {
            (Some(answer), StageState::Stopped, Some(Reason::new("stopped", "stopped before the answer was whole")))
        }
        Written::Failed(failure) => (None, StageState::Failed, Some(Reason::new("writer_failed", failure.to_string()))),
    };
    stages.push(Stage { name: StageName::Answer, time: begun.elapsed(), state, reason });
    answer
}
