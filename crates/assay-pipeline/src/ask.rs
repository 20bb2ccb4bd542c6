//! question -> candidates (vector + lexical) -> fused -> reranked -> kept -> prompt -> answer -> screen
//!
//! [`ask`] is what runs when the user presses Ask. Each line of it is a stage:
//!
//! | stage | what it does | where |
//! |---|---|---|
//! | follow up | a question that leans on the one before is rewritten | `ask/standing_alone.rs`, [`crate::follow_up`] |
//! | list | a question about the library is answered from its list of files | `ask/library.rs`, [`crate::intent`] |
//! | retrieve | the question's vector, then vector and BM25 hits | `ask/retrieving.rs` |
//! | draft | where it is wanted, the writer drafts a passage and other wordings, and each is searched | `ask/drafting.rs`, [`crate::draft`] |
//! | fuse | reciprocal rank fusion of all retrievers | [`crate::fuse`] |
//! | fold | copies of a passage are put behind it | `ask/folding.rs`, [`crate::copies`] |
//! | rerank | one or two cross-encoders, then the final order | `ask/reranking.rs`, [`crate::rerank`], [`crate::order`] |
//! | keep | **the threshold is applied here**, then duplicates and the top are cut | [`crate::keep`] |
//! | read on | for a list, the documents of the kept passages are read to their end; else the sentences that a page break cuts | `ask/reading_on.rs` |
//! | context | for a language model, neighbours of the kept passages fill its context | `ask/filling.rs` |
//! | answer | prompt, writer, citations; or a refusal if nothing was kept | `ask/answering.rs`, [`crate::prompt`], [`crate::answer`] |
//! | check citations | each sentence of a written answer is compared with the passages that it cites | `ask/citing.rs` |
//!
//! A stage that cannot run is recorded with its reason, and the question goes on without it as long
//! as anything can be found. If drafts are wanted only where nothing reaches the threshold, fusion to keeping run once
//! without them, and again with them where that is so.

mod inputs;
mod report;
mod stages;
mod checking;
mod standing_alone;
mod library;
mod retrieving;
mod drafting;
mod naming;
mod folding;
mod reranking;
mod ranking;
mod continuing;
mod reading_on;
mod unnamed;
mod filling;
mod answering;
mod citing;

use assay_domain::{Cancel, DraftMode, Failure, Question};

use crate::intent::{Intent, intent};
use answering::{Given, Wanted, answer_stage};
use checking::check;
use citing::check_citations;
use drafting::{are_needed, drafted};
use library::list_library;
use ranking::{Ranked, rank};
use retrieving::retrieve;
use stages::Stages;
use standing_alone::standing_alone;

pub use checking::LONGEST_QUESTION;
pub use inputs::Ask;
pub(crate) use naming::name;
pub(crate) use ranking::thresholds;
pub use report::{AskEvent, AskReport};
pub(crate) use retrieving::candidates;
pub use unnamed::unnamed;

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
    let mut stages = Stages::reported_to(on);

    let asked = standing_alone(with, question, cancel, &mut stages).await;
    let standalone = (asked.text != question.text).then(|| asked.text.clone());
    let intent = intent(&asked.text);
    let question = match &intent {
        Intent::Library => return list_library(with, &asked, standalone, stages),
        Intent::Files { topic } => &Question { text: topic.clone(), ..asked.clone() },
        Intent::Passages(_) => &asked,
    };

    let drafts = if matches!(intent, Intent::Passages(_)) { question.steps.drafts } else { DraftMode::Off };
    let mut found = retrieve(with, question, &mut stages).await?;
    if drafts == DraftMode::On {
        found.drafted = drafted(with, (question, &found.question), cancel, &mut stages).await?;
    }
    let mut ranked = rank(with, question, &found, cancel, &mut stages).await?;
    if drafts == DraftMode::Auto && are_needed(&ranked, &mut stages) {
        found.drafted = drafted(with, (question, &found.question), cancel, &mut stages).await?;
        if !found.drafted.is_empty() {
            ranked = rank(with, question, &found, cancel, &mut stages).await?;
        }
    }
    let Ranked { mut candidates, order, cut } = ranked;
    let wanted = Wanted { intent: &intent, asked: &asked.text };
    let Given { mut answer, passages } =
        answer_stage(with, question, &mut candidates, wanted, (&cut, order), cancel, &mut stages).await;
    if let Some(answer) = &mut answer {
        let (passages, decided) = (passages.as_slice(), (candidates.as_slice(), &cut));
        check_citations(with, question, (answer, passages), decided, cancel, &mut stages).await;
    }

    Ok(AskReport { candidates, order, cut, standalone, answer, stages: stages.list })
}
