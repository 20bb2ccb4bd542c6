//! The stages of a question.

use assay_contract as contract;
use assay_contract::{DraftRow, ScoresRow, StageRow};
use assay_domain::{Draft, DraftedQuery, ReasonCode, RerankerStats, Stage, StageName, StageState};

use super::model::precision;

/// How a stage went.
pub fn stage(stage: &Stage) -> StageRow {
    StageRow {
        name: stage_name(stage.name),
        ms: stage.time.as_secs_f64() * 1_000.0,
        state: stage_state(stage.state),
        reason: stage.reason.as_ref().map(|reason| reason.text.clone()),
        code: stage.reason.as_ref().map(|reason| reason_code(reason.code)),
        count: stage.reason.as_ref().and_then(|reason| reason.count).map(|count| count as u32),
        scores: stage.reranker_stats.iter().map(scores).collect(),
        also_searched: stage.also_searched.clone(),
        drafts: stage.drafts.iter().map(draft).collect(),
    }
}

fn draft(draft: &Draft) -> DraftRow {
    DraftRow { query: drafted_query(draft.query), text: draft.text.clone() }
}

/// Which query the language model drafted.
pub fn drafted_query(query: DraftedQuery) -> contract::DraftedQuery {
    match query {
        DraftedQuery::Hypothetical => contract::DraftedQuery::Hypothetical,
        DraftedQuery::Variant1 => contract::DraftedQuery::Variant1,
        DraftedQuery::Variant2 => contract::DraftedQuery::Variant2,
        DraftedQuery::Variant3 => contract::DraftedQuery::Variant3,
    }
}

fn scores(scores: &RerankerStats) -> ScoresRow {
    ScoresRow {
        model: scores.model.clone(),
        precision: precision(scores.precision),
        computed: scores.computed as u32,
        cached: scores.cached as u32,
        tokenizing_ms: scores.tokenizing.as_secs_f64() * 1_000.0,
    }
}

fn stage_name(name: StageName) -> contract::StageName {
    match name {
        StageName::FollowUp => contract::StageName::FollowUp,
        StageName::Embed => contract::StageName::Embed,
        StageName::Vector => contract::StageName::Vector,
        StageName::Lexical => contract::StageName::Lexical,
        StageName::Draft => contract::StageName::Draft,
        StageName::Hypothetical => contract::StageName::Hypothetical,
        StageName::Variants => contract::StageName::Variants,
        StageName::Fuse => contract::StageName::Fuse,
        StageName::Fold => contract::StageName::Fold,
        StageName::Rerank => contract::StageName::Rerank,
        StageName::Keep => contract::StageName::Keep,
        StageName::ReadOn => contract::StageName::ReadOn,
        StageName::Context => contract::StageName::Context,
        StageName::Answer => contract::StageName::Answer,
        StageName::CheckCitations => contract::StageName::CheckCitations,
    }
}

fn stage_state(state: StageState) -> contract::StageState {
    match state {
        StageState::Done => contract::StageState::Done,
        StageState::Skipped => contract::StageState::Skipped,
        StageState::FellBack => contract::StageState::FellBack,
        StageState::Failed => contract::StageState::Failed,
        StageState::Stopped => contract::StageState::Stopped,
    }
}

/// Why a stage did not simply run.
pub fn reason_code(code: ReasonCode) -> contract::ReasonCode {
    match code {
        ReasonCode::StandsAlone => contract::ReasonCode::StandsAlone,
        ReasonCode::Rewritten => contract::ReasonCode::Rewritten,
        ReasonCode::SwitchedOff => contract::ReasonCode::SwitchedOff,
        ReasonCode::LanguageUnknownToEmbedder => contract::ReasonCode::LanguageUnknownToEmbedder,
        ReasonCode::EmbedderFailed => contract::ReasonCode::EmbedderFailed,
        ReasonCode::VectorFailed => contract::ReasonCode::VectorFailed,
        ReasonCode::LexicalFailed => contract::ReasonCode::LexicalFailed,
        ReasonCode::SpellingFailed => contract::ReasonCode::SpellingFailed,
        ReasonCode::NothingRetrieved => contract::ReasonCode::NothingRetrieved,
        ReasonCode::RerankingOff => contract::ReasonCode::RerankingOff,
        ReasonCode::LanguageUnknownToModel => contract::ReasonCode::LanguageUnknownToModel,
        ReasonCode::NoRerankerForLanguages => contract::ReasonCode::NoRerankerForLanguages,
        ReasonCode::DecidedBySimilarity => contract::ReasonCode::DecidedBySimilarity,
        ReasonCode::NoReranker => contract::ReasonCode::NoReranker,
        ReasonCode::RerankerFailed => contract::ReasonCode::RerankerFailed,
        ReasonCode::NoSecondReranker => contract::ReasonCode::NoSecondReranker,
        ReasonCode::SecondRerankerFailed => contract::ReasonCode::SecondRerankerFailed,
        ReasonCode::TopSettled => contract::ReasonCode::TopSettled,
        ReasonCode::TimeBudget => contract::ReasonCode::TimeBudget,
        ReasonCode::Stopped => contract::ReasonCode::Stopped,
        ReasonCode::Folded => contract::ReasonCode::Folded,
        ReasonCode::ReadOn => contract::ReasonCode::ReadOn,
        ReasonCode::Neighbours => contract::ReasonCode::Neighbours,
        ReasonCode::PassageCut => contract::ReasonCode::PassageCut,
        ReasonCode::CitationsChecked => contract::ReasonCode::CitationsChecked,
        ReasonCode::CheckFailed => contract::ReasonCode::CheckFailed,
        ReasonCode::AboutLibrary => contract::ReasonCode::AboutLibrary,
        ReasonCode::NotAsked => contract::ReasonCode::NotAsked,
        ReasonCode::WriterMissing => contract::ReasonCode::WriterMissing,
        ReasonCode::NoWriter => contract::ReasonCode::NoWriter,
        ReasonCode::WriterFailed => contract::ReasonCode::WriterFailed,
        ReasonCode::Drafted => contract::ReasonCode::Drafted,
        ReasonCode::DraftFailed => contract::ReasonCode::DraftFailed,
        ReasonCode::DraftsLate => contract::ReasonCode::DraftsLate,
        ReasonCode::DraftsNotNeeded => contract::ReasonCode::DraftsNotNeeded,
        ReasonCode::NoScoreToCompare => contract::ReasonCode::NoScoreToCompare,
        ReasonCode::AnswerCut => contract::ReasonCode::AnswerCut,
    }
}
