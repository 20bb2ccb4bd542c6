//! A loaded model that answers one prompt at a time.

use std::num::NonZeroU32;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use llama_cpp_2::context::LlamaContext;
use llama_cpp_2::context::params::LlamaContextParams;
use llama_cpp_2::llama_backend::LlamaBackend;
use llama_cpp_2::llama_batch::LlamaBatch;
use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::model::params::LlamaModelParams;
use llama_cpp_2::sampling::LlamaSampler;
use llama_cpp_2::token::LlamaToken;

use super::chat::Chat;
use super::gguf::GgufHeader;
use super::options::{GenerateEnd, GeneratorOptions, StoppedBy};
use super::text::TextAssembly;
use crate::AnswerError;

/// A GGUF model in memory. Synchronous, for one thread; it belongs into a child process,
/// because llama.cpp ends the process when an assertion of its own fails.
pub struct Generator {
    path: PathBuf,
    header: GgufHeader,
    options: GeneratorOptions,
    context_tokens: u32,
    model: LlamaModel,
    chat: Chat,
}

impl Generator {
    /// Checks the file, loads it, and makes sure that the memory for its context can be had.
    ///
    /// # Errors
    /// Every variant of [`AnswerError`] but `PromptTooLong` and `NotOpen`.
    pub fn open(path: &Path, options: GeneratorOptions) -> Result<Self, AnswerError> {
        let header = GgufHeader::read(path)?;
        if let Some(problem) = header.why_not_a_writer() {
            return Err(AnswerError::BadModel { path: path.to_owned(), problem: problem.to_owned() });
        }
        let context_tokens = options.context_for(&header)?;
        let backend = backend(options.logs)?;
        let params = LlamaModelParams::default().with_n_gpu_layers(options.gpu_layers);
        let model = LlamaModel::load_from_file(backend, path, &params).map_err(|error| AnswerError::NotLoaded {
            path: path.to_owned(),
            about: format!("{}, {} MB", header.architecture, header.bytes / 1_000_000),
            problem: error.to_string(),
        })?;
        let chat = Chat::of(&model);
        let generator = Self { path: path.to_owned(), header, options, context_tokens, model, chat };
        generator.context(backend)?;
        if generator.room() == 0 {
            let value = generator.options.max_answer_tokens.to_string();
            let problem = format!("the context has {context_tokens} tokens and the chat template needs some");
            return Err(AnswerError::BadSetting { setting: "max_answer_tokens", value, problem });
        }
        Ok(generator)
    }

    /// The model's own name, or its file's.
    pub fn name(&self) -> String {
        let file = || self.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        self.header.name.clone().filter(|name| !name.trim().is_empty()).unwrap_or_else(file)
    }

    /// Whether prompts are put into the model's own chat template; otherwise they are plain text
    /// ending in `Answer:`.
    pub fn has_chat_template(&self) -> bool {
        self.chat.templated
    }

    /// Most tokens of rules and question together: the context without the answer's share and
    /// the chat template's own tokens.
    pub fn budget(&self) -> usize {
        self.room()
    }

    /// Tokens of each text, without any that frame it.
    pub fn count_tokens(&self, texts: &[String]) -> Vec<usize> {
        let vocabulary = self.model.vocab();
        texts.iter().map(|text| vocabulary.tokenize(text.as_bytes(), false, false).len()).collect()
    }

