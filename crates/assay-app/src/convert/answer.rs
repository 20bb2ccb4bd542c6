//! Answers.

use assay_contract as contract;
use assay_contract::{AnswerView, CitationRow, LexicalFields};
use assay_domain::port::ScoreScale;
use assay_domain::{Answer, AnswerKind, Candidate, ChunkId, RowContent};

/// The answer, or that there is none.
pub fn answer(answer: Option<Answer>, candidates: &[Candidate]) -> AnswerView {
    let Some(answer) = answer else {
        let (text, kind) = (String::new(), contract::AnswerKind::None);
        let (citations, unknown, thinking) = (Vec::new(), Vec::new(), String::new());
        return AnswerView { text, kind, citations, refused: false, unknown, thinking };
    };
    let named = |document| candidates.iter().find(|candidate| candidate.passage.document == document);
    let citations = answer.citations.into_iter().map(|citation| CitationRow {
        number: citation.number,
        chunk: citation.chunk.to_string(),
        document: citation.document.0,
        name: named(citation.document).map(|candidate| candidate.name.clone()).unwrap_or_default(),
        folder: named(citation.document).map(|candidate| candidate.folder.clone()).unwrap_or_default(),
        offline: named(citation.document).is_some_and(|candidate| candidate.offline),
        page: citation.page,
        heading: heading(citation.chunk, candidates),
        quote: citation.quote,
    });
    let (kind, refused) = (kind(answer.kind), answer.kind == AnswerKind::Refused);
    let citations = citations.collect();
    AnswerView { text: answer.text, kind, citations, refused, unknown: answer.unknown, thinking: answer.thinking }
}

fn heading(chunk: ChunkId, candidates: &[Candidate]) -> Option<String> {
    candidates.iter().find(|candidate| candidate.passage.chunk == chunk)?.passage.heading.clone()
}

/// How an answer came about.
pub fn kind(kind: AnswerKind) -> contract::AnswerKind {
    match kind {
        AnswerKind::Extractive => contract::AnswerKind::Extractive,
        AnswerKind::Written => contract::AnswerKind::Written,
        AnswerKind::Refused => contract::AnswerKind::Refused,
        AnswerKind::Catalogue => contract::AnswerKind::Catalogue,
    }
}

/// What a reranker's logit is.
pub fn scale(scale: ScoreScale) -> contract::ScoreScale {
    match scale {
        ScoreScale::Logit => contract::ScoreScale::Logit,
        ScoreScale::LogOdds => contract::ScoreScale::LogOdds,
    }
}

/// What the lexical scores of an index are.
pub fn lexical(rows: RowContent) -> LexicalFields {
    match rows {
        RowContent::TextAlone => LexicalFields::Text,
        RowContent::Words => LexicalFields::Words,
        RowContent::WordsAndContext => LexicalFields::WordsAndNames,
    }
}
