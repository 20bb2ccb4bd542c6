//! A passage as the interface shows it: where it comes from, and the score and rank of every stage.

use assay_contract::{CandidateRow, DraftedView};
use rmcp::schemars::{self, JsonSchema};
use serde::Serialize;

use crate::address::Address;

/// A passage that was found.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Passage {
    /// Identifies the passage; `get` takes it.
    pub id: String,
    /// Its address among the resources.
    pub uri: String,
    /// The number of its document.
    pub document: i64,
    /// File name.
    pub name: String,
    /// Name of the folder that the file lies in.
    pub folder: String,
    /// The page's own number; null in formats without pages.
    pub page: Option<u32>,
    /// Heading path.
    pub heading: Option<String>,
    /// Its text.
    pub text: String,
    /// Place in the order in force, from 1.
    pub rank: Option<u32>,
    /// Score of each stage; null where a stage did not run or did not find the passage.
    pub scores: Scores,
    /// Rank at each stage, from 1; null as for the scores.
    pub ranks: Ranks,
    /// How queries that a language model drafted found it; absent if none did.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub drafted: Vec<Drafted>,
    /// The cross-encoder of `logit`; logits of two models are never compared.
    pub reranker: Option<String>,
    /// Whether the cross-encoder read only a part of it; null if none read it.
    pub truncated: Option<bool>,
    /// `kept`, `below_threshold`, `beyond_top`, `duplicate`, `did_not_fit` or `not_reranked`.
    pub outcome: String,
    /// Other files that hold a copy of it.
    pub copies: Vec<String>,
}

/// Score of each stage.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Scores {
    /// BM25F of the lexical retriever, 0 and up.
    pub lexical: Option<f32>,
    /// Cosine of question and passage, -1 to 1.
    pub cosine: Option<f32>,
    /// Reciprocal rank fusion of both retrievers.
    pub fused: Option<f64>,
    /// Logit of the first cross-encoder, where a second one decides.
    pub first_logit: Option<f32>,
    /// Logit of the cross-encoder that decides.
    pub logit: Option<f32>,
    /// Sigmoid of that logit, 0 to 1; not a calibrated probability.
    pub relevance: Option<f32>,
    /// Fusion of the retrieval order with the reranked one, where that order is in force.
    pub blend: Option<f64>,
}

/// Rank at each stage, from 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Ranks {
    /// Of the lexical retriever.
    pub lexical: Option<u32>,
    /// Of the vector retriever.
    pub cosine: Option<u32>,
    /// After fusion.
    pub fused: Option<u32>,
    /// Of the first cross-encoder, where a second one decides.
    pub first_logit: Option<u32>,
    /// Of the cross-encoder that decides.
    pub logit: Option<u32>,
    /// Of the blended order.
    pub blend: Option<u32>,
}

/// How a drafted query found a passage.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Drafted {
    /// Which query: a hypothetical passage or another wording.
    pub query: String,
    /// Rank in the query's list, from 1; the fusion counts it like the rank of a retriever.
    pub rank: u32,
    /// Cosine of query and passage.
    pub cosine: Option<f32>,
    /// BM25F of query and passage.
    pub lexical: Option<f32>,
}

impl From<&CandidateRow> for Passage {
    fn from(row: &CandidateRow) -> Self {
        let (rerank, first) = (row.rerank.as_ref(), row.first_rerank.as_ref());
        Self {
            id: row.chunk.clone(),
            uri: Address::Passage(row.chunk.clone()).to_string(),
            document: row.document,
            name: row.name.clone(),
            folder: row.folder.clone(),
            page: row.page,
            heading: row.heading.clone(),
            text: row.text.clone(),
            rank: row.place.as_ref().map(|place| place.rank),
            scores: Scores {
                lexical: row.lexical.map(|score| score.score),
                cosine: row.vector.map(|score| score.similarity),
                fused: row.fused.map(|score| score.score),
                first_logit: first.map(|score| score.logit),
                logit: rerank.map(|score| score.logit),
                relevance: rerank.map(|score| score.probability),
                blend: row.blend.map(|score| score.score),
            },
            ranks: Ranks {
                lexical: row.lexical.map(|score| score.rank),
                cosine: row.vector.map(|score| score.rank),
                fused: row.fused.map(|score| score.rank),
                first_logit: first.map(|score| score.rank),
                logit: rerank.map(|score| score.rank),
                blend: row.blend.map(|score| score.rank),
            },
            drafted: row.drafted.iter().map(drafted).collect(),
            reranker: rerank.map(|score| score.model.clone()).filter(|model| !model.is_empty()),
            truncated: rerank.map(|score| score.tokens_read < score.tokens_total),
            outcome: row.outcome.to_string(),
            copies: row.copies.clone(),
        }
    }
}

fn drafted(view: &DraftedView) -> Drafted {
    Drafted {
        query: view.query.to_string(),
        rank: view.rank,
        cosine: view.vector.map(|score| score.similarity),
        lexical: view.lexical.map(|score| score.score),
    }
}
