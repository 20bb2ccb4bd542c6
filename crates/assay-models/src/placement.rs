//! Places a reranker on a graphics card if one serves; otherwise the reranker's device says why not.
//!
//! The accelerator is a program of its own, in the folder `accelerator` next to the running program or where
//! `ASSAY_ACCELERATOR` says. It is used only if its scores agree with the processor's.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use assay_accelerator::{DeviceReranker, ModelFolder, check};
use assay_domain::Failure;
use assay_domain::port::{PairScore, PretokenizedReranker, Reranker, RerankerIdentity, ScoreScale};
use assay_encoder::{DeviceChoice, EncoderOptions, OpenReranker, Precision, open_reranker};
use assay_process::WorkerCommand;
use futures::stream::BoxStream;

use crate::blocking::blocking;

/// A reranker on a card or on the processor.
pub struct Placed {
    /// The reranker.
    pub reranker: Arc<dyn Reranker>,
    card: Option<Arc<DeviceReranker>>,
}

impl Placed {
    /// A reranker that needs no accelerator.
    pub fn here(reranker: Arc<dyn Reranker>) -> Self {
        Self { reranker, card: None }
    }

    /// Why its card is no longer used; `None` while it is, or where there is none.
    pub fn fault(&self) -> Option<String> {
        self.card.as_ref().and_then(|card| card.fault())
    }
}

/// Places a reranker on a card whose scores agree with the processor's. `fault` is why the card failed before: it is
/// not used again until Assay restarts.
pub async fn place_reranker(
    program: &Path,
    folder: PathBuf,
    processor: Arc<OpenReranker>,
    fault: Option<String>,
) -> Placed {
    let Some(accelerator) = accelerator(program) else { return Placed::here(processor) };
    if let Some(fault) = fault {
        return on_processor(processor, &fault);
    }
    match on_card(accelerator, folder, &processor).await {
        Ok(card) => Placed { reranker: card.clone(), card: Some(card) },
        Err(failure) => on_processor(processor, &failure.message),
    }
}

/// The accelerator of a program, if there is one.
pub fn accelerator(program: &Path) -> Option<PathBuf> {
    let named = std::env::var_os("ASSAY_ACCELERATOR").map(PathBuf::from);
    let next_to_it = || {
        let name = format!("assay-accelerator{}", std::env::consts::EXE_SUFFIX);
        program.parent().map(|folder| folder.join("accelerator").join(name))
    };
    named.or_else(next_to_it).filter(|file| file.is_file())
}

async fn on_card(
    program: PathBuf,
    folder: PathBuf,
    processor: &Arc<OpenReranker>,
) -> Result<Arc<DeviceReranker>, Failure> {
    let command = WorkerCommand { program, args: Vec::new(), env: Vec::new() };
    let identity = processor.identity();
    let model = ModelFolder { folder, name: identity.name.clone(), languages: identity.languages.clone() };
    let card = DeviceReranker::open(&command, &model, processor.clone()).await?;
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

/// The reranker on the processor in f32: a card's scores differ from it by less than int8's do.
async fn exact(model: ModelFolder, processor: &Arc<OpenReranker>) -> Result<Arc<OpenReranker>, Failure> {
    if processor.identity().precision == assay_domain::Precision::F32 {
        return Ok(processor.clone());
    }
    let options = EncoderOptions { device: DeviceChoice::Cpu, precision: Precision::F32, ..Default::default() };
    let open = move || open_reranker(&model.folder, &model.name, model.languages, options);
    Ok(Arc::new(blocking("opening a model", open).await??))
}

fn on_processor(processor: Arc<OpenReranker>, why: &str) -> Placed {
    let mut identity = processor.identity().clone();
    identity.device = format!("{}; the accelerator is not used: {why}", identity.device);
    Placed::here(Arc::new(OnProcessor { processor, identity }))
}

/// The reranker on the processor, with the reason why no card is used.
struct OnProcessor {
    processor: Arc<OpenReranker>,
    identity: RerankerIdentity,
}

impl Reranker for OnProcessor {
    fn identity(&self) -> &RerankerIdentity {
        &self.identity
    }

    fn scale(&self) -> ScoreScale {
        self.processor.scale()
    }

    fn score(&self, question: String, passages: Vec<String>) -> BoxStream<'_, Result<Vec<PairScore>, Failure>> {
        self.processor.score(question, passages)
    }

    fn score_for_explanation(
        &self,
        question: String,
        passages: Vec<String>,
    ) -> BoxStream<'_, Result<Vec<PairScore>, Failure>> {
        self.processor.score_for_explanation(question, passages)
    }

    fn as_pretokenized(&self) -> Option<&dyn PretokenizedReranker> {
        self.processor.as_pretokenized()
    }

    fn truncated_at(&self, question: &str, passage: &str) -> Option<usize> {
        self.processor.truncated_at(question, passage)
    }
}
