//! The whole protocol with the accelerator built for the processor, on the shipped reranker and the default
//! bi-encoder: replies over the pipes equal the results of the same model in this process.
#![allow(clippy::unwrap_used, reason = "this is test code: a panic is a failed test")]

use std::path::PathBuf;
use std::sync::Arc;

use assay_accelerator::{DeviceEmbedder, DeviceReranker, ModelFolder, check};
use assay_domain::port::{PairScore, Reranker, RerankerIdentity};
use assay_domain::{Failure, Problem};
use assay_encoder::{EncoderOptions, open_embedder, open_reranker};
use assay_process::WorkerCommand;
use futures::StreamExt;
use futures::stream::BoxStream;

fn program() -> WorkerCommand {
    WorkerCommand { program: env!("CARGO_BIN_EXE_assay-accelerator").into(), args: Vec::new(), env: Vec::new() }
}

fn shipped() -> ModelFolder {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../models/assay-reranker-mini");
    ModelFolder { folder, name: "assay-reranker-mini".into(), languages: vec!["eng".into(), "zho".into()] }
}

fn here() -> impl Reranker {
    let ModelFolder { folder, name, languages } = shipped();
    open_reranker(&folder, &name, languages, EncoderOptions::default()).unwrap()
}

async fn scores(reranker: &dyn Reranker, passages: usize) -> Vec<PairScore> {
    let passages = (0..passages).map(|n| format!("Passage {n} on {}.", "lamps and oil ".repeat(n % 7))).collect();
    let batches: Vec<_> = reranker.score("Which lamp burned oil?".into(), passages).collect().await;
    batches.into_iter().flat_map(Result::unwrap).collect()
}

#[tokio::test]
async fn scores_over_the_pipes_equal_those_of_the_model() {
    let here = here();
    let there = DeviceReranker::open(&program(), &shipped(), here.identity()).await.unwrap();
    assert_eq!(there.identity().weights, here.identity().weights);
    check::rerankers(&there, &here).await.unwrap();
    // More than one request, and not a multiple of its size.
    assert_eq!(scores(&there, 150).await, scores(&here, 150).await);

    // A question whose stream is dropped costs at most one more request.
    let mut stream = there.score("oil".into(), vec!["lamp".repeat(50); 500]);
    stream.next().await.unwrap().unwrap();
    drop(stream);
    assert_eq!(scores(&there, 3).await, scores(&here, 3).await);
    assert!(there.is_alive());
}

#[tokio::test]
async fn vectors_over_the_pipes_equal_those_of_the_model() {
    let models =
        PathBuf::from(std::env::var_os("ASSAY_MODELS").expect("run `cargo xtask test`, which names the models"));
    let model = ModelFolder { folder: models.join("all-MiniLM-L6-v2"), name: "m".into(), languages: Vec::new() };
    let here = Arc::new(open_embedder(&model.folder, &model.name, None, EncoderOptions::default()).unwrap());
    let there = DeviceEmbedder::open(&program(), &model, here.clone()).await.unwrap();
    check::embedders(&there, &*here).await.unwrap();
}

/// A reranker whose logits are shifted.
struct Shifted<R>(R, f32);

impl<R: Reranker> Reranker for Shifted<R> {
    fn identity(&self) -> &RerankerIdentity {
        self.0.identity()
    }

    fn score(&self, question: String, passages: Vec<String>) -> BoxStream<'_, Result<Vec<PairScore>, Failure>> {
        let shift = self.1;
        let shifted = move |score: PairScore| PairScore { logit: score.logit + shift, ..score };
        self.0.score(question, passages).map(move |batch| Ok(batch?.into_iter().map(shifted).collect())).boxed()
    }
}

#[tokio::test]
async fn a_device_that_computes_wrongly_is_refused() {
    for (shift, accepted) in [(0.0, true), (0.01, true), (0.1, false), (f32::NAN, false)] {
        let checked = check::rerankers(&Shifted(here(), shift), &here()).await;
        assert_eq!(checked.is_ok(), accepted, "{shift}: {checked:?}");
    }
}

#[tokio::test]
async fn an_accelerator_that_cannot_open_a_model_names_the_reason() {
    let missing = WorkerCommand { program: "no-such-accelerator".into(), ..program() };
    let nowhere = ModelFolder { folder: "no/such/folder".into(), ..shipped() };
    for (command, model, problem) in
        [(missing, shipped(), Problem::ModelWrong), (program(), nowhere, Problem::ModelMissing)]
    {
        let failure = DeviceReranker::open(&command, &model, here().identity()).await.err().unwrap();
        assert_eq!(failure.problem, problem, "{failure}");
        assert!(!failure.action.is_empty());
    }
}
