//! Events of the ask pipeline.

use assay_contract::{AskEvent, ScoredRow};
use assay_domain::{Candidate, OrderRule};
use assay_pipeline::ask::AskEvent as PipelineEvent;

use super::{candidate, stage};

/// An event of the ask pipeline.
pub fn ask_event(event: &PipelineEvent<'_>) -> AskEvent {
    match event {
        PipelineEvent::Stage(ended) => AskEvent::Stage { stage: stage::stage(ended) },
        PipelineEvent::StandsAlone(question) => AskEvent::StandsAlone { question: (*question).to_owned() },
        PipelineEvent::Retrieved(fused) => {
            AskEvent::Retrieved { candidates: candidate::candidates(fused, OrderRule::Fused) }
        }
        PipelineEvent::Scored(batch) => {
            // Ranks shift with every batch, so every event carries all scores so far.
            let scores = batch.candidates.iter().filter_map(scored).collect();
            AskEvent::Scored { scores, done: batch.done as u32, total: batch.total as u32 }
        }
        PipelineEvent::Decided(decided, cut, order) => AskEvent::Settled {
            candidates: candidate::candidates(decided, *order),
            threshold: candidate::threshold(cut),
        },
        PipelineEvent::Thinking(text) => AskEvent::Thinking { text: (*text).to_owned() },
        PipelineEvent::Text(text) => AskEvent::Text { text: (*text).to_owned() },
    }
}

fn scored(candidate: &Candidate) -> Option<ScoredRow> {
    Some(ScoredRow {
        chunk: candidate.passage.chunk.to_string(),
        rerank: candidate::rerank(candidate.rerank.as_ref()?),
        first_rerank: candidate.first_rerank.as_ref().map(candidate::rerank),
    })
}
