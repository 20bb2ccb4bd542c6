//! The requests and replies of the three kinds of hosts.
//!
//! - Cohere, `POST /v2/rerank`: <https://docs.cohere.com/v2/reference/rerank>
//! - Jina, `POST /v1/rerank`: <https://api.jina.ai/redoc#tag/rerank>
//! - Text Embeddings Inference, `POST /rerank`: <https://huggingface.github.io/text-embeddings-inference/>

use assay_domain::port::ScoreScale;
use assay_domain::score::log_odds;
use serde::Deserialize;
use serde_json::{Value, json};

/// The form of requests and replies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostedForm {
    /// Cohere's API, version 2.
    Cohere,
    /// Jina's API.
    Jina,
    /// Hugging Face's Text Embeddings Inference.
    Tei,
}

impl HostedForm {
    /// The path of a request.
    pub(super) fn path(self) -> &'static str {
        match self {
            Self::Cohere => "/v2/rerank",
            Self::Jina => "/v1/rerank",
            Self::Tei => "/rerank",
        }
    }

    /// Whether a request must name the model: a TEI host serves one model.
    pub(super) fn needs_model(self) -> bool {
        self != Self::Tei
    }

    /// TEI returns logits if asked for raw scores; the others return a relevance.
    pub(super) fn scale(self) -> ScoreScale {
        if self == Self::Tei { ScoreScale::Logit } else { ScoreScale::LogOdds }
    }

    /// Passages in one request: 32 is TEI's default limit (`--max-client-batch-size`).
    pub(super) fn batch(self) -> usize {
        if self == Self::Tei { 32 } else { 100 }
    }

    pub(super) fn request(self, model: &str, question: &str, texts: &[String]) -> Value {
        match self {
            Self::Cohere => json!({ "model": model, "query": question, "documents": texts, "top_n": texts.len() }),
            Self::Jina => json!({
                "model": model, "query": question, "documents": texts, "top_n": texts.len(), "return_documents": false
            }),
            Self::Tei => json!({ "query": question, "texts": texts, "raw_scores": true, "truncate": true }),
        }
    }

    /// A logit for each text in its order.
    ///
    /// # Errors
    /// What is wrong with the reply.
    pub(super) fn read(self, text: &str, count: usize) -> Result<Vec<f32>, String> {
        let unlike = |error: serde_json::Error| {
            let how = if error.is_eof() { "is cut short" } else { "is not of the form that was chosen" };
            format!("its answer {how}: {error}")
        };
        let rows: Vec<Row> = match self {
            Self::Tei => serde_json::from_str(text).map_err(unlike)?,
            Self::Cohere | Self::Jina => serde_json::from_str::<Results>(text).map_err(unlike)?.results,
        };
        let mut scores: Vec<Option<f32>> = vec![None; count];
        for row in rows {
            let slot = scores.get_mut(row.index).ok_or_else(|| {
                format!("it scored passage {} where the last is {}", row.index, count.saturating_sub(1))
            })?;
            if slot.is_some() {
                return Err(format!("it scored passage {} twice", row.index));
            }
            *slot = Some(self.logit(row.score)?);
        }
        let missing = scores.iter().filter(|score| score.is_none()).count();
        if missing > 0 {
            return Err(format!("it left {missing} of {count} passages without a score"));
        }
        Ok(scores.into_iter().flatten().collect())
    }

    fn logit(self, score: f64) -> Result<f32, String> {
        if self.scale() == ScoreScale::Logit {
            let logit = score as f32;
            return if logit.is_finite() { Ok(logit) } else { Err(format!("it gave {score} as a logit")) };
        }
        if !(0.0..=1.0).contains(&score) {
            return Err(format!("it gave {score} as a relevance, which lies between 0 and 1"));
        }
        Ok(log_odds(score))
    }
}

#[derive(Deserialize)]
struct Results {
    results: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    index: usize,
    #[serde(alias = "relevance_score")]
    score: f64,
}
