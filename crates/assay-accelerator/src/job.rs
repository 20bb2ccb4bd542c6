//! The task that owns the accelerator's process and sends it one request after another: the most urgent job first, and
//! a long job in parts, so that a question waits for one part of an ingest.

use std::sync::{Arc, OnceLock};

use assay_domain::port::PairScore;
use assay_domain::{Failure, Problem};
use assay_encoder::Priority;
use assay_process::{Child, WorkerError};
use futures::channel::{mpsc, oneshot};

use crate::wire::{DeviceReply, DeviceRequest, failure};

/// Passages or texts in one request: enough to fill a card, and few enough that a cancelled question ends soon.
const PART: usize = 128;
/// Requests of more urgent work after which a waiting job gets one.
const PATIENCE: usize = 16;

/// A job for the card.
pub struct Job {
    priority: Priority,
    work: Work,
    /// Requests of more urgent work since it waits.
    passed: usize,
}

/// What a job computes.
pub enum Work {
    /// Logits of pairs, passed on as they arrive. The passages before `begin` are done.
    Score { sides: Sides, begin: usize, reply: mpsc::UnboundedSender<Result<Vec<PairScore>, Failure>> },
    /// Vectors of texts, of which some are done.
    Embed {
        query: bool,
        texts: Vec<String>,
        vectors: Vec<Vec<f32>>,
        reply: oneshot::Sender<Result<Vec<Vec<f32>>, Failure>>,
    },
}

impl Work {
    /// Tells the receiver why its job is not computed.
    fn fail(self, failure: Failure) {
        match self {
            Self::Score { reply, .. } => drop(reply.unbounded_send(Err(failure))),
            Self::Embed { reply, .. } => drop(reply.send(Err(failure))),
        }
    }
}

/// A question and the passages that are left.
pub enum Sides {
    /// As texts.
    Texts { question: String, passages: Vec<String> },
    /// As token ids.
    Ids { question: Vec<u32>, passages: Vec<Vec<u32>> },
}

impl Sides {
    fn is_empty(&self) -> bool {
        match self {
            Self::Texts { passages, .. } => passages.is_empty(),
            Self::Ids { passages, .. } => passages.is_empty(),
        }
    }
}

/// The sending side of the task.
pub struct Jobs {
    jobs: tokio::sync::mpsc::UnboundedSender<Job>,
    fault: Arc<OnceLock<Failure>>,
}

impl Jobs {
    /// Starts the task. It ends with its sender, with the process, or at the first failure of the card: what comes next
    /// is computed on the processor.
    pub fn start(child: Child) -> Self {
        let (jobs, inbox) = tokio::sync::mpsc::unbounded_channel();
        let fault = Arc::new(OnceLock::new());
        tokio::spawn(work(child, inbox, fault.clone()));
        Self { jobs, fault }
    }

    /// Sends a job; fails if the task has ended.
    pub fn send(&self, priority: Priority, work: Work) -> Result<(), Failure> {
        self.jobs.send(Job { priority, work, passed: 0 }).map_err(|_| self.gone())
    }

    /// Why the card is no longer used; `None` while it is.
    pub fn fault(&self) -> Option<String> {
        let ended = || self.jobs.is_closed().then(|| "its program ended while it was computing".to_owned());
        self.fault.get().map(|failure| failure.message.clone()).or_else(ended)
    }

    /// The failure of a job for a card that is no longer used.
    pub fn gone(&self) -> Failure {
        let message = match self.fault.get() {
            Some(failure) => format!("the graphics card is no longer used: {}", failure.message),
            None => "the program on the graphics card has ended".into(),
        };
        Failure::new(Problem::ModelWrong, message, NEXT)
    }
}

const NEXT: &str = "ask again: the processor takes over until Assay is started anew";

/// How one request of a job ended.
enum Sent {
    More(Work),
    Done,
    /// The card failed; the job's receiver knows.
    Failed(Failure),
}

async fn work(mut child: Child, mut inbox: tokio::sync::mpsc::UnboundedReceiver<Job>, fault: Arc<OnceLock<Failure>>) {
    let mut waiting: Vec<Job> = Vec::new();
    loop {
        if waiting.is_empty() {
            match inbox.recv().await {
                Some(job) => waiting.push(job),
                None => return,
            }
        }
        while let Ok(job) = inbox.try_recv() {
            waiting.push(job);
        }
        let Job { priority, work, .. } = waiting.remove(next(&waiting));
        for other in waiting.iter_mut().filter(|other| other.priority > priority) {
            other.passed += 1;
        }
        let sent = match work {
            Work::Score { sides, begin, reply } => score(&mut child, sides, begin, reply).await,
            Work::Embed { query, texts, vectors, reply } => embed(&mut child, query, texts, vectors, reply).await,
        };
        match sent {
            // In front of the jobs of its priority that came after it.
            Sent::More(work) => waiting.insert(0, Job { priority, work, passed: 0 }),
            Sent::Done => {}
            Sent::Failed(failure) => {
                inbox.close();
                while let Ok(job) = inbox.try_recv() {
                    waiting.push(job);
                }
                waiting.into_iter().for_each(|job| job.work.fail(failure.clone()));
                let _ = fault.set(failure);
                return;
            }
        }
    }
}

