//! A question to the library without an answer: what `query` and `/v1/search` do.

use assay_app::{AskOptions, Cancel, Failure, Problem, Session};
use assay_contract::call::{self, OtherModels};
use assay_contract::{AnswerKind, AskReply, AskRequest, Outcome, ReasonCode, RerankChoice, ScopeChoice};
use rmcp::schemars::{self, JsonSchema};
use serde::{Deserialize, Serialize};

use crate::passage::Passage;

/// Passages that are returned unless the request says how many.
const USUAL: u32 = 10;

/// Most passages that a request may ask for.
const MOST: u32 = 50;

/// A question to the library.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Query {
    /// The question, in words; English and Chinese are searched across both languages.
    pub question: String,
    /// Only documents of this collection; all if absent.
    #[serde(default)]
    pub collection: Option<String>,
    /// What else limits the documents that are searched.
    #[serde(default)]
    pub filters: Option<Filters>,
    /// Most passages to return, 1 to 50; 10 if absent.
    #[serde(default)]
    pub limit: Option<u32>,
    /// Whether a cross-encoder reads the best candidates again; the library's setting if absent.
    #[serde(default)]
    pub rerank: Option<Rerank>,
    /// Leave out passages whose relevance (sigmoid of the rerank logit, 0 to 1) is lower, and those that no
    /// cross-encoder read.
    #[serde(default)]
    pub min_score: Option<f32>,
}

/// Limits of the documents that are searched. All that is given must hold; of a list, one entry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Filters {
    /// Only these documents, by their numbers.
    pub documents: Vec<i64>,
    /// Only files below this folder: its absolute path, or the names of one or more folders in a row (`2024/invoices`).
    pub folder: Option<String>,
    /// Only these formats: names of formats or endings of file names (`pdf`).
    pub formats: Vec<String>,
    /// Only documents in these languages: ISO 639 codes (`zh`, `eng`).
    pub languages: Vec<String>,
    /// Only files last written on this day or later (`2024-12-31`, UTC).
    pub since: Option<String>,
    /// Only files last written before this day (UTC).
    pub before: Option<String>,
}

impl From<Filters> for ScopeChoice {
    fn from(filters: Filters) -> Self {
        let Filters { documents, folder, formats, languages, since, before } = filters;
        Self { documents, folder, formats, languages, since, before }
    }
}

/// Whether the cross-encoder runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Rerank {
    /// It runs.
    On,
    /// It does not run.
    Off,
    /// It runs where it was measured to help.
    Auto,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Found {
    /// The question as it was asked.
    pub question: String,
    /// The best passages, in the order in force.
    pub results: Vec<Passage>,
    /// How many documents were searched, if filters limited them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub searched: Option<Searched>,
    /// Passages that were retrieved in all.
    pub candidates: u32,
    /// Passages left out because their relevance is below `min_score`, or because they have none.
    pub below_min_score: u32,
    /// The library's own answer, if the question is about the list of files and not about what they say.
    pub about_library: Option<String>,
    /// The threshold that told `kept` from `below_threshold`.
    pub threshold: Threshold,
    /// The models that took part.
    pub models: Models,
    /// How each stage went.
    pub stages: Vec<Stage>,
}

/// How many documents were searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Searched {
    /// Documents that meet the filters.
    pub documents: u32,
    /// Documents of the library that answer.
    pub of: u32,
}

/// The threshold that was applied.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Threshold {
    /// The least relevance; null if nothing was cut.
    pub value: Option<f32>,
    /// Why this value.
    pub why: String,
}

/// The models that took part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "ModelsUsed")]
pub struct Models {
    /// Bi-encoder.
    pub embedder: String,
    /// Cross-encoders that read candidates.
    pub reranker: Option<String>,
    /// What the logits are: `logit`, a model's raw output, or `log_odds` of a hosted model's relevance.
    pub scale: Option<String>,
}

/// How a stage went.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Stage {
    /// Its name.
    pub name: String,
    /// `done`, `skipped`, `fell_back`, `failed` or `stopped`.
    pub state: String,
    /// Why, for any state but `done`.
    pub reason: Option<String>,
    /// Wall-clock milliseconds.
    pub ms: f64,
}

