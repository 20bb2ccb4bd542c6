//! A language model in a child process, so that an abort in native code does not end the front end.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use assay_answer::{
    GenerateEnd, Said, StoppedBy, ThinkingSplit, WriterReply, WriterRequest, WriterSession, find_citations,
};
use assay_domain::port::{AnswerPart, Writer};
use assay_domain::{AnswerKind, Failure, Problem, Prompt};
use assay_process::{Child, Limits, WorkerCommand, WorkerError, child};
use futures::future::{BoxFuture, FutureExt};
use futures::stream::{self, BoxStream, StreamExt};
use tokio::sync::Mutex;

/// The word after `worker` on the child's command line.
pub const ROLE: &str = "write";

/// Longest time of a request; the time between two tokens is limited separately.
const WHOLE: Duration = Duration::from_secs(24 * 3_600);

/// Longest time between two replies: a slow disk needs it to load a large model, a slow machine to read a
/// long prompt.
const QUIET: Duration = Duration::from_secs(300);

/// A language model in its own process.
pub struct ChildWriter {
    name: String,
    budget: usize,
    thinking: bool,
    child: Arc<Mutex<Option<Child>>>,
}

impl ChildWriter {
    /// Starts the process and loads the model.
    ///
    /// # Errors
    /// Fails if the process cannot be started or the model cannot be loaded.
    pub async fn open(
        command: &WorkerCommand,
        file: &Path,
        answer_tokens: usize,
        threads: Option<usize>,
    ) -> Result<Self, Failure> {
        let limits =
            Limits { deadline_total: WHOLE, deadline_quiet: QUIET, memory_bytes: u64::MAX, output_bytes: 64 << 20 };
        let mut child = Child::spawn(command, &limits).await.map_err(blame)?;
        let path = file.to_string_lossy().into_owned();
        let defaults = assay_answer::GeneratorOptions::default();
        let options = assay_answer::GeneratorOptions {
            max_answer_tokens: answer_tokens as u32,
            threads: threads.map_or(defaults.threads, |threads| threads as u32),
            ..defaults
        };
        match exchange(&mut child, &WriterRequest::Open { path, options }).await? {
            WriterReply::Opened { name, budget, thinking, .. } => {
                Ok(Self { name, budget, thinking, child: Arc::new(Mutex::new(Some(child))) })
            }
            other => Err(unexpected(&other)),
        }
    }
}

/// Sends a request and returns its only reply.
async fn exchange(child: &mut Child, request: &WriterRequest) -> Result<WriterReply, Failure> {
    child.send(request).await.map_err(blame)?;
    let mut first = None;
    while let Some(reply) = child.receive::<WriterReply>().await.map_err(blame)? {
        first.get_or_insert(reply);
    }
    match first {
        Some(WriterReply::Failed { failure }) => Err(failure.into()),
        Some(reply) => Ok(reply),
        None => Err(Failure::bug("the language model's process gave no reply")),
    }
}

impl Writer for ChildWriter {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn kind(&self) -> AnswerKind {
        AnswerKind::Written
    }

    fn budget(&self) -> Option<usize> {
        Some(self.budget)
    }

    fn count_tokens(&self, texts: Vec<String>) -> BoxFuture<'_, Result<Vec<usize>, Failure>> {
        async move {
            let mut slot = self.child.lock().await;
            let child = slot.as_mut().ok_or_else(gone)?;
            match exchange(child, &WriterRequest::Count { texts }).await? {
                WriterReply::Counts { counts } => Ok(counts),
                other => Err(unexpected(&other)),
            }
        }
        .boxed()
    }

    /// Dropping the stream before its end ends the process.
    fn write(&self, prompt: Prompt) -> BoxStream<'_, Result<AnswerPart, Failure>> {
        stream::once(async move {
            let mut slot = self.child.clone().lock_owned().await;
            let child = slot.as_mut().ok_or_else(gone)?;
            let request = WriterRequest::Write {
                system: prompt.system.clone(),
                user: prompt.user.clone(),
                max_tokens: prompt.limit.map(|limit| limit.tokens),
                max_milliseconds: prompt.limit.map(|limit| limit.time.as_millis() as u64),
            };
            child.send(&request).await.map_err(blame)?;
            let split = ThinkingSplit::new(self.thinking);
            let slot = Stopping(Some(slot));
            let state = Writing { slot, prompt, split, text: String::new(), ready: VecDeque::new(), over: false };
            Ok::<_, Failure>(stream::unfold(state, next))
        })
        .map(|started| match started {
            Ok(parts) => parts.left_stream(),
            Err(failure) => stream::iter([Err(failure)]).right_stream(),
        })
        .flatten()
        .boxed()
    }
}

