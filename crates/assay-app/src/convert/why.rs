//! Where a text stands at every stage.

use assay_contract as contract;
use assay_contract::{WhyMatch, WhyPassage, WhyReply, WhyRequest, WhyStage, WhyStageName, WhyStanding, WhyUnread};
use assay_pipeline::why::{Matched, Rung, RungName, Standing, Twin, Unread, WhyOutcome, WhyReport};

use super::candidate::threshold;
use super::stage::reason_code;

/// The reply to a request.
pub fn reply(request: &WhyRequest, report: WhyReport) -> WhyReply {
    let (matched, likeness) = match report.matched {
        Matched::Exact => (WhyMatch::Exact, None),
        Matched::Nearest(likeness) => (WhyMatch::Nearest, Some(likeness)),
        Matched::Nowhere => (WhyMatch::Nowhere, None),
    };
    let passage = report.document.map(|document| WhyPassage {
        chunk: report.passage.as_ref().map(|passage| passage.chunk.to_string()),
        document: document.id.0,
        name: document.name,
        page: report.page,
        heading: report.passage.as_ref().and_then(|passage| passage.heading.clone()),
        text: report.passage.map(|passage| passage.text),
    });
    WhyReply {
        question: request.question.trim().to_owned(),
        text: request.text.clone(),
        found: matched != WhyMatch::Nowhere,
        matched,
        likeness,
        passage,
        others: report.twins.into_iter().map(twin).collect(),
        stages: report.rungs.into_iter().map(stage).collect(),
        threshold: threshold(&report.cut),
        outcome: outcome(report.outcome),
        reason: report.reason,
        duplicate_of: report.copy_of.map(twin),
        unread: report.unread.into_iter().map(unread).collect(),
    }
}

fn stage(rung: Rung) -> WhyStage {
    WhyStage {
        name: match rung.name {
            RungName::Vector => WhyStageName::Vector,
            RungName::Lexical => WhyStageName::Lexical,
            RungName::Drafted => WhyStageName::Drafted,
            RungName::Fused => WhyStageName::Fused,
            RungName::Fold => WhyStageName::Fold,
            RungName::Rerank => WhyStageName::Rerank,
            RungName::Kept => WhyStageName::Kept,
        },
        standing: match rung.standing {
            Standing::Ranked => WhyStanding::Ranked,
            Standing::Outside => WhyStanding::Outside,
            Standing::NoMatch => WhyStanding::NoMatch,
            Standing::CutBefore => WhyStanding::CutBefore,
            Standing::NotRun => WhyStanding::NotRun,
            Standing::NotSearched => WhyStanding::NotSearched,
        },
        rank: rung.rank,
        score: rung.score,
        of: rung.of,
        limit: rung.limit,
        probability: rung.probability,
        model: rung.model,
        threshold: rung.threshold,
        cut: rung.cut.map(outcome),
        reason: rung.reason,
        code: rung.code.map(reason_code),
    }
}

fn outcome(outcome: WhyOutcome) -> contract::WhyOutcome {
    match outcome {
        WhyOutcome::Kept => contract::WhyOutcome::Kept,
        WhyOutcome::NotInPool => contract::WhyOutcome::NotInPool,
        WhyOutcome::NotReranked => contract::WhyOutcome::NotReranked,
        WhyOutcome::BelowThreshold => contract::WhyOutcome::BelowThreshold,
        WhyOutcome::BeyondTop => contract::WhyOutcome::BeyondTop,
        WhyOutcome::Duplicate => contract::WhyOutcome::Duplicate,
        WhyOutcome::DidNotFit => contract::WhyOutcome::DidNotFit,
        WhyOutcome::OtherCollection => contract::WhyOutcome::OtherCollection,
        WhyOutcome::OutOfScope => contract::WhyOutcome::OutOfScope,
        WhyOutcome::DocumentMissing => contract::WhyOutcome::DocumentMissing,
        WhyOutcome::InNoChunk => contract::WhyOutcome::InNoChunk,
        WhyOutcome::NotSearched => contract::WhyOutcome::NotSearched,
        WhyOutcome::PageNotRead => contract::WhyOutcome::PageNotRead,
        WhyOutcome::DocumentNotRead => contract::WhyOutcome::DocumentNotRead,
        WhyOutcome::InNoDocument => contract::WhyOutcome::InNoDocument,
    }
}

fn twin(twin: Twin) -> WhyPassage {
    let (chunk, document) = (twin.chunk.map(|chunk| chunk.to_string()), twin.document.0);
    WhyPassage { chunk, document, name: twin.name, page: twin.page, heading: None, text: None }
}

fn unread(unread: Unread) -> WhyUnread {
    let Unread { document, name, is_page, page, reason } = unread;
    WhyUnread { document: document.0, name, whole: !is_page, page, reason }
}
