//! The task that owns the accelerator's process and sends it one job after another.

use assay_domain::port::PairScore;
use assay_domain::{Failure, Problem};
use assay_process::{Child, WorkerError};
use futures::channel::{mpsc, oneshot};

use crate::wire::{DeviceReply, DeviceRequest, failure};

/// Passages in one request: enough to fill a card, and few enough that a cancelled question ends soon.
const PASSAGES: usize = 128;

/// A job for the card.
pub enum Job {
    /// Logits of pairs, passed on as they arrive.
    Score { question: String, passages: Vec<String>, reply: mpsc::UnboundedSender<Result<Vec<PairScore>, Failure>> },
    /// Vectors of texts.
    Embed { query: bool, texts: Vec<String>, reply: oneshot::Sender<Result<Vec<Vec<f32>>, Failure>> },
}

/// Starts the task. It ends with the last sender or with the process.
pub fn start(child: Child) -> tokio::sync::mpsc::UnboundedSender<Job> {
    let (jobs, inbox) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(work(child, inbox));
    jobs
}

async fn work(mut child: Child, mut inbox: tokio::sync::mpsc::UnboundedReceiver<Job>) {
    while let Some(job) = inbox.recv().await {
        let alive = match job {
            Job::Score { question, passages, reply } => score(&mut child, &question, passages, &reply).await,
            Job::Embed { query, texts, reply } => embed(&mut child, query, texts, reply).await,
        };
        if !alive {
            return;
        }
    }
}

/// Scores the passages. Returns whether the process still runs.
async fn score(
    child: &mut Child,
    question: &str,
    mut passages: Vec<String>,
    reply: &mpsc::UnboundedSender<Result<Vec<PairScore>, Failure>>,
) -> bool {
    let mut begin = 0;
    while !passages.is_empty() && !reply.is_closed() {
        let rest = passages.split_off(PASSAGES.min(passages.len()));
        let sent = passages.len();
        let request = DeviceRequest::Score { question: question.to_owned(), passages };
        let mut scored = 0;
        let answered = exchange(child, request, |answer| {
            if let DeviceReply::Scores { scores } = answer {
                scored += scores.len();
                let scores = scores.into_iter().map(|score| score.in_whole(begin)).collect();
                let _ = reply.unbounded_send(Ok(scores));
            }
        });
        let (failed, alive) = match answered.await {
            Ok(None) if scored == sent => (None, true),
            Ok(None) => (Some(short()), true),
            Ok(Some(failure)) => (Some(failure), true),
            Err(error) => (Some(died(&error)), false),
        };
        if let Some(failure) = failed {
            let _ = reply.unbounded_send(Err(failure));
            return alive;
        }
        begin += sent;
        passages = rest;
    }
    true
}

/// Embeds the texts. Returns whether the process still runs.
async fn embed(
    child: &mut Child,
    query: bool,
    texts: Vec<String>,
    reply: oneshot::Sender<Result<Vec<Vec<f32>>, Failure>>,
) -> bool {
    let wanted = texts.len();
    let mut found = Vec::new();
    let answered = exchange(child, DeviceRequest::Embed { query, texts }, |answer| {
        if let DeviceReply::Vectors { vectors } = answer {
            found = vectors;
        }
    });
    let (result, alive) = match answered.await {
        Ok(None) if found.len() == wanted => (Ok(found), true),
        Ok(None) => (Err(short()), true),
        Ok(Some(failure)) => (Err(failure), true),
        Err(error) => (Err(died(&error)), false),
    };
    let _ = reply.send(result);
    alive
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
    Failure::new(
        Problem::ModelWrong,
        format!("the program on the graphics card ended: {error}"),
        "ask again: the processor takes over until Assay is started anew",
    )
}

/// The failure of a job for a process that has ended.
pub fn gone() -> Failure {
    Failure::new(
        Problem::ModelWrong,
        "the program on the graphics card has ended",
        "ask again: the processor takes over until Assay is started anew",
    )
}

fn short() -> Failure {
    Failure::bug("the accelerator answered only part of a request")
}
