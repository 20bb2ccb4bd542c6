//! llama.cpp's backend, one step of its arithmetic, and the choice of the next token.

use std::sync::OnceLock;

use llama_cpp_2::context::LlamaContext;
use llama_cpp_2::llama_backend::LlamaBackend;
use llama_cpp_2::llama_batch::LlamaBatch;
use llama_cpp_2::sampling::LlamaSampler;
use llama_cpp_2::token::LlamaToken;

use crate::AnswerError;

/// Tokens of the prompt that are computed at once; a stop is noticed between two batches.
pub(super) const BATCH_TOKENS: usize = 256;

/// llama.cpp can be started only once in a process.
pub(super) fn backend(logs: bool) -> Result<&'static LlamaBackend, AnswerError> {
    static BACKEND: OnceLock<Result<LlamaBackend, String>> = OnceLock::new();
    let started = BACKEND.get_or_init(|| {
        let mut backend = LlamaBackend::init().map_err(|error| error.to_string())?;
        if !logs {
            backend.void_logs();
        }
        Ok(backend)
    });
    started.as_ref().map_err(|problem| AnswerError::NotComputed { problem: problem.clone() })
}

/// Computes the tokens at position `start` and after; logits are kept for the last of them.
pub(super) fn compute(
    context: &mut LlamaContext<'_>,
    batch: &mut LlamaBatch<'_>,
    tokens: &[LlamaToken],
    start: usize,
) -> Result<(), AnswerError> {
    let failed = |problem: String| AnswerError::NotComputed { problem };
    batch.clear();
    for (index, token) in tokens.iter().enumerate() {
        let position = i32::try_from(start + index).map_err(|error| failed(error.to_string()))?;
        batch.add(*token, position, &[0], index + 1 == tokens.len()).map_err(|error| failed(error.to_string()))?;
    }
    context.decode(batch).map_err(|error| failed(error.to_string()))
}

/// No penalty for repetition: an answer should repeat the words of its sources.
pub(super) fn sampler(temperature: f32, seed: u32) -> LlamaSampler {
    if temperature == 0.0 {
        return LlamaSampler::greedy();
    }
    let chain = [
        LlamaSampler::top_k(40),
        LlamaSampler::top_p(0.95, 1),
        LlamaSampler::min_p(0.05, 1),
        LlamaSampler::temp(temperature),
        LlamaSampler::dist(seed),
    ];
    LlamaSampler::chain_simple(chain)
}