    /// Writes an answer of at most `max_tokens`, or of the most that the options allow.
    ///
    /// `on_token` gets each piece of text as it is written, never a part of a character. It is
    /// also called with an empty text after each part of the prompt that was read and each
    /// token that completed no character, so that a stop is noticed there.
    ///
    /// # Errors
    /// [`AnswerError::PromptTooLong`], [`AnswerError::NoMemory`], [`AnswerError::NotComputed`].
    pub fn generate(
        &self,
        system: &str,
        user: &str,
        max_tokens: Option<u32>,
        on_token: &mut dyn FnMut(&str) -> ControlFlow<()>,
    ) -> Result<GenerateEnd, AnswerError> {
        let prompt = self.chat.tokens(&self.model, system, user);
        let most = self.options.max_answer_tokens.min(max_tokens.unwrap_or(u32::MAX)).max(1) as usize;
        self.check_length(prompt.len())?;
        let mut context = self.context(backend(self.options.logs)?)?;
        let mut batch = LlamaBatch::new(BATCH, 1);
        let mut end = GenerateEnd { tokens_in: prompt.len(), tokens_out: 0, stopped_by: StoppedBy::Caller };
        for (part, tokens) in prompt.chunks(BATCH).enumerate() {
            compute(&mut context, &mut batch, tokens, part * BATCH)?;
            if on_token("").is_break() {
                return Ok(end);
            }
        }
        let vocabulary = self.model.vocab();
        let mut sampler = sampler(self.options.temperature, self.options.seed);
        let mut text = TextAssembly::default();
        let mut begun = false;
        loop {
            let token = sampler.sample(&context, -1);
            let over = vocabulary.is_eog(token);
            let mut piece = String::new();
            if !over {
                end.tokens_out += 1;
                piece = text.push(&vocabulary.token_to_piece(token, false, None));
            }
            let full = end.tokens_out == most;
            if over || full {
                piece.push_str(&std::mem::take(&mut text).finish());
            }
            // many tokenizers put a space before the first word
            let shown = if begun { piece.as_str() } else { piece.trim_start() };
            begun |= !shown.is_empty();
            if on_token(shown).is_break() {
                return Ok(end);
            }
            if over || full {
                end.stopped_by = if over { StoppedBy::Model } else { StoppedBy::Length };
                return Ok(end);
            }
            compute(&mut context, &mut batch, &[token], prompt.len() + end.tokens_out - 1)?;
        }
    }

    fn room(&self) -> usize {
        let frame = self.chat.tokens(&self.model, "", "").len();
        self.prompt_room().saturating_sub(frame + SEAMS)
    }

    fn prompt_room(&self) -> usize {
        self.context_tokens.saturating_sub(self.options.max_answer_tokens) as usize
    }

    fn check_length(&self, tokens: usize) -> Result<(), AnswerError> {
        let room = self.prompt_room();
        if tokens == 0 {
            return Err(AnswerError::NotComputed { problem: "the prompt is empty".to_owned() });
        }
        if tokens <= room {
            return Ok(());
        }
        Err(AnswerError::PromptTooLong {
            tokens,
            room,
            context_tokens: self.context_tokens as usize,
            answer_tokens: self.options.max_answer_tokens as usize,
        })
    }

    /// A context of its own for each answer: nothing of one question reaches the next, and the
    /// memory goes back in between.
    fn context(&self, backend: &LlamaBackend) -> Result<LlamaContext<'_>, AnswerError> {
        let offered = || std::thread::available_parallelism().map_or(1, |threads| threads.get().min(16) as u32);
        let threads = if self.options.threads == 0 { offered() } else { self.options.threads };
        let threads = i32::try_from(threads).unwrap_or(i32::MAX);
        let params = LlamaContextParams::default()
            .with_n_ctx(NonZeroU32::new(self.context_tokens))
            .with_n_batch(BATCH as u32)
            .with_n_ubatch(BATCH as u32)
            .with_n_threads(threads)
            .with_n_threads_batch(threads);
        let lack = |_| AnswerError::NoMemory { path: self.path.clone(), context_tokens: self.context_tokens };
        self.model.new_context(backend, params).map_err(lack)
    }
}

/// Tokens of the prompt that are computed at once; between two batches a stop is noticed.
const BATCH: usize = 256;

/// Tokens that texts may take more in their places than counted alone.
const SEAMS: usize = 8;

/// llama.cpp can be started once in a process.
fn backend(logs: bool) -> Result<&'static LlamaBackend, AnswerError> {
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

/// Computes tokens that stand at `start` and after; logits are kept for the last of them.
fn compute(
    context: &mut LlamaContext<'_>,
    batch: &mut LlamaBatch<'_>,
    tokens: &[LlamaToken],
    start: usize,
) -> Result<(), AnswerError> {
    let failed = |problem: String| AnswerError::NotComputed { problem };
    batch.clear();
    for (place, token) in (1..).zip(tokens) {
        let position = i32::try_from(start + place - 1).map_err(|error| failed(error.to_string()))?;
        batch.add(*token, position, &[0], place == tokens.len()).map_err(|error| failed(error.to_string()))?;
    }
    context.decode(batch).map_err(|error| failed(error.to_string()))
}

/// No penalty for repetition: an answer should repeat the words of its sources.
fn sampler(temperature: f32, seed: u32) -> LlamaSampler {
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

#[cfg(test)]
mod tests;
