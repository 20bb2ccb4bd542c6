//! A language model in a child process, so that an abort in native code does not end the front end.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use assay_answer::{WriterReply, WriterRequest, WriterSession, find_citations};
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
            WriterReply::Opened { name, budget, .. } => {
                Ok(Self { name, budget, child: Arc::new(Mutex::new(Some(child))) })
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
            let request =
                WriterRequest::Write { system: prompt.system.clone(), user: prompt.user.clone(), max_tokens: None };
            child.send(&request).await.map_err(blame)?;
            let state = Writing { slot: Stopping(Some(slot)), prompt, text: String::new(), quotes: None };
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

struct Writing {
    slot: Stopping,
    prompt: Prompt,
    text: String,
    quotes: Option<std::vec::IntoIter<AnswerPart>>,
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
    if let Some(quotes) = &mut writing.quotes {
        return quotes.next().map(|quote| (Ok(quote), writing));
    }
    let child = writing.slot.0.as_mut().and_then(|slot| slot.as_mut())?;
    let failure = match child.receive::<WriterReply>().await {
        Ok(Some(WriterReply::Token { text })) => {
            writing.text.push_str(&text);
            return Some((Ok(AnswerPart::Text(text)), writing));
        }
        // The reply is complete, so the child is kept for the next question.
        Ok(Some(WriterReply::Done { .. })) if is_over(child).await => {
            drop(writing.slot.0.take());
            let found = find_citations(&writing.text, &writing.prompt.passages);
            let quotes = found.citations.into_iter();
            let quotes = quotes.map(|citation| AnswerPart::Quote { number: citation.number, quote: citation.quote });
            let mut quotes = quotes.collect::<Vec<_>>().into_iter();
            let first = quotes.next()?;
            writing.quotes = Some(quotes);
            return Some((Ok(first), writing));
        }
        Ok(Some(WriterReply::Failed { failure })) => failure.into(),
        Ok(Some(other)) => unexpected(&other),
        Ok(None) => Failure::bug("the language model's process ended its reply early"),
        Err(error) => blame(error),
    };
    writing.quotes = Some(Vec::new().into_iter());
    Some((Err(failure), writing))
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
