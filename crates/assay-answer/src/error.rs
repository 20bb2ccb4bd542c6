//! What can go wrong between a prompt and its answer.

use std::path::PathBuf;

use assay_domain::{Failure, Problem};

/// Errors of this crate. `Display` says what happened, [`AnswerError::action`] what to do next.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// No file at the path.
    #[error("there is no language model at {}", path.display())]
    MissingModel {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The file is not a GGUF that can write answers; llama.cpp was not asked.
    #[error("{} cannot write answers: {problem}", path.display())]
    BadModel {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The header is in order, but llama.cpp refused the file.
    #[error("llama.cpp could not load {} ({about}): {problem}", path.display())]
    NotLoaded {
        /// The file.
        path: PathBuf,
        /// Architecture and size, as the header states them.
        about: String,
        /// What llama.cpp's wrapper said.
        problem: String,
    },
    /// The model's chat template does not work; prompts are plain text instead.
    #[error("the chat template of {} does not work, so prompts are plain text: {problem}", path.display())]
    BadTemplate {
        /// The file.
        path: PathBuf,
        /// What is wrong with the template.
        problem: String,
    },
    /// The memory for the context could not be allocated.
    #[error("a context of {context_tokens} tokens for {} could not be allocated", path.display())]
    NoMemory {
        /// The file.
        path: PathBuf,
        /// The context that was asked for.
        context_tokens: u32,
    },
    /// The prompt leaves too few tokens for the answer.
    #[error(
        "the prompt has {tokens} tokens and {limit} fit: the context has {context_tokens}, of which \
         {answer_tokens} are kept for the answer"
    )]
    PromptTooLong {
        /// Tokens of the whole prompt, with the chat template's own.
        tokens: usize,
        /// Most tokens of a prompt.
        limit: usize,
        /// Tokens of the context.
        context_tokens: usize,
        /// The answer's share.
        answer_tokens: usize,
    },
    /// llama.cpp failed in the middle of an answer.
    #[error("llama.cpp stopped in the middle of an answer: {problem}")]
    NotComputed {
        /// What llama.cpp's wrapper said.
        problem: String,
    },
    /// A setting has a value out of its range.
    #[error("the setting {setting} cannot be {value}: {problem}")]
    BadSetting {
        /// Its name.
        setting: &'static str,
        /// Its value.
        value: String,
        /// Why not.
        problem: String,
    },
    /// A session without a model got a request that needs one.
    #[error("no language model is open")]
    NotOpen,
}

impl AnswerError {
    /// What to do next.
    pub fn action(&self) -> &'static str {
        match self {
            Self::MissingModel { .. } => "choose a GGUF file in the settings, or go on with extractive answers",
            Self::BadModel { .. } => "download the file again or choose another GGUF of a chat model",
            Self::NotLoaded { .. } => {
                "choose another GGUF of a chat model; this one may be damaged, too large for the memory, or newer than \
                 this Assay"
            }
            Self::BadTemplate { .. } => {
                "choose a newer GGUF of the same model or another chat model; answers of this one may be worse"
            }
            Self::NoMemory { .. } => "lower the context size in the settings or choose a smaller model",
            Self::PromptTooLong { .. } => "keep fewer passages, or raise the context size in the settings",
            Self::NotComputed { .. } => "ask again; if it happens again choose another model",
            Self::BadSetting { .. } => "correct the value in the settings",
            Self::NotOpen => "open a model before asking it for an answer",
        }
    }
}

impl From<AnswerError> for Failure {
    fn from(error: AnswerError) -> Self {
        let problem = match &error {
            AnswerError::MissingModel { .. } => Problem::ModelMissing,
            AnswerError::BadModel { .. } | AnswerError::NotLoaded { .. } | AnswerError::BadTemplate { .. } => {
                Problem::ModelWrong
            }
            AnswerError::NoMemory { .. } => Problem::OutOfMemory,
            AnswerError::PromptTooLong { .. } => Problem::TooLarge,
            AnswerError::BadSetting { .. } => Problem::BadSetting,
            AnswerError::NotComputed { .. } | AnswerError::NotOpen => Problem::Bug,
        };
        Self::new(problem, error.to_string(), error.action())
    }
}
