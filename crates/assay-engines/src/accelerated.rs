//! A graphics card for the reranker, where its program lies beside this one, and in words why not
//! where it does not serve.
//!
//! The program is looked for in the folder `accelerator` beside the running one, or where
//! `ASSAY_ACCELERATOR` says. It is used only after it gave the processor's scores.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use assay_accelerator::{DeviceReranker, ModelFolder, check};
use assay_domain::Failure;
use assay_domain::port::{PairScore, PretokenizedReranker, Reranker, RerankerIdentity, ScoreScale};
use assay_encoder::{DeviceChoice, EncoderOptions, OpenReranker, Precision, open_reranker};
use assay_process::WorkerCommand;
use futures::stream::BoxStream;

use crate::engines::blocking;

/// A reranker and where it runs.
pub struct Placed {
    /// It.
    pub reranker: Arc<dyn Reranker>,
    card: Option<Arc<DeviceReranker>>,
}

impl Placed {
    /// One that needs no program beside this one.
    pub fn here(reranker: Arc<dyn Reranker>) -> Self {
        Self { reranker, card: None }
    }

    /// Whether the program on the card has ended.
    pub fn has_ended(&self) -> bool {
        self.card.as_ref().is_some_and(|card| !card.is_alive())
    }
}

/// Puts a reranker on a card if there is one that agrees with the processor. `ended` says that a
/// card's program ended before: it is not trusted again until Assay is started anew.
pub async fn place(program: &Path, folder: PathBuf, processor: Arc<OpenReranker>, ended: bool) -> Placed {
    let Some(accelerator) = accelerator(program) else { return Placed::here(processor) };
    if ended {
        return remarked(processor, "its program ended while it was scoring");
    }
    match on_card(accelerator, folder, &processor).await {
        Ok(card) => Placed { reranker: card.clone(), card: Some(card) },
        Err(failure) => remarked(processor, &failure.message),
    }
}

fn accelerator(program: &Path) -> Option<PathBuf> {
    let named = std::env::var_os("ASSAY_ACCELERATOR").map(PathBuf::from);
    let beside = || {
        let name = format!("assay-accelerator{}", std::env::consts::EXE_SUFFIX);
        program.parent().map(|folder| folder.join("accelerator").join(name))
    };
    named.or_else(beside).filter(|file| file.is_file())
}

async fn on_card(
    program: PathBuf,
    folder: PathBuf,
    processor: &Arc<OpenReranker>,
) -> Result<Arc<DeviceReranker>, Failure> {
    let command = WorkerCommand { program, args: Vec::new(), env: Vec::new() };
    let identity = processor.identity();
    let model = ModelFolder { folder, name: identity.name.clone(), languages: identity.languages.clone() };
    let card = DeviceReranker::open(&command, &model, identity).await?;
    if card.identity().device.starts_with("cpu") {
        return Err(Failure::new(
            assay_domain::Problem::ModelWrong,
            format!("it found no card: {}", card.identity().device),
            "install the card's driver, or build the accelerator for this card",
        ));
    }
    check::rerankers(&card, exact(model, processor).await?.as_ref()).await?;
    Ok(Arc::new(card))
}

/// The processor in f32: what a card may differ from it is less than what int8 does.
async fn exact(model: ModelFolder, processor: &Arc<OpenReranker>) -> Result<Arc<OpenReranker>, Failure> {
    if processor.identity().precision == assay_domain::Precision::F32 {
        return Ok(processor.clone());
    }
    let options = EncoderOptions { device: DeviceChoice::Cpu, precision: Precision::F32, ..Default::default() };
    blocking(move || open_reranker(&model.folder, &model.name, model.languages, options).map(Arc::new)).await
}

fn remarked(processor: Arc<OpenReranker>, why: &str) -> Placed {
    let mut identity = processor.identity().clone();
    identity.device = format!("{}; the accelerator is not used: {why}", identity.device);
    Placed::here(Arc::new(Remarked { processor, identity }))
}

/// The processor's reranker, with a word on why a faster device is not used.
struct Remarked {
    processor: Arc<OpenReranker>,
    identity: RerankerIdentity,
}

impl Reranker for Remarked {
    fn identity(&self) -> &RerankerIdentity {
        &self.identity
    }

    fn scale(&self) -> ScoreScale {
        self.processor.scale()
    }

    fn score(&self, question: String, passages: Vec<String>) -> BoxStream<'_, Result<Vec<PairScore>, Failure>> {
        self.processor.score(question, passages)
    }

    fn as_pretokenized(&self) -> Option<&dyn PretokenizedReranker> {
        self.processor.as_pretokenized()
    }

    fn truncated_at(&self, question: &str, passage: &str) -> Option<usize> {
        self.processor.truncated_at(question, passage)
    }
}
