//! Proposed test questions for a library without judgements: made from headings, labels and first
//! sentences of sampled passages, and kept only if the user accepts them.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use assay_contract::{LabelRow, MarkRequest, ProposalRow};
use assay_domain::{DocumentState, Failure, Passage, Problem};
use assay_library::LabelOrigin;
use assay_pipeline::propose::{ProposedFrom, propose};

use crate::app::App;
use crate::convert;

/// Most questions of one round.
const MOST: usize = 12;
/// Documents that are sampled for them.
const DOCUMENTS: usize = 40;
/// Most questions of one document.
const EACH: usize = 3;

impl App {
    /// Questions made from passages of the library, in each of its languages. The same round gives the
    /// same questions; those that are judged already are left out.
    ///
    /// # Errors
    /// Fails if the library is empty.
    pub async fn propose_questions(&self, round: u32) -> Result<Vec<ProposalRow>, Failure> {
        let engines = self.library.engines().await;
        let store = engines.store();
        let mut taken: HashSet<String> = store.labels()?.into_iter().map(|label| label.question).collect();
        let mut live = store.live_generations()?;
        if live.is_empty() {
            let message = "the library holds no document to make questions from";
            return Err(Failure::new(Problem::EmptyLibrary, message, "add files or try the sample library"));
        }
        live.sort_by_key(|(generation, ..)| shuffled(round, generation.0, 0));
        let index = engines.index().await?;
        let mut found: Vec<(usize, ProposalRow)> = Vec::new();
        for (generation, document, _) in live.into_iter().take(DOCUMENTS) {
            let Some(document) = store.document(document)?.filter(|row| row.state != DocumentState::Missing) else {
                continue;
            };
            let passages = index.reader.chunks_of(generation).await.map_err(Failure::from)?;
            for (place, (from, question, passage)) in distinct(round, passages).into_iter().take(EACH).enumerate() {
                if !taken.insert(question.clone()) {
                    continue;
                }
                let row = ProposalRow {
                    question,
                    from: convert::judgement::proposal_source(from),
                    chunk: passage.chunk.to_string(),
                    name: document.name.clone(),
                    page: passage.page,
                    heading: passage.heading,
                    passage: passage.text,
                };
                found.push((place, row));
            }
        }
        // The first question of every document comes before the second of any; the order of documents stays.
        found.sort_by_key(|(place, _)| *place);
        Ok(found.into_iter().take(MOST).map(|(_, row)| row).collect())
    }

    /// Saves a proposed question, as the user edited it, with its passage.
    pub async fn accept_question(&self, request: &MarkRequest) -> Result<Vec<LabelRow>, Failure> {
        if request.question.trim().is_empty() {
            return Err(Failure::new(
                Problem::EmptyQuestion,
                "the question has no words",
                "write one, or leave it out",
            ));
        }
        self.save_judgement(&MarkRequest { relevant: Some(true), ..request.clone() }, LabelOrigin::Proposed).await
    }
}

/// Questions that are made from exactly one passage of a document, the most reliable first.
fn distinct(round: u32, passages: Vec<Passage>) -> Vec<(ProposedFrom, String, Passage)> {
    let made: Vec<_> = passages.into_iter().filter_map(|passage| Some((propose(&passage)?, passage))).collect();
    let mut times: HashMap<String, usize> = HashMap::new();
    for (proposal, _) in &made {
        *times.entry(proposal.question.clone()).or_default() += 1;
    }
    let mut single: Vec<_> = made
        .into_iter()
        .filter(|(proposal, _)| times.get(&proposal.question) == Some(&1))
        .map(|(proposal, passage)| (proposal.from, proposal.question, passage))
        .collect();
    single
        .sort_by_key(|(from, _, passage)| (*from, shuffled(round, passage.chunk.generation.0, passage.chunk.ordinal)));
    single
}

/// A pseudorandom number that is the same for the same round.
fn shuffled(round: u32, generation: i64, ordinal: u32) -> u64 {
    let mut hasher = DefaultHasher::new();
    (round, generation, ordinal).hash(&mut hasher);
    hasher.finish()
}
