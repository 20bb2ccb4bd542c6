//! Kept questions.

use assay_contract as contract;
use assay_contract::{
    AnswerView, AskReply, BlendView, CandidateRow, CitationRow, FusedView, ModelsUsed, PlaceView, TurnRow,
};
use assay_domain::{Citation, OrderRule};
use assay_library::{NewTurn, Turn, TurnCandidate, TurnModels};

use super::{answer, candidate, stage};

/// A question of a conversation with its whole reply.
pub fn row(turn: Turn) -> TurnRow {
    let Turn { turn, withdrawn, unreadable, created, .. } = turn;
    let NewTurn { question, standalone, collection, device, models, candidates, order, cut, answer: kept, stages } =
        turn;
    let kind = answer::kind(kept.kind);
    let answer = AnswerView {
        sentences: answer::sentences(&kept.text, &kept.sentences),
        text: kept.text,
        refused: kind == contract::AnswerKind::Refused,
        kind: if withdrawn { contract::AnswerKind::Withdrawn } else { kind },
        citations: kept.citations.into_iter().map(|each| citation(each, &candidates)).collect(),
        unknown: kept.unknown,
        thinking: kept.thinking,
    };
    let reply = AskReply {
        question,
        standalone,
        collection,
        device,
        models: self::models(models),
        threshold: candidate::threshold(&cut),
        answer,
        stages: stages.iter().map(stage::stage).collect(),
        candidates: (1..).zip(candidates).map(|(rank, each)| candidate_row(each, rank, order)).collect(),
        conversation: None,
        unsaved: None,
    };
    TurnRow { created, reply, unreadable }
}

/// The models that took part.
pub fn models(models: TurnModels) -> ModelsUsed {
    ModelsUsed {
        embedder: models.embedder,
        reranker: models.reranker,
        second_reranker: models.second_reranker,
        writer: models.writer,
        rerank_scale: models.rerank_scale.map(answer::scale),
        lexical: None,
        metric: None,
    }
}

fn candidate_row(kept: TurnCandidate, rank: u32, order: Option<OrderRule>) -> CandidateRow {
    CandidateRow {
        chunk: kept.chunk.to_string(),
        document: kept.document.0,
        name: kept.name,
        folder: String::new(),
        offline: kept.offline,
        page: kept.page,
        heading: kept.heading,
        text: kept.text,
        vector: kept.vector.map(candidate::vector),
        lexical: kept.lexical.map(candidate::lexical),
        drafted: kept.drafted.iter().map(candidate::drafted).collect(),
        fused: kept.fused.map(|score| FusedView { score: score.score, rank: score.rank }),
        rerank: kept.rerank.as_ref().map(candidate::rerank),
        first_rerank: kept.first_rerank.as_ref().map(candidate::rerank),
        blend: kept.blend.map(|score| BlendView { score: score.score, rank: score.rank }),
        place: order.map(|order| PlaceView { rank, rule: candidate::order_rule(order) }),
        copies: Vec::new(),
        outcome: candidate::outcome(kept.outcome),
    }
}

fn citation(citation: Citation, candidates: &[TurnCandidate]) -> CitationRow {
    let of = candidates.iter().find(|candidate| candidate.document == citation.document);
    let passage = candidates.iter().find(|candidate| candidate.chunk == citation.chunk);
    CitationRow {
        number: citation.number,
        chunk: citation.chunk.to_string(),
        document: citation.document.0,
        name: of.map(|candidate| candidate.name.clone()).unwrap_or_default(),
        folder: String::new(),
        offline: of.is_some_and(|candidate| candidate.offline),
        page: citation.page,
        heading: passage.and_then(|candidate| candidate.heading.clone()),
        quote: citation.quote,
    }
}