/// Place of the job whose turn it is: one that waited long, else the first of the most urgent.
fn next(waiting: &[Job]) -> usize {
    let starved = waiting.iter().position(|job| job.passed >= PATIENCE);
    let urgent = || (0..waiting.len()).min_by_key(|place| (waiting[*place].priority, *place));
    starved.or_else(urgent).unwrap_or_default()
}

async fn score(
    child: &mut Child,
    mut sides: Sides,
    begin: usize,
    reply: mpsc::UnboundedSender<Result<Vec<PairScore>, Failure>>,
) -> Sent {
    let (sent, request) = match &mut sides {
        Sides::Texts { question, passages } => {
            let rest = passages.split_off(PART.min(passages.len()));
            let now = std::mem::replace(passages, rest);
            (now.len(), DeviceRequest::Score { question: question.clone(), passages: now })
        }
        Sides::Ids { question, passages } => {
            let rest = passages.split_off(PART.min(passages.len()));
            let now = std::mem::replace(passages, rest);
            (now.len(), DeviceRequest::ScoreIds { question: question.clone(), passages: now })
        }
    };
    if sent == 0 || reply.is_closed() {
        return Sent::Done;
    }
    let mut scored = 0;
    let answered = exchange(child, request, |answer| {
        if let DeviceReply::Scores { scores } = answer {
            scored += scores.len();
            let scores = scores.into_iter().map(|score| score.in_whole(begin)).collect();
            let _ = reply.unbounded_send(Ok(scores));
        }
    });
    let failure = match answered.await {
        Ok(None) if scored == sent && sides.is_empty() => return Sent::Done,
        Ok(None) if scored == sent => return Sent::More(Work::Score { sides, begin: begin + sent, reply }),
        Ok(None) => short(),
        Ok(Some(failure)) => failed(failure),
        Err(error) => died(&error),
    };
    let _ = reply.unbounded_send(Err(failure.clone()));
    Sent::Failed(failure)
}

async fn embed(
    child: &mut Child,
    query: bool,
    mut texts: Vec<String>,
    mut vectors: Vec<Vec<f32>>,
    reply: oneshot::Sender<Result<Vec<Vec<f32>>, Failure>>,
) -> Sent {
    if reply.is_canceled() {
        return Sent::Done;
    }
    if texts.is_empty() {
        let _ = reply.send(Ok(vectors));
        return Sent::Done;
    }
    let rest = texts.split_off(PART.min(texts.len()));
    let wanted = vectors.len() + texts.len();
    let answered = exchange(child, DeviceRequest::Embed { query, texts }, |answer| {
        if let DeviceReply::Vectors { vectors: found } = answer {
            vectors.extend(found);
        }
    });
    let failure = match answered.await {
        Ok(None) if vectors.len() == wanted && rest.is_empty() => {
            let _ = reply.send(Ok(vectors));
            return Sent::Done;
        }
        Ok(None) if vectors.len() == wanted => {
            return Sent::More(Work::Embed { query, texts: rest, vectors, reply });
        }
        Ok(None) => short(),
        Ok(Some(failure)) => failed(failure),
        Err(error) => died(&error),
    };
    let _ = reply.send(Err(failure.clone()));
    Sent::Failed(failure)
}

/// Sends one request and receives all its replies. Returns the failure among them; an error means that the process
/// has ended.
pub async fn exchange(
    child: &mut Child,
    request: DeviceRequest,
    mut on: impl FnMut(DeviceReply),
) -> Result<Option<Failure>, WorkerError> {
    child.send(&request).await?;
    let mut failed = None;
    while let Some(reply) = child.receive::<DeviceReply>().await? {
        match reply {
            DeviceReply::Failed { problem, message, action } => failed = Some(failure(&problem, message, action)),
            other => on(other),
        }
    }
    Ok(failed)
}

/// The failure of a process that ended, with the reason.
pub fn died(error: &WorkerError) -> Failure {
    Failure::new(Problem::ModelWrong, format!("the program on the graphics card ended: {error}"), NEXT)
}

/// A failure of the card, which is not used again.
fn failed(failure: Failure) -> Failure {
    Failure::new(failure.problem, format!("the graphics card failed: {}", failure.message), NEXT)
}

fn short() -> Failure {
    Failure::bug("the accelerator answered only part of a request")
}
