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
use futures::stream::BoxStream;
use futures::{FutureExt, StreamExt};

fn program() -> WorkerCommand {
    WorkerCommand { program: env!("CARGO_BIN_EXE_assay-accelerator").into(), args: Vec::new(), env: Vec::new() }
}

fn shipped() -> ModelFolder {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../models/assay-reranker-zh-en");
    ModelFolder { folder, name: "assay-reranker-zh-en".into(), languages: vec!["eng".into(), "zho".into()] }
}

fn here() -> Arc<dyn Reranker> {
    let ModelFolder { folder, name, languages } = shipped();
    Arc::new(open_reranker(&folder, &name, languages, EncoderOptions::default()).unwrap())
}

async fn there(command: &WorkerCommand, here: &Arc<dyn Reranker>) -> DeviceReranker {
    DeviceReranker::open(command, &shipped(), here.clone()).await.unwrap()
}

async fn scores(reranker: &dyn Reranker, passages: usize) -> Vec<PairScore> {
    let passages = (0..passages).map(|n| format!("Passage {n} on {}.", "lamps and oil ".repeat(n % 7))).collect();
    let batches: Vec<_> = reranker.score("Which lamp burned oil?".into(), passages).collect().await;
    batches.into_iter().flat_map(Result::unwrap).collect()
}

#[tokio::test]
async fn scores_over_the_pipes_equal_those_of_the_model() {
    let here = here();
    let there = there(&program(), &here).await;
    assert_eq!(there.identity().weights, here.identity().weights);
    check::rerankers(&there, here.as_ref()).await.unwrap();
    // More than one request, and not a multiple of its size.
    assert_eq!(scores(&there, 150).await, scores(here.as_ref(), 150).await);

    // A question whose stream is dropped costs at most one more request.
    let mut stream = there.score("oil".into(), vec!["lamp".repeat(50); 500]);
    stream.next().await.unwrap().unwrap();
    drop(stream);
    assert_eq!(scores(&there, 3).await, scores(here.as_ref(), 3).await);
    assert_eq!(there.fault(), None);
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

async fn collect(batches: BoxStream<'_, Result<Vec<PairScore>, Failure>>) -> Vec<PairScore> {
    batches.collect::<Vec<_>>().await.into_iter().flat_map(Result::unwrap).collect()
}

#[tokio::test]
async fn long_passages_are_cut_into_windows_as_on_the_processor() {
    let here = here();
    let there = there(&program(), &here).await;
    let (ours, theirs) = (here.as_pretokenized().unwrap(), there.as_pretokenized().unwrap());
    let answer = "The lamp burned colza oil until it was converted to paraffin.";
    let long = format!("{} {answer}", "Bread dough rises faster in a warm kitchen. ".repeat(120));
    let texts = [long.as_str(), answer, ""];
    let (question, ids) =
        (theirs.ids(&["Which oil did the lamp burn?"]).unwrap().remove(0), theirs.ids(&texts).unwrap());
    assert_eq!(theirs.tokenizer(), ours.tokenizer());
    assert_eq!(ids, ours.ids(&texts).unwrap());
    let most = theirs.max_passage_tokens(question.len());
    assert_eq!(most, ours.max_passage_tokens(question.len()));
    assert!(ids[0].len() > 2 * most);
    assert_eq!(there.truncated_at("oil", &long), here.truncated_at("oil", &long));

    // The windows of the long passage, of which the last has the answer, among short ones.
    let mut windows: Vec<Vec<u32>> = ids[0].rchunks(most).map(<[u32]>::to_vec).collect();
    windows.extend([ids[1].clone(), ids[2].clone()]);
    let scored = collect(theirs.score_ids(question.clone(), windows.clone())).await;
    assert_eq!(scored, collect(ours.score_ids(question, windows)).await);
    let best = |scores: &[PairScore]| scores.iter().map(|score| score.logit).fold(f32::NEG_INFINITY, f32::max);
    assert!(scored[0].logit == best(&scored[..scored.len() - 2]), "the last window has the answer: {scored:?}");
}

#[tokio::test]
async fn a_question_waits_for_one_part_of_an_explanation() {
    let here = here();
    let there = there(&program(), &here).await;
    let passages: Vec<String> = (0..2_000).map(|n| format!("Passage {n} on lamps.")).collect();
    let mut explanation = there.score_for_explanation("lamps".into(), passages);
    let mut explained = explanation.next().await.unwrap().unwrap().len();
    assert_eq!(scores(&there, 20).await, scores(here.as_ref(), 20).await);
    while let Some(Some(batch)) = explanation.next().now_or_never() {
        explained += batch.unwrap().len();
    }
    assert!(explained <= 3 * 128, "{explained} passages were explained before the question's 20");
}

/// The accelerator behind a pipe that passes on so many bytes and then closes: a program that ends in the middle.
#[cfg(unix)]
fn dying(bytes: usize) -> WorkerCommand {
    let script = format!("dd bs=1 count={bytes} 2>/dev/null | {}", env!("CARGO_BIN_EXE_assay-accelerator"));
    WorkerCommand { program: "sh".into(), args: vec!["-c".into(), script.into()], env: Vec::new() }
}

#[cfg(unix)]
#[tokio::test]
async fn a_card_that_dies_in_the_middle_says_so_and_is_not_used_again() {
    let here = here();
    let there = there(&dying(20_000), &here).await;
    assert_eq!(scores(&there, 5).await, scores(here.as_ref(), 5).await);
    let passages = vec!["lamps and oil ".repeat(20); 400];
    let waiting = there.score_for_explanation("lamps".into(), passages.clone()).collect::<Vec<_>>();
    let last = there.score("lamps".into(), passages.clone()).collect::<Vec<_>>();
    let (mut waiting, mut last) = futures::join!(waiting, last);
    let failure = last.pop().unwrap().unwrap_err();
    assert_eq!(waiting.pop().unwrap().unwrap_err(), failure, "what waits is told");
    assert!(failure.action.contains("the processor takes over"), "{failure}");
    let again = there.score("lamps".into(), passages).collect::<Vec<_>>().await.pop().unwrap().unwrap_err();
    assert!(again.message.contains("no longer used") && again.action == failure.action, "{again}");
    assert_eq!(there.fault(), Some(failure.message));
}

#[tokio::test]
async fn a_card_that_fails_at_a_request_is_not_used_again() {
    let here = here();
    let there = there(&program(), &here).await;
    // No token has this number.
    let batches = there.as_pretokenized().unwrap().score_ids(vec![5], vec![vec![u32::MAX - 9]]);
    let failure = batches.collect::<Vec<_>>().await.pop().unwrap().unwrap_err();
    assert!(failure.message.contains("the graphics card failed"), "{failure}");
    let again = there.score("lamps".into(), vec!["oil".into()]).collect::<Vec<_>>().await.pop().unwrap();
    assert!(again.is_err() && there.fault() == Some(failure.message));
}

/// A reranker whose texts and logits are changed.
struct Changed {
    reranker: Arc<dyn Reranker>,
    logit: fn(f32, usize) -> f32,
    words: usize,
}

impl Reranker for Changed {
    fn identity(&self) -> &RerankerIdentity {
        self.reranker.identity()
    }

    fn score(&self, question: String, passages: Vec<String>) -> BoxStream<'_, Result<Vec<PairScore>, Failure>> {
        let (words, logit) = (self.words, self.logit);
        let cut = |text: String| text.split_inclusive(' ').take(words).collect::<String>();
        let changed = move |score: PairScore| PairScore { logit: logit(score.logit, score.index), ..score };
        let scored = self.reranker.score(question, passages.into_iter().map(cut).collect());
        scored.map(move |batch| Ok(batch?.into_iter().map(changed).collect())).boxed()
    }
}