/// Searches the library. Nothing is kept of the question.
///
/// # Errors
/// A limit out of range, an unknown collection, or as [`assay_app::App::ask`].
pub async fn search(session: &Session, query: &Query, cancel: &Cancel) -> Result<Found, Failure> {
    let limit = limit(query.limit)?;
    if let Some(least) = query.min_score.filter(|least| !(0.0..=1.0).contains(least)) {
        return Err(bad(format!("the minimum score is {least}"), "name one from 0 to 1".to_owned()));
    }
    if let Some(collection) = &query.collection {
        known(session, collection).await?;
    }
    let request = AskRequest {
        question: query.question.clone(),
        collection: query.collection.clone(),
        scope: query.filters.clone().map(Into::into),
        rerank: query.rerank.map(Into::into),
        keep: Some(limit),
        follow_up: Some(false),
        ..AskRequest::default()
    };
    let options = AskOptions { no_answer: true, forget: true, ..AskOptions::default() };
    let call = call::Ask { request, earlier: None, options, models: OtherModels::default() };
    let mut reply = session.run(call.clone(), cancel, &mut |_| ()).await?;
    if reply.stages.iter().any(|stage| stage.code == Some(ReasonCode::AboutLibrary)) {
        // The list of files is an answer, and no model writes it.
        let call = call::Ask { options: AskOptions { no_answer: false, ..options }, ..call };
        reply = session.run(call, cancel, &mut |_| ()).await?;
    }
    Ok(found(reply, limit as usize, query.min_score))
}

/// How many passages a question keeps.
///
/// # Errors
/// [`Problem::BadSetting`] if it is out of range.
pub fn limit(wanted: Option<u32>) -> Result<u32, Failure> {
    let limit = wanted.unwrap_or(USUAL);
    if (1..=MOST).contains(&limit) {
        return Ok(limit);
    }
    Err(bad(format!("the limit is {limit}"), format!("ask for 1 to {MOST} passages")))
}

/// Fails if no document is in a collection.
///
/// # Errors
/// [`Problem::BadSetting`] with the names that there are.
pub async fn known(session: &Session, collection: &str) -> Result<(), Failure> {
    let collections = session.call(call::Collections {}).await?;
    if collections.contains(collection) {
        return Ok(());
    }
    let names: Vec<&str> = collections.iter().map(String::as_str).collect();
    let names =
        if names.is_empty() { "the library is empty".to_owned() } else { format!("there are: {}", names.join(", ")) };
    Err(bad(format!("no document is in the collection {collection:?}"), format!("name another or none; {names}")))
}

fn found(reply: AskReply, limit: usize, least: Option<f32>) -> Found {
    let distinct = || reply.candidates.iter().filter(|row| row.outcome != Outcome::Duplicate);
    let is_low =
        |relevance: Option<f32>| least.is_some_and(|least| relevance.is_none_or(|relevance| relevance < least));
    let relevance = |row: &assay_contract::CandidateRow| row.rerank.as_ref().map(|score| score.probability);
    let about_library = reply.answer.kind == AnswerKind::Catalogue;
    Found {
        results: distinct().filter(|row| !is_low(relevance(row))).take(limit).map(Passage::from).collect(),
        searched: reply.scope.map(|scope| Searched { documents: scope.documents, of: scope.of }),
        candidates: reply.candidates.len() as u32,
        below_min_score: distinct().filter(|row| is_low(relevance(row))).count() as u32,
        about_library: about_library.then_some(reply.answer.text),
        threshold: Threshold { value: reply.threshold.value, why: reply.threshold.why },
        models: Models {
            embedder: reply.models.embedder,
            reranker: reply.models.reranker,
            scale: reply.models.rerank_scale.map(|scale| scale.to_string()),
        },
        stages: reply.stages.into_iter().map(stage).collect(),
        question: reply.question,
    }
}

fn stage(row: assay_contract::StageRow) -> Stage {
    Stage { name: row.name.to_string(), state: row.state.to_string(), reason: row.reason, ms: row.ms }
}

impl From<Rerank> for RerankChoice {
    fn from(rerank: Rerank) -> Self {
        match rerank {
            Rerank::On => Self::On,
            Rerank::Off => Self::Off,
            Rerank::Auto => Self::Auto,
        }
    }
}

fn bad(message: String, action: String) -> Failure {
    Failure::new(Problem::BadSetting, message, action)
}
