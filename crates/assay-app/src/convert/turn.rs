//! Kept questions.

use assay_contract as contract;
use assay_contract::{
    AnswerView, AskReply, BlendView, CandidateRow, CitationRow, FusedView, ModelsUsed, PlaceView, TurnRow,
};
use assay_domain::{Citation, OrderRule, Outcome};
use assay_library::{NewTurn, Turn, TurnCandidate, TurnModels};

use super::{answer, candidate, scope, stage};

/// A question of a conversation with its whole reply.
pub fn row(turn: Turn) -> TurnRow {
    let Turn { turn, withdrawn, unreadable, created, .. } = turn;
    let NewTurn {
        question,
        standalone,
        collection,
        narrowed,
        device,
        models,
        candidates,
        order,
        cut,
        answer: kept,
        stages,
    } = turn;
    let kind = answer::kind(kept.kind);
    let unnamed = if kind == contract::AnswerKind::Refused {
        unnamed(standalone.as_deref().unwrap_or(&question), &candidates)
    } else {
        Vec::new()
    };
    let answer = AnswerView {
        sentences: answer::sentences(&kept.text, &kept.sentences),
        text: kept.text,
        refused: kind == contract::AnswerKind::Refused,
        kind: if withdrawn { contract::AnswerKind::Withdrawn } else { kind },
        citations: kept.citations.into_iter().map(|each| citation(each, &candidates)).collect(),
        unknown: kept.unknown,
        unnamed,
        thinking: kept.thinking,
    };
    let reply = AskReply {
        question,
        standalone,
        collection,
        scope: narrowed.map(scope::view),
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

/// What a kept question names and no passage that was found for it. It is no column of its own, because it follows from
/// both. Empty if all were dropped, because the cut is the reason of the refusal then, and if a passage was removed since.
fn unnamed(question: &str, candidates: &[TurnCandidate]) -> Vec<String> {
    let cut = candidates.iter().all(|each| each.outcome != Outcome::Kept);
    if cut || candidates.iter().any(|each| each.text.is_empty()) {
        return Vec::new();
    }
    assay_pipeline::ask::unnamed(question, candidates.iter().flat_map(texts))
}

/// All in which a passage of a kept question can name something.
fn texts(kept: &TurnCandidate) -> [&str; 3] {
    [&kept.text, kept.heading.as_deref().unwrap_or_default(), &kept.name]
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

#[cfg(test)]
mod tests {
    use assay_domain::{ChunkId, DocumentId, GenerationId, Outcome};
    use assay_library::TurnCandidate;

    use super::unnamed;

    fn found(text: &str, outcome: Outcome) -> TurnCandidate {
        TurnCandidate {
            chunk: ChunkId { generation: GenerationId(1), ordinal: 0 },
            document: DocumentId(1),
            name: "pumps-2023.txt".into(),
            offline: false,
            page: None,
            heading: Some("The KX-300".into()),
            text: text.into(),
            vector: None,
            lexical: None,
            drafted: Vec::new(),
            fused: None,
            rerank: None,
            first_rerank: None,
            blend: None,
            outcome,
        }
    }

    #[test]
    fn a_kept_refusal_tells_the_names_that_nothing_found_has() {
        for (question, text, outcome, names) in [
            ("the KX-300 in 2021", "it pumps", Outcome::Kept, &["2021"][..]),
            ("the KX-301 in 2021", "it pumps", Outcome::Kept, &["KX-301", "2021"]),
            ("the KX-300 in 2023", "it pumps", Outcome::Kept, &[]),
            ("the KX-300 in 2021", "it pumps", Outcome::BelowThreshold, &[]),
            ("the KX-300 in 2021", "", Outcome::Kept, &[]),
        ] {
            assert_eq!(unnamed(question, &[found(text, outcome)]), names, "{question}: {text:?} {outcome:?}");
        }
    }
}