type Slot = tokio::sync::OwnedMutexGuard<Option<Child>>;

/// An answer that is being written.
struct Writing {
    slot: Stopping,
    prompt: Prompt,
    split: ThinkingSplit,
    /// The answer so far, without thinking.
    text: String,
    /// Parts that are not handed on yet.
    ready: VecDeque<AnswerPart>,
    over: bool,
}

/// Holds the child for one answer. If the answer is dropped before its end, the child is ended: starting
/// another for the next question is safer than skipping the rest of a stopped answer.
struct Stopping(Option<Slot>);

impl Drop for Stopping {
    fn drop(&mut self) {
        if let Some(slot) = &mut self.0 {
            slot.take();
        }
    }
}

async fn next(mut writing: Writing) -> Option<(Result<AnswerPart, Failure>, Writing)> {
    loop {
        if let Some(part) = writing.ready.pop_front() {
            return Some((Ok(part), writing));
        }
        if writing.over {
            return None;
        }
        let child = writing.slot.0.as_mut().and_then(|slot| slot.as_mut())?;
        let failure = match child.receive::<WriterReply>().await {
            Ok(Some(WriterReply::Token { text })) => {
                let said = writing.split.push(&text);
                writing.say(said);
                continue;
            }
            // The reply is complete, so the child is kept for the next question.
            Ok(Some(WriterReply::Done { end })) if is_over(child).await => {
                drop(writing.slot.0.take());
                writing.finish(end);
                continue;
            }
            Ok(Some(WriterReply::Failed { failure })) => failure.into(),
            Ok(Some(other)) => unexpected(&other),
            Ok(None) => Failure::bug("the language model's process ended its reply early"),
            Err(error) => blame(error),
        };
        writing.over = true;
        return Some((Err(failure), writing));
    }
}

impl Writing {
    fn say(&mut self, said: impl IntoIterator<Item = Said>) {
        for said in said {
            self.ready.push_back(match said {
                Said::Thinking(text) => AnswerPart::Thinking(text),
                Said::Answer(text) => {
                    self.text.push_str(&text);
                    AnswerPart::Text(text)
                }
            });
        }
    }

    /// Adds what is known once the whole answer is there: its citations, and whether it was cut.
    fn finish(&mut self, end: GenerateEnd) {
        let rest = std::mem::replace(&mut self.split, ThinkingSplit::new(false)).finish();
        self.say(rest);
        let found = find_citations(&self.text, &self.prompt.passages);
        let quotes = found.citations.into_iter();
        self.ready.extend(quotes.map(|one| AnswerPart::Quote { number: one.number, quote: one.quote }));
        self.ready.extend(found.unknown.into_iter().map(AnswerPart::Unknown));
        let sentences = found.sentences.into_iter();
        self.ready.extend(sentences.map(|one| AnswerPart::Sentence { range: one.range, cites: one.cites }));
        if end.stopped_by != StoppedBy::Model {
            self.ready.push_back(AnswerPart::Cut);
        }
        self.over = true;
    }
}

/// Whether the reply ends here.
async fn is_over(child: &mut Child) -> bool {
    matches!(child.receive::<WriterReply>().await, Ok(None))
}

fn gone() -> Failure {
    Failure::new(Problem::ModelWrong, "the language model's process has ended", "ask again: it is started anew")
}

fn blame(error: WorkerError) -> Failure {
    Failure::new(
        Problem::ModelWrong,
        format!("the language model's process failed: {error}"),
        "ask again; if it fails each time, choose another model in the settings",
    )
}

fn unexpected(reply: &WriterReply) -> Failure {
    Failure::bug(format!("the language model's process said {reply:?} out of turn"))
}

impl ChildWriter {
    /// Whether the process can write another answer.
    pub fn is_alive(&self) -> bool {
        self.child.try_lock().map_or(true, |slot| slot.is_some())
    }
}

/// The child's side: serves requests one after the other until the pipe closes. The parent stops an answer by
/// ending the process.
///
/// # Errors
/// Fails if the pipe breaks or a request is not valid.
pub fn serve() -> Result<(), WorkerError> {
    let mut session = WriterSession::default();
    child::serve(|request: WriterRequest, reply: &mut dyn FnMut(&WriterReply)| {
        session.handle(request, &|| false, &mut |message| reply(&message));
    })
}
