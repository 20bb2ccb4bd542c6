//! Test questions for a library that nobody has judged yet: sampled, made from headings, labels and
//! first sentences, and kept only when a person accepts them.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use assay_contract::{LabelRow, MarkRequest, ProposalRow};
use assay_domain::{Failure, Passage, Problem};
use assay_library::LabelOrigin;
use assay_pipeline::propose::{ProposedFrom, propose};

use crate::app::App;
use crate::convert;

/// Questions proposed at a time.
const MOST: usize = 12;
/// Documents looked at for them.
const DOCUMENTS: usize = 40;
/// Questions of one document.
const EACH: usize = 3;

impl App {
    /// Questions made from passages of the library, in both languages where it holds both. The same
    /// round gives the same ones; what is among the judgements already is left out.
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
            let Some(document) = store.document(document)? else { continue };
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
        // One of each document before the second of any; the order of documents is kept.
        found.sort_by_key(|(place, _)| *place);
        Ok(found.into_iter().take(MOST).map(|(_, row)| row).collect())
    }

    /// Keeps a proposed question with its passage, in the words that the person left it in.
    pub async fn accept_question(&self, request: &MarkRequest) -> Result<Vec<LabelRow>, Failure> {
        if request.question.trim().is_empty() {
            return Err(Failure::new(
                Problem::EmptyQuestion,
                "the question has no words",
                "write one, or leave it out",
            ));
        }
        self.judge_passage(&MarkRequest { relevant: Some(true), ..request.clone() }, LabelOrigin::Proposed).await
    }
}

/// Questions of a document that point to one of its passages alone, the surest first.
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

/// A number that looks thrown and is the same for the same round.
fn shuffled(round: u32, generation: i64, ordinal: u32) -> u64 {
    let mut hasher = DefaultHasher::new();
    (round, generation, ordinal).hash(&mut hasher);
    hasher.finish()
}
