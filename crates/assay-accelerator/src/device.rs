//! The main program's side: an embedder and a reranker whose computations run on a graphics card.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use assay_domain::port::{Embedder, EmbedderIdentity, PairScore, Reranker, RerankerIdentity, TextKind};
use assay_domain::{Failure, Precision};
use assay_process::{Child, Limits, WorkerCommand};
use futures::channel::{mpsc, oneshot};
use futures::future::{BoxFuture, FutureExt};
use futures::stream::{self, BoxStream, StreamExt};
use tokio::sync::mpsc::UnboundedSender;

use crate::job::{self, Job};
use crate::wire::{DeviceReply, DeviceRequest, Role};

/// Longest time without a reply. Weights reach a card in seconds, but a driver may compile kernels at first use.
const QUIET: Duration = Duration::from_secs(120);
/// Longest time for a request.
const TOTAL: Duration = Duration::from_secs(3_600);

/// A model's folder and its name.
#[derive(Debug, Clone)]
pub struct ModelFolder {
    /// Folder in the hub's layout.
    pub folder: PathBuf,
    /// Name for people.
    pub name: String,
    /// ISO 639-3 codes; empty if not stated.
    pub languages: Vec<String>,
}

/// A cross-encoder on a graphics card.
pub struct DeviceReranker {
    identity: RerankerIdentity,
    jobs: UnboundedSender<Job>,
}

/// A bi-encoder on a graphics card. The processor's tokenizer counts the tokens.
pub struct DeviceEmbedder {
    identity: EmbedderIdentity,
    processor: Arc<dyn Embedder>,
    jobs: UnboundedSender<Job>,
}

impl DeviceReranker {
    /// Starts the accelerator and loads the model that the processor has too. Call it on a tokio runtime.
    ///
    /// # Errors
    /// The accelerator does not start (its libraries are missing), or it cannot load the model.
    pub async fn open(
        command: &WorkerCommand,
        model: &ModelFolder,
        processor: &RerankerIdentity,
    ) -> Result<Self, Failure> {
        let (child, opened) = open(command, model, Role::Reranker).await?;
        let unknown = || Failure::bug(format!("the accelerator names an unknown precision: {:?}", opened.precision));
        let precision = Precision::parse(&opened.precision).ok_or_else(unknown)?;
        let identity = RerankerIdentity { device: opened.device, precision, ..processor.clone() };
        Ok(Self { identity, jobs: job::start(child) })
    }

    /// Whether the accelerator still runs.
    pub fn is_alive(&self) -> bool {
        !self.jobs.is_closed()
    }
}

impl DeviceEmbedder {
    /// Starts the accelerator and loads the model that the processor has too. Call it on a tokio runtime.
    ///
    /// # Errors
    /// As [`DeviceReranker::open`].
    pub async fn open(
        command: &WorkerCommand,
        model: &ModelFolder,
        processor: Arc<dyn Embedder>,
    ) -> Result<Self, Failure> {
        let (child, opened) = open(command, model, Role::Embedder).await?;
        let identity = EmbedderIdentity { device: opened.device, ..processor.identity().clone() };
        Ok(Self { identity, processor, jobs: job::start(child) })
    }

    /// Whether the accelerator still runs.
    pub fn is_alive(&self) -> bool {
        !self.jobs.is_closed()
    }
}

impl Reranker for DeviceReranker {
    fn identity(&self) -> &RerankerIdentity {
        &self.identity
    }

    fn score(&self, question: String, passages: Vec<String>) -> BoxStream<'_, Result<Vec<PairScore>, Failure>> {
        let (reply, mut received) = mpsc::unbounded();
        if self.jobs.send(Job::Score { question, passages, reply }).is_err() {
            return stream::iter([Err(job::gone())]).boxed();
        }
        stream::poll_fn(move |context| received.poll_next_unpin(context)).boxed()
    }
}

impl Embedder for DeviceEmbedder {
    fn identity(&self) -> &EmbedderIdentity {
        &self.identity
    }

    fn token_starts(&self, text: &str) -> Vec<usize> {
        self.processor.token_starts(text)
    }

    fn embed(&self, kind: TextKind, texts: Vec<String>) -> BoxFuture<'_, Result<Vec<Vec<f32>>, Failure>> {
        let (reply, received) = oneshot::channel();
        let sent = self.jobs.send(Job::Embed { query: kind == TextKind::Query, texts, reply });
        async move {
            if sent.is_err() {
                return Err(job::gone());
            }
            received.await.unwrap_or_else(|_| Err(job::gone()))
        }
        .boxed()
    }
}

struct Opened {
    device: String,
    precision: String,
}

async fn open(command: &WorkerCommand, model: &ModelFolder, role: Role) -> Result<(Child, Opened), Failure> {
    let limits = Limits { deadline_total: TOTAL, deadline_quiet: QUIET, memory_bytes: u64::MAX, output_bytes: 1 << 30 };
    let mut child = Child::spawn(command, &limits).await.map_err(|error| job::died(&error))?;
    let request = DeviceRequest::Open {
        role,
        folder: model.folder.to_string_lossy().into_owned(),
        name: model.name.clone(),
        languages: model.languages.clone(),
    };
    let mut opened = None;
    let answered = job::exchange(&mut child, request, |reply| {
        if let DeviceReply::Opened { device, precision } = reply {
            opened = Some(Opened { device, precision });
        }
    });
    match answered.await {
        Ok(None) => {}
        Ok(Some(failure)) => return Err(failure),
        Err(error) => return Err(job::died(&error)),
    }
    let opened = opened.ok_or_else(|| Failure::bug("the program on the graphics card gave no reply"))?;
    Ok((child, opened))
}