#[tokio::test]
async fn a_device_that_computes_wrongly_is_refused() {
    let here = here();
    let cases: [(&str, fn(f32, usize) -> f32, usize, bool); 6] = [
        ("right", |logit, _| logit, usize::MAX, true),
        ("a little off", |logit, _| logit + 0.01, usize::MAX, true),
        ("off", |logit, _| logit + 0.5, usize::MAX, false),
        ("NaN", |_, _| f32::NAN, usize::MAX, false),
        ("one passage off", |logit, index| if index == 1 { logit - 2.0 } else { logit }, usize::MAX, false),
        // It loses the end of long texts and nothing of short ones.
        ("cut", |logit, _| logit, 200, false),
    ];
    for (name, logit, words, accepted) in cases {
        let changed = Changed { reranker: here.clone(), logit, words };
        let checked = check::rerankers(&changed, here.as_ref()).await;
        assert_eq!(checked.is_ok(), accepted, "{name}: {checked:?}");
    }
}

#[tokio::test]
async fn an_accelerator_that_cannot_open_a_model_names_the_reason() {
    let missing = WorkerCommand { program: "no-such-accelerator".into(), ..program() };
    let nowhere = ModelFolder { folder: "no/such/folder".into(), ..shipped() };
    for (command, model, problem) in
        [(missing, shipped(), Problem::ModelWrong), (program(), nowhere, Problem::ModelMissing)]
    {
        let failure = DeviceReranker::open(&command, &model, here()).await.err().unwrap();
        assert_eq!(failure.problem, problem, "{failure}");
        assert!(!failure.action.is_empty());
    }
}
