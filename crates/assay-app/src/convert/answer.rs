//! Answers.

use assay_contract as contract;
use assay_contract::{AnswerSentenceView, AnswerView, CheckedBy, CitationCheckView, CitationRow, LexicalFields};
use assay_domain::port::ScoreScale;
use assay_domain::{
    Answer, AnswerKind, AnswerSentence, Candidate, CheckScore, ChunkId, CitationCheck, CitationVerdict, RowContent,
};

/// The answer, or that there is none.
pub fn answer(answer: Option<Answer>, candidates: &[Candidate]) -> AnswerView {
    let Some(answer) = answer else {
        let (text, kind) = (String::new(), contract::AnswerKind::None);
        let (citations, unknown, unnamed, sentences) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        return AnswerView {
            text,
            kind,
            citations,
            refused: false,
            unknown,
            unnamed,
            sentences,
            thinking: String::new(),
        };
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
    let sentences = sentences(&answer.text, &answer.sentences);
    let Answer { text, unknown, unnamed, thinking, .. } = answer;
    AnswerView { text, kind, citations, refused, unknown, unnamed, sentences, thinking }
}

/// The sentences of an answer's text.
pub fn sentences(text: &str, sentences: &[AnswerSentence]) -> Vec<AnswerSentenceView> {
    let view = |sentence: &AnswerSentence| {
        let said = text.get(sentence.range.clone())?.trim().to_owned();
        let (cites, verdict) = (sentence.cites.clone(), verdict(sentence.verdict()));
        Some(AnswerSentenceView { text: said, cites, verdict, check: sentence.check.as_ref().map(check) })
    };
    sentences.iter().filter_map(view).collect()
}

fn verdict(verdict: CitationVerdict) -> contract::CitationVerdict {
    match verdict {
        CitationVerdict::Uncited => contract::CitationVerdict::Uncited,
        CitationVerdict::Unchecked => contract::CitationVerdict::Unchecked,
        CitationVerdict::Found => contract::CitationVerdict::Found,
        CitationVerdict::NotFound => contract::CitationVerdict::NotFound,
    }
}

fn check(check: &CitationCheck) -> CitationCheckView {
    let (by, score, logit) = match check.score {
        CheckScore::Rerank { logit, probability } => (CheckedBy::Reranker, probability, Some(logit)),
        CheckScore::Cosine(cosine) => (CheckedBy::Embedder, cosine, None),
    };
    CitationCheckView { model: check.model.to_string(), by, score, logit, limit: check.limit }
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
