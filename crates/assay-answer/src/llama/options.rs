//! How a model is run, and how its answers end.

use serde::{Deserialize, Serialize};

use super::gguf::GgufHeader;
use crate::AnswerError;

/// How a model is run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GeneratorOptions {
    /// Tokens of prompt and answer together; the model's training length caps it.
    pub context_tokens: u32,
    /// Most tokens of an answer.
    pub max_answer_tokens: u32,
    /// Threads for the arithmetic; 0 takes those of the machine, at most 16.
    pub threads: u32,
    /// Layers to put on a graphics card, where this build can use one.
    pub gpu_layers: u32,
    /// 0 always takes the most likely token; higher values vary more.
    pub temperature: f32,
    /// Two answers with the same seed are the same.
    pub seed: u32,
    /// Whether llama.cpp's log lines go to standard error; otherwise they are dropped. The first model that a process opens
    /// decides.
    pub logs: bool,
}

impl Default for GeneratorOptions {
    fn default() -> Self {
        Self {
            context_tokens: 8192,
            max_answer_tokens: 768,
            threads: 0,
            gpu_layers: 0,
            temperature: 0.2,
            seed: 0,
            logs: false,
        }
    }
}

/// Why an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoppedBy {
    /// The model ended its turn.
    Model,
    /// The limit on tokens was reached; the last sentence may be cut.
    Length,
    /// The caller stopped it.
    Caller,
}

/// How an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct GenerateEnd {
    /// Tokens of the prompt.
    pub tokens_in: usize,
    /// Tokens of the answer.
    pub tokens_out: usize,
    /// Why it ended.
    pub stopped_by: StoppedBy,
}

impl GeneratorOptions {
    /// Tokens of context to use.
    ///
    /// # Errors
    /// [`AnswerError::BadSetting`] for a value out of its range.
    pub(super) fn context_for(&self, header: &GgufHeader) -> Result<u32, AnswerError> {
        let bad = |setting, value: String, problem: String| Err(AnswerError::BadSetting { setting, value, problem });
        let context = self.context_tokens.min(header.context_length.unwrap_or(u32::MAX));
        if context == 0 {
            return bad("context_tokens", "0".to_owned(), "it has to be at least a few hundred".to_owned());
        }
        let answer = self.max_answer_tokens;
        if !(1..context).contains(&answer) {
            return bad(
                "max_answer_tokens",
                answer.to_string(),
                format!("it has to be from 1 to below the context's {context}"),
            );
        }
        if !(0.0..=5.0).contains(&self.temperature) {
            return bad("temperature", self.temperature.to_string(), "it has to be from 0 to 5".to_owned());
        }
        if self.threads > 1024 {
            return bad("threads", self.threads.to_string(), "it has to be from 0 to 1024".to_owned());
        }
        Ok(context)
    }
}
