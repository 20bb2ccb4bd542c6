//! answer -> each of its sentences compared with the passages that it cites

use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

use assay_domain::port::{PassageScore, Reranker, TextKind};
use assay_domain::score::{cosine, sigmoid};
use assay_domain::{
    Answer, Cancel, Candidate, CheckScore, CitationCheck, CitationVerdict, Cut, Failure, NumberedPassage, Outcome,
    Passage, PassageContext, Question, Reason, ReasonCode, StageName, StageState,
};
use assay_text::simplified;

use super::inputs::Ask;
use super::stages::Stages;
use crate::cached_scorer::{CachedScorer, PairPassage, ScoringOutcome, context_of};
use crate::deadline::Deadline;

/// Sigmoid below which a sentence counts as not found where no threshold was applied to the question.
const USUAL: f32 = 0.5;

/// Scores each sentence of a written answer against the passages that it cites (of a passage with neighbours, against these,
/// too; the best score counts): by the cross-encoder that decided on the passages, at its threshold; without one by the cosine
/// of the bi-encoder, at the question's own. A score is no proof: a sentence may say the opposite of a passage in its words.
pub(super) async fn check_citations(
    with: &Ask<'_>,
    question: &Question,
    (answer, passages): (&mut Answer, &[NumberedPassage]),
    (candidates, cut): (&[Candidate], &Cut),
    cancel: &Cancel,
    stages: &mut Stages<'_>,
) {
    if answer.sentences.is_empty() {
        return;
    }
    if !question.steps.check_citations {
        let off = Reason::new(ReasonCode::SwitchedOff, "sentences are not compared with the passages that they cite");
        stages.skipped(StageName::CheckCitations, off);
        return;
    }
    if cancel.is_stopped() {
        let stopped = Reason::new(ReasonCode::Stopped, "stopped before the sentences were compared");
        stages.skipped(StageName::CheckCitations, stopped);
        return;
    }
    let begun = Instant::now();
    let claims = claims(answer, passages);
    let checked = match deciding(with, candidates) {
        Some(reranker) => {
            let limit = cut.value.unwrap_or(USUAL);
            by_reranker((reranker, limit), question.context, &claims, &Deadline::new(cancel, None)).await
        }
        None => by_embedder(with, &question.text, &claims).await,
    };
    let (state, reason) = match checked {
        Ok(checks) => {
            for (claim, check) in claims.iter().zip(checks) {
                if let Some(sentence) = answer.sentences.get_mut(claim.sentence) {
                    sentence.check = check;
                }
            }
            (StageState::Done, told(answer))
        }
        Err(failure) => (StageState::Failed, Reason::new(ReasonCode::CheckFailed, failure.to_string())),
    };
    stages.finished(StageName::CheckCitations, begun, state, Some(reason));
}

/// A sentence and what it cites.
struct Claim<'a> {
    /// Its place among the answer's sentences.
    sentence: usize,
    text: String,
    passages: Vec<&'a NumberedPassage>,
}

/// The sentences that cite passages.
fn claims<'a>(answer: &Answer, passages: &'a [NumberedPassage]) -> Vec<Claim<'a>> {
    let mut claims = Vec::new();
    for (place, sentence) in answer.sentences.iter().enumerate().filter(|(_, sentence)| !sentence.cites.is_empty()) {
        let cited = passages.iter().filter(|passage| sentence.cites.contains(&passage.number)).collect();
        let text = without_numbers(&answer.text, &sentence.range);
        claims.push(Claim { sentence: place, text, passages: cited });
    }
    claims
}

/// A sentence without `[1]` and its like, and without marks of emphasis.
fn without_numbers(text: &str, range: &Range<usize>) -> String {
    let mut rest = text.get(range.clone()).unwrap_or_default();
    let mut said = String::new();
    while let Some((before, marked)) = rest.find(['[', '【', '［']).map(|open| rest.split_at(open)) {
        let inner = marked.trim_start_matches(['[', '【', '［']);
        let end = inner.trim_start_matches(|c: char| c.is_ascii_digit() || " ,;，、；-–—".contains(c));
        let after = end.strip_prefix([']', '】', '］']).filter(|_| end.len() < inner.len());
        said.push_str(before);
        said.push_str(if after.is_some() { "" } else { marked.get(..marked.len() - inner.len()).unwrap_or_default() });
        rest = after.unwrap_or(inner);
    }
    said.push_str(rest);
    said.replace("**", "").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The cross-encoder that scored the best kept passage.
fn deciding<'a>(with: &Ask<'a>, candidates: &[Candidate]) -> Option<&'a dyn Reranker> {
    let mut kept = candidates.iter().filter(|candidate| candidate.outcome == Outcome::Kept);
    let model = kept.find_map(|candidate| Some(&candidate.rerank.as_ref()?.model))?;
    with.reranker(model)
}

