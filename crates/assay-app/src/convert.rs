//! Conversions: types of the domain and of the library to types of the contract, for every front end.

pub mod library;

use std::path::Path;

use assay_contract::{
    AnswerView, BlendView, CandidateRow, CitationRow, DocumentRow, FusedView, LexicalView, PageRow, PlaceView,
    ProblemCode, ProblemView, RerankView, ScoresRow, StageRow, ThresholdView, VectorView, WindowView,
};
use assay_domain::score::RerankScore;
use assay_domain::{Answer, AnswerKind, Candidate, Cut, Document, Failure, OrderRule, Problem, RerankerStats, Stage};

/// A failure as the screen and `--json` show it.
pub fn problem(failure: &Failure) -> ProblemView {
    ProblemView { problem: code(failure.problem), message: failure.message.clone(), action: failure.action.clone() }
}

/// The contract's word for a problem.
pub fn code(problem: Problem) -> ProblemCode {
    // Both sides spell the words the same way; a test walks all of them.
    let word = serde_json::Value::from(problem.as_str());
    serde_json::from_value(word).unwrap_or(ProblemCode::Bug)
}

/// A document's row; the path is for the terminal alone.
pub fn document(document: Document, with_path: bool) -> DocumentRow {
    let folder = Path::new(&document.path).parent().and_then(Path::file_name);
    let folder = folder.map(|folder| folder.to_string_lossy().into_owned()).unwrap_or_default();
    DocumentRow {
        id: document.id.0,
        path: with_path.then_some(document.path),
        name: document.name,
        folder,
        collection: document.collection,
        state: document.state.as_str().to_owned(),
        reason: document.reason,
        problem: document.problem.map(code),
        pages: document.pages,
        pages_with_text: document.pages_with_text,
        page_rows: None,
        chunks: document.chunks,
        bytes: document.fingerprint.map_or(0, |print| print.bytes),
        language: document.language,
        searchable: document.generation.is_some(),
    }
}

/// What became of a page.
pub fn page_row(row: assay_domain::PageRow) -> PageRow {
    PageRow {
        number: row.number,
        extractor: row.extractor.as_str().to_owned(),
        characters: row.characters,
        confidence: row.confidence,
        outcome: row.outcome.as_str().to_owned(),
        reason: row.outcome.fault().map(|fault| fault.reason.clone()),
        code: row.outcome.fault().map(|fault| fault.kind.as_str().to_owned()),
    }
}

/// Candidates with all their scores, in an order.
pub fn candidates(candidates: &[Candidate], order: OrderRule) -> Vec<CandidateRow> {
    (1..).zip(candidates).map(|(rank, each)| candidate(each, rank, order)).collect()
}

fn candidate(candidate: &Candidate, rank: u32, order: OrderRule) -> CandidateRow {
    let passage = &candidate.passage;
    CandidateRow {
        chunk: passage.chunk.to_string(),
        document: passage.document.0,
        name: candidate.name.clone(),
        offline: candidate.offline,
        page: passage.page,
        heading: passage.heading.clone(),
        text: passage.text.clone(),
        vector: candidate.vector.map(|score| VectorView { similarity: score.similarity, rank: score.rank }),
        lexical: candidate.lexical.map(|score| LexicalView { score: score.score, rank: score.rank }),
        fused: Some(FusedView { score: candidate.fused.score, rank: candidate.fused.rank }),
        rerank: candidate.rerank.as_ref().map(rerank),
        first_rerank: candidate.first_rerank.as_ref().map(rerank),
        blend: candidate.blend.map(|score| BlendView { score: score.score, rank: score.rank }),
        place: Some(PlaceView { rank, rule: order.as_str().to_owned() }),
        outcome: candidate.outcome.as_str().to_owned(),
    }
}

/// A cross-encoder's word.
pub fn rerank(score: &RerankScore) -> RerankView {
    RerankView {
        logit: score.logit,
        probability: score.probability,
        rank: score.rank,
        tokens_read: score.tokens_read,
        tokens_total: score.tokens_total,
        model: score.model.to_string(),
        window: (score.windows > 1).then_some(WindowView { best: score.window, of: score.windows }),
    }
}

/// Where the cut was made.
pub fn threshold(cut: &Cut) -> ThresholdView {
    let (why, rule) = (cut.why.text.clone(), cut.why.code.to_owned());
    ThresholdView { value: cut.value, on: cut.on.to_owned(), why, rule }
}

/// How a stage went.
pub fn stage(stage: &Stage) -> StageRow {
    StageRow {
        name: stage.name.as_str().to_owned(),
        ms: stage.time.as_secs_f64() * 1_000.0,
        state: stage.state.as_str().to_owned(),
        reason: stage.reason.as_ref().map(|reason| reason.text.clone()),
        code: stage.reason.as_ref().map(|reason| reason.code.to_owned()),
        scores: stage.reranker_stats.iter().map(scores).collect(),
    }
}

fn scores(scores: &RerankerStats) -> ScoresRow {
    ScoresRow {
        model: scores.model.clone(),
        precision: scores.precision.clone(),
        computed: scores.computed as u32,
        cached: scores.cached as u32,
        tokenizing_ms: scores.tokenizing.as_secs_f64() * 1_000.0,
    }
}

/// The answer, or that there is none.
pub fn answer(answer: Option<Answer>, candidates: &[Candidate]) -> AnswerView {
    let Some(answer) = answer else {
        return AnswerView { text: String::new(), kind: "none".into(), citations: Vec::new(), refused: false };
    };
    let named = |document| candidates.iter().find(|candidate| candidate.passage.document == document);
    let citations = answer.citations.into_iter().map(|citation| CitationRow {
        number: citation.number,
        chunk: citation.chunk.to_string(),
        document: citation.document.0,
        name: named(citation.document).map(|candidate| candidate.name.clone()).unwrap_or_default(),
        offline: named(citation.document).is_some_and(|candidate| candidate.offline),
        page: citation.page,
        quote: citation.quote,
    });
    AnswerView {
        text: answer.text,
        kind: answer.kind.as_str().to_owned(),
        citations: citations.collect(),
        refused: answer.kind == AnswerKind::Refused,
    }
}
