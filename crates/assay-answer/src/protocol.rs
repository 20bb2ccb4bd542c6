//! Requests to the child process that runs a language model, and its replies.
//!
//! Plain data; assay-process carries it. Both sides are the same program, so the shapes need no compatibility.

use assay_domain::{Failure, Problem};
use serde::{Deserialize, Serialize};

use crate::{AnswerError, GenerateEnd, GeneratorOptions};

/// From the parent to the child.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum WriterRequest {
    /// Load a model and drop the one before: `Opened` or `Failed`.
    Open {
        /// The GGUF file.
        path: String,
        /// How to run it.
        #[serde(default)]
        options: GeneratorOptions,
    },
    /// Count tokens: `Counts` or `Failed`.
    Count {
        /// The texts.
        texts: Vec<String>,
    },
    /// Write an answer: any number of `Token`s, then `Done` or `Failed`.
    Write {
        /// Rules for the writer.
        system: String,
        /// Passages and question.
        user: String,
        /// Most tokens, if that is fewer than the options allow.
        #[serde(default)]
        max_tokens: Option<u32>,
        /// Most milliseconds; it is looked at where a stop is.
        #[serde(default)]
        max_milliseconds: Option<u64>,
    },
    /// Stop the answer that is being written. The child's loop looks for it between tokens and passes it on through the
    /// `stop` of [`crate::WriterSession::handle`]; it has no reply of its own.
    Stop,
}

/// From the child to the parent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum WriterReply {
    /// The model is loaded.
    Opened {
        /// Its name.
        name: String,
        /// Most tokens of rules and question together.
        budget: usize,
        /// Whether prompts are put into its own chat template.
        chat_template: bool,
        /// Whether that template begins the answer with thinking.
        thinking: bool,
        /// What does not work although the model is open.
        notice: Option<WriterFailure>,
    },
    /// Tokens of each text.
    Counts {
        /// In the order of the texts.
        counts: Vec<usize>,
    },
    /// More of the answer, never empty.
    Token {
        /// Whole characters.
        text: String,
    },
    /// The answer is over.
    Done {
        /// How it ended.
        end: GenerateEnd,
    },
    /// The request failed.
    Failed {
        /// Why.
        failure: WriterFailure,
    },
}

/// A [`Failure`] that can be serialised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WriterFailure {
    /// Which problem.
    pub problem: WriterProblem,
    /// What happened.
    pub message: String,
    /// What to do next.
    pub action: String,
}

/// The problems of a writer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WriterProblem {
    /// [`Problem::ModelMissing`].
    ModelMissing,
    /// [`Problem::ModelWrong`].
    ModelWrong,
    /// [`Problem::OutOfMemory`].
    OutOfMemory,
    /// [`Problem::TooLarge`].
    TooLarge,
    /// [`Problem::BadSetting`].
    BadSetting,
    /// [`Problem::Bug`].
    Bug,
}

impl From<AnswerError> for WriterFailure {
    fn from(error: AnswerError) -> Self {
        let Failure { problem, message, action } = error.into();
        let problem = match problem {
            Problem::ModelMissing => WriterProblem::ModelMissing,
            Problem::ModelWrong => WriterProblem::ModelWrong,
            Problem::OutOfMemory => WriterProblem::OutOfMemory,
            Problem::TooLarge => WriterProblem::TooLarge,
            Problem::BadSetting => WriterProblem::BadSetting,
            _ => WriterProblem::Bug,
        };
        Self { problem, message, action }
    }
}

impl From<WriterFailure> for Failure {
    fn from(failure: WriterFailure) -> Self {
        let problem = match failure.problem {
            WriterProblem::ModelMissing => Problem::ModelMissing,
            WriterProblem::ModelWrong => Problem::ModelWrong,
            WriterProblem::OutOfMemory => Problem::OutOfMemory,
            WriterProblem::TooLarge => Problem::TooLarge,
            WriterProblem::BadSetting => Problem::BadSetting,
            WriterProblem::Bug => Problem::Bug,
        };
        Self::new(problem, failure.message, failure.action)
    }
}