async fn by_reranker(
    (reranker, limit): (&dyn Reranker, f32),
    context: bool,
    claims: &[Claim<'_>],
    deadline: &Deadline,
) -> Result<Vec<Option<CitationCheck>>, Failure> {
    let scorer = CachedScorer { reranker, cache: None };
    let model: Arc<str> = reranker.identity().name.as_str().into();
    let mut checks = Vec::new();
    for claim in claims {
        let pairs: Vec<PairPassage> = claim.passages.iter().map(|passage| pair(reranker, passage, context)).collect();
        let mut logit = f32::NEG_INFINITY;
        let mut take = |scores: &[(usize, PassageScore)]| -> Option<Reason> {
            logit = scores.iter().map(|(_, score)| score.logit).fold(logit, f32::max);
            None
        };
        let (outcome, _) = scorer.score(&claim.text, &pairs, deadline, &mut take).await;
        let score = CheckScore::Rerank { logit, probability: sigmoid(logit) };
        checks.push(match outcome {
            ScoringOutcome::Complete => Some(CitationCheck { model: model.clone(), score, limit }),
            ScoringOutcome::Stopped(_) => None,
            ScoringOutcome::Failed(failure) => return Err(failure),
        });
    }
    Ok(checks)
}

/// A passage as the cross-encoder reads it.
fn pair(reranker: &dyn Reranker, passage: &NumberedPassage, context: bool) -> PairPassage {
    let (folder, name, heading) = (passage.folder.clone(), passage.name.clone(), passage.heading.clone());
    let of = PassageContext { folder, name, heading: heading.clone() };
    let text = simplified(&passage.text);
    PairPassage {
        context: if context { context_of(reranker, &of, &passage.text) } else { String::new() },
        passage: Passage {
            chunk: passage.chunk,
            document: passage.document,
            page_index: 0,
            page: passage.page,
            range: 0..text.len(),
            heading,
            text,
        },
    }
}

/// A sentence that was drawn from a passage is at least as near to it as the question that found it.
async fn by_embedder(
    with: &Ask<'_>,
    question: &str,
    claims: &[Claim<'_>],
) -> Result<Vec<Option<CitationCheck>>, Failure> {
    let queries = [question.to_owned()].into_iter().chain(claims.iter().map(|claim| claim.text.clone())).collect();
    let queries = with.embedder.embed(TextKind::Query, queries).await?;
    let Some((asked, sentences)) = queries.split_first() else { return Ok(Vec::new()) };
    let model: Arc<str> = with.embedder.identity().name.as_str().into();
    let mut checks = Vec::new();
    for (claim, sentence) in claims.iter().zip(sentences) {
        let texts = claim.passages.iter().map(|passage| passage.text.clone()).collect();
        let passages = with.embedder.embed(TextKind::Passage, texts).await?;
        let nearest = |query: &[f32]| passages.iter().map(|passage| cosine(query, passage)).fold(-1.0, f32::max);
        let (score, limit) = (CheckScore::Cosine(nearest(sentence)), nearest(asked));
        checks.push(Some(CitationCheck { model: model.clone(), score, limit }));
    }
    Ok(checks)
}

/// How many sentences are found, not found and without a citation.
fn told(answer: &Answer) -> Reason {
    let count = |verdict| answer.sentences.iter().filter(|sentence| sentence.verdict() == verdict).count();
    let (found, lost) = (count(CitationVerdict::Found), count(CitationVerdict::NotFound));
    let (uncited, unchecked) = (count(CitationVerdict::Uncited), count(CitationVerdict::Unchecked));
    let mut text = format!("{found} of {} sentences are near to the passages that they cite", answer.sentences.len());
    for (count, what) in [(lost, "not found there"), (uncited, "without a citation"), (unchecked, "not compared")] {
        if count > 0 {
            text += &format!("; {count} {what}");
        }
    }
    text += "; these are scores and no proof";
    Reason::new(ReasonCode::CitationsChecked, text).about(lost + uncited)
}

#[cfg(test)]
mod tests {
    use super::without_numbers;

    #[test]
    fn a_sentence_is_compared_without_its_numbers() {
        for (text, plain) in [
            ("It is 3 bar [1].", "It is 3 bar ."),
            ("**It** is [1, 2] so [3-4]", "It is so"),
            ("See [the list] for [1] it", "See [the list] for it"),
            ("压力是三巴【3】。", "压力是三巴。"),
            ("open [ and []", "open [ and []"),
        ] {
            assert_eq!(without_numbers(text, &(0..text.len())), plain);
        }
    }
}
