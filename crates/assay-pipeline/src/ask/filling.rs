//! prompt -> prompt with the neighbours of its passages, as far as there is room

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::ops::RangeInclusive;
use std::time::Instant;

use assay_domain::{
    AnswerKind, Candidate, ChunkId, Failure, GenerationId, NumberedPassage, Outcome, Passage, PassageRole, Prompt,
    Question, Reason, ReasonCode, StageName, StageState,
};

use super::inputs::Ask;
use super::stages::Stages;
use crate::prompt::{fitting_neighbours, numbered, with_neighbours};

/// Most neighbours on each side of a passage.
const REACH: usize = 2;

/// Gives a language model what stands around the kept passages in their sections, the nearest first, in the room that they
/// leave. A list has its whole documents, and quotes have no room to fill. Says, too, if the best passage had to be cut.
pub(super) async fn fill(
    with: &Ask<'_>,
    question: &Question,
    candidates: &[Candidate],
    prompt: Prompt,
    stages: &mut Stages<'_>,
) -> Prompt {
    let writer = with.writer.0;
    let (AnswerKind::Written, Some(budget)) = (writer.kind(), writer.budget()) else { return prompt };
    let begun = Instant::now();
    if let Some(reason) = was_cut(&prompt, candidates) {
        stages.finished(StageName::Context, begun, StageState::Done, Some(reason));
        return prompt;
    }
    let is_full = candidates.iter().any(|candidate| candidate.outcome == Outcome::DidNotFit);
    let is_list =
        prompt.passages.iter().any(|passage| matches!(passage.role, PassageRole::ReadOn | PassageRole::NearestTable));
    if is_full || is_list {
        return prompt;
    }
    if !question.steps.neighbours {
        let off = Reason::new(ReasonCode::SwitchedOff, "only the kept passages are given to the language model");
        stages.skipped(StageName::Context, off);
        return prompt;
    }
    let fitting = match neighbours(with, &prompt).await {
        Ok(all) => fitting_neighbours(&prompt, all, budget, writer).await,
        Err(failure) => Err(failure),
    };
    match fitting {
        Ok(fitting) => {
            let count = fitting.len();
            let text = if count == 1 { "1 neighbour".to_owned() } else { format!("{count} neighbours") };
            let reason = Reason::new(ReasonCode::Neighbours, text).about(count);
            stages.finished(StageName::Context, begun, StageState::Done, (count > 0).then_some(reason));
            with_neighbours(prompt, fitting)
        }
        Err(failure) => {
            let reason = Reason::new(ReasonCode::WriterFailed, failure.to_string());
            stages.finished(StageName::Context, begun, StageState::Failed, Some(reason));
            prompt
        }
    }
}

/// That the best passage of the prompt is only a part of its candidate, if it is.
fn was_cut(prompt: &Prompt, candidates: &[Candidate]) -> Option<Reason> {
    let best = prompt.passages.first()?;
    let whole = &candidates.iter().find(|candidate| candidate.passage.chunk == best.chunk)?.passage.text;
    let (given, of) = (best.text.chars().count(), whole.chars().count());
    let text = format!("the best passage is longer than the room for it: {given} of its {of} characters were given");
    (given < of).then(|| Reason::new(ReasonCode::PassageCut, text))
}

/// The neighbours of the kept passages of a prompt: those one place away first, of these the best passage's first.
async fn neighbours(with: &Ask<'_>, prompt: &Prompt) -> Result<Vec<NumberedPassage>, Failure> {
    let kept: Vec<&NumberedPassage> =
        prompt.passages.iter().filter(|passage| passage.role == PassageRole::Kept).collect();
    let mut documents: HashMap<GenerationId, Vec<Passage>> = HashMap::new();
    for generation in kept.iter().map(|passage| passage.chunk.generation) {
        if let Entry::Vacant(unread) = documents.entry(generation) {
            unread.insert(with.index.passages_of(generation).await?);
        }
    }
    let mut known: HashSet<ChunkId> = prompt.passages.iter().map(|passage| passage.chunk).collect();
    let mut found = Vec::new();
    for distance in 1..=REACH {
        for passage in &kept {
            let Some(passages) = documents.get(&passage.chunk.generation) else { continue };
            for neighbour in beside(passages, passage.chunk, distance).into_iter().flatten() {
                if known.insert(neighbour.chunk) {
                    let (number, role) = (passage.number, PassageRole::Neighbour);
                    let beside = numbered((&passage.folder, &passage.name), neighbour);
                    found.push(NumberedPassage { number, role, ..beside });
                }
            }
        }
    }
    Ok(found)
}

/// The passages so many places behind and before one, as far as its section reaches.
fn beside(passages: &[Passage], chunk: ChunkId, distance: usize) -> [Option<&Passage>; 2] {
    let Some(place) = passages.iter().position(|passage| passage.chunk == chunk) else { return [None, None] };
    let heading = |at: usize| passages.get(at).map(|passage| &passage.heading);
    let in_section = |mut between: RangeInclusive<usize>| between.all(|at| heading(at) == heading(place));
    let behind = passages.get(place + distance).filter(|_| in_section(place..=place + distance));
    let before = place.checked_sub(distance).filter(|at| in_section(*at..=place)).and_then(|at| passages.get(at));
    [behind, before]
}
