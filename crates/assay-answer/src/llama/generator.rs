//! A loaded model that answers one prompt at a time.

use std::num::NonZeroU32;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use llama_cpp_2::context::LlamaContext;
use llama_cpp_2::context::params::LlamaContextParams;
use llama_cpp_2::llama_backend::LlamaBackend;
use llama_cpp_2::llama_batch::LlamaBatch;
use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::model::params::LlamaModelParams;
use llama_cpp_2::token::LlamaToken;

use super::chat::Chat;
use super::compute::{BATCH_TOKENS, backend, compute, sampler};
use super::gguf::GgufHeader;
use super::options::{GenerateEnd, GeneratorOptions, StoppedBy};
use super::template::ChatTemplate;
use super::text::TextAssembly;
use crate::AnswerError;

/// A GGUF model in memory. Synchronous, for one thread. It belongs in a child process, because llama.cpp ends the process
/// when one of its own assertions fails.
pub struct Generator {
    path: PathBuf,
    header: GgufHeader,
    options: GeneratorOptions,
    context_tokens: u32,
    model: LlamaModel,
    chat: Chat,
    template_problem: Option<AnswerError>,
}

impl Generator {
    /// Checks the file, loads it, and makes sure that the memory for its context can be allocated.
    ///
    /// A chat template that does not work fails nothing: prompts are plain text then, see
    /// [`Generator::template_problem`].
    ///
    /// # Errors
    /// Every variant of [`AnswerError`] but `BadTemplate`, `PromptTooLong` and `NotOpen`.
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
        let chat = header.chat_template.as_deref().map_or_else(|| Ok(Chat::plain()), |source| chat(&model, source));
        let (chat, template_problem) = match chat {
            Ok(chat) => (chat, None),
            Err(problem) => (Chat::plain(), Some(AnswerError::BadTemplate { path: path.to_owned(), problem })),
        };
        let generator = Self { path: path.to_owned(), header, options, context_tokens, model, chat, template_problem };
        generator.context(backend)?;
        if generator.budget() == 0 {
            let value = generator.options.max_answer_tokens.to_string();
            let problem = format!("the context has {context_tokens} tokens and the chat template needs some");
            return Err(AnswerError::BadSetting { setting: "max_answer_tokens", value, problem });
        }
        Ok(generator)
    }

    /// The model's own name or its file's, and whether its chat template is broken.
    pub fn name(&self) -> String {
        let file = || self.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let name = self.header.name.clone().filter(|name| !name.trim().is_empty()).unwrap_or_else(file);
        if self.template_problem.is_some() { format!("{name} (broken chat template)") } else { name }
    }

    /// Whether prompts are put into the model's own chat template; otherwise they are plain text that ends in `Answer:`.
    pub fn has_chat_template(&self) -> bool {
        self.header.chat_template.is_some() && self.template_problem.is_none()
    }

    /// Whether the chat template begins the answer with thinking ([`crate::ThinkingSplit`]).
    pub fn opens_thinking(&self) -> bool {
        self.chat.opens_thinking()
    }

    /// Why the model's chat template is not used although it has one: [`AnswerError::BadTemplate`].
    pub fn template_problem(&self) -> Option<&AnswerError> {
        self.template_problem.as_ref()
    }

    /// Most tokens of rules and question together: the context without the answer's share and the chat template's own
    /// tokens.
    pub fn budget(&self) -> usize {
        let frame = self.chat.tokens(&self.model, "", "").len();
        self.max_prompt_tokens().saturating_sub(frame + SEAM_TOKENS)
    }

    /// Tokens of each text, without those of the template.
    pub fn count_tokens(&self, texts: &[String]) -> Vec<usize> {
        let vocabulary = self.model.vocab();
        texts.iter().map(|text| vocabulary.tokenize(text.as_bytes(), false, false).len()).collect()
    }

    /// Writes an answer of at most `max_tokens`, or of the most that the options allow.
    ///
    /// `on_token` gets each piece of text as it is written, never a part of a character. It also gets an empty text after
    /// each part of the prompt that was read and each token that completed no character, so that a stop is noticed there.
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
        let max_tokens = self.options.max_answer_tokens.min(max_tokens.unwrap_or(u32::MAX)).max(1) as usize;
        self.check_length(prompt.len())?;
        let mut context = self.context(backend(self.options.logs)?)?;
        let mut batch = LlamaBatch::new(BATCH_TOKENS, 1);
        let mut end = GenerateEnd { tokens_in: prompt.len(), tokens_out: 0, stopped_by: StoppedBy::Caller };
        for (part, tokens) in prompt.chunks(BATCH_TOKENS).enumerate() {
            compute(&mut context, &mut batch, tokens, part * BATCH_TOKENS)?;
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
            let full = end.tokens_out == max_tokens;
            if over || full {
                piece.push_str(&std::mem::take(&mut text).finish());
            }
            // Many tokenizers put a space before the first word.
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

    fn max_prompt_tokens(&self) -> usize {
        self.context_tokens.saturating_sub(self.options.max_answer_tokens) as usize
    }

    fn check_length(&self, tokens: usize) -> Result<(), AnswerError> {
        let limit = self.max_prompt_tokens();
        if tokens == 0 {
            return Err(AnswerError::NotComputed { problem: "the prompt is empty".to_owned() });
        }
        if tokens <= limit {
            return Ok(());
        }
        Err(AnswerError::PromptTooLong {
            tokens,
            limit,
            context_tokens: self.context_tokens as usize,
            answer_tokens: self.options.max_answer_tokens as usize,
        })
    }

    /// A new context for each answer: nothing of one question reaches the next, and its memory is free in between.
    fn context(&self, backend: &LlamaBackend) -> Result<LlamaContext<'_>, AnswerError> {
        let available = || std::thread::available_parallelism().map_or(1, |threads| threads.get().min(16) as u32);
        let threads = if self.options.threads == 0 { available() } else { self.options.threads };
        let threads = i32::try_from(threads).unwrap_or(i32::MAX);
        let params = LlamaContextParams::default()
            .with_n_ctx(NonZeroU32::new(self.context_tokens))
            .with_n_batch(BATCH_TOKENS as u32)
            .with_n_ubatch(BATCH_TOKENS as u32)
            .with_n_threads(threads)
            .with_n_threads_batch(threads);
        let no_memory = |_| AnswerError::NoMemory { path: self.path.clone(), context_tokens: self.context_tokens };
        self.model.new_context(backend, params).map_err(no_memory)
    }
}

/// Tokens that the texts may take more inside the template than counted by themselves.
const SEAM_TOKENS: usize = 8;

/// The model's own template; its control tokens are those of the vocabulary.
fn chat(model: &LlamaModel, source: &str) -> Result<Chat, String> {
    let vocabulary = model.vocab();
    let text = |token: LlamaToken| {
        let known = Some(token).filter(|token| (0..vocabulary.n_tokens()).contains(&token.0));
        known.and_then(|token| vocabulary.text(token)?.to_str().ok()).unwrap_or_default()
    };
    Chat::of(ChatTemplate { source, bos_token: text(vocabulary.bos()), eos_token: text(vocabulary.eos()) })
}

#[cfg(test)]
mod tests;
