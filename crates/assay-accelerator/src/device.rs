//! The main program's side: an embedder and a reranker whose computations run on a graphics card.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use assay_domain::port::{
    Embedder, EmbedderIdentity, PairScore, PretokenizedReranker, Reranker, RerankerIdentity, TextKind,
};
use assay_domain::{Failure, Precision};
use assay_encoder::Priority;
use assay_process::{Child, Limits, WorkerCommand};
use futures::channel::{mpsc, oneshot};
use futures::future::{BoxFuture, FutureExt};
use futures::stream::{self, BoxStream, StreamExt};

use crate::job::{self, Jobs, Sides, Work};
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

/// A cross-encoder on a graphics card. The processor's tokenizer reads the texts, so that windows are made of long
/// passages as on the processor.
pub struct DeviceReranker {
    identity: RerankerIdentity,
    processor: Arc<dyn Reranker>,
    jobs: Jobs,
}

/// A bi-encoder on a graphics card. The processor's tokenizer counts the tokens.
pub struct DeviceEmbedder {
    identity: EmbedderIdentity,
    processor: Arc<dyn Embedder>,
    jobs: Jobs,
}

impl DeviceReranker {
    /// Starts the accelerator and loads the model that the processor has too. Call it on a tokio runtime.
    ///
    /// # Errors
    /// The accelerator does not start (its libraries are missing), or it cannot load the model.
    pub async fn open(
        command: &WorkerCommand,
        model: &ModelFolder,
        processor: Arc<dyn Reranker>,
    ) -> Result<Self, Failure> {
        let (child, opened) = open(command, model, Role::Reranker).await?;
        let unknown = || Failure::bug(format!("the accelerator names an unknown precision: {:?}", opened.precision));
        let precision = Precision::parse(&opened.precision).ok_or_else(unknown)?;
        let identity = RerankerIdentity { device: opened.device, precision, ..processor.identity().clone() };
        Ok(Self { identity, processor, jobs: Jobs::start(child) })
    }

    /// Why the card is no longer used, as after a failure of it; `None` while it is.
    pub fn fault(&self) -> Option<String> {
        self.jobs.fault()
    }

    fn submit(&self, priority: Priority, sides: Sides) -> BoxStream<'_, Result<Vec<PairScore>, Failure>> {
        let (reply, mut received) = mpsc::unbounded();
        if let Err(failure) = self.jobs.send(priority, Work::Score { sides, begin: 0, reply }) {
            return stream::iter([Err(failure)]).boxed();
        }
        stream::poll_fn(move |context| received.poll_next_unpin(context)).boxed()
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
        Ok(Self { identity, processor, jobs: Jobs::start(child) })
    }

    /// As [`DeviceReranker::fault`].
    pub fn fault(&self) -> Option<String> {
        self.jobs.fault()
    }

    fn submit(
        &self,
        priority: Priority,
        kind: TextKind,
        texts: Vec<String>,
    ) -> BoxFuture<'_, Result<Vec<Vec<f32>>, Failure>> {
        let (reply, received) = oneshot::channel();
        let work = Work::Embed { query: kind == TextKind::Query, texts, vectors: Vec::new(), reply };
        let sent = self.jobs.send(priority, work);
        async move {
            sent?;
            received.await.unwrap_or_else(|_| Err(self.jobs.gone()))
        }
        .boxed()
    }
}

impl Reranker for DeviceReranker {
    fn identity(&self) -> &RerankerIdentity {
        &self.identity
    }

    fn score(&self, question: String, passages: Vec<String>) -> BoxStream<'_, Result<Vec<PairScore>, Failure>> {
        self.submit(Priority::Reranking, Sides::Texts { question, passages })
    }

    fn score_for_explanation(
        &self,
        question: String,
        passages: Vec<String>,
    ) -> BoxStream<'_, Result<Vec<PairScore>, Failure>> {
        self.submit(Priority::Explanation, Sides::Texts { question, passages })
    }

    fn as_pretokenized(&self) -> Option<&dyn PretokenizedReranker> {
        self.processor.as_pretokenized().map(|_| self as &dyn PretokenizedReranker)
    }

    fn truncated_at(&self, question: &str, passage: &str) -> Option<usize> {
        self.processor.truncated_at(question, passage)
    }
}

impl PretokenizedReranker for DeviceReranker {
    fn tokenizer(&self) -> &str {
        self.processor.as_pretokenized().map_or("", PretokenizedReranker::tokenizer)
    }

    fn ids(&self, texts: &[&str]) -> Result<Vec<Vec<u32>>, Failure> {
        let unfit = || Failure::bug("a model that reads texts alone was asked for token ids");
        self.processor.as_pretokenized().ok_or_else(unfit)?.ids(texts)
    }

    fn max_passage_tokens(&self, question: usize) -> usize {
        self.processor.as_pretokenized().map_or(1, |processor| processor.max_passage_tokens(question))
    }

    fn score_ids(&self, question: Vec<u32>, passages: Vec<Vec<u32>>) -> BoxStream<'_, Result<Vec<PairScore>, Failure>> {
        self.submit(Priority::Reranking, Sides::Ids { question, passages })
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
        self.submit(kind.into(), kind, texts)
    }

    fn embed_for_explanation(
        &self,
        kind: TextKind,
        texts: Vec<String>,
    ) -> BoxFuture<'_, Result<Vec<Vec<f32>>, Failure>> {
        self.submit(Priority::Explanation, kind, texts)
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
