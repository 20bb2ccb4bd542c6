//! The accelerator's side: it holds one model on a graphics card and answers one request after another.

use std::path::Path;

use assay_domain::port::{Embedder, PairScore, Reranker, TextKind};
use assay_domain::{Failure, Problem};
use assay_encoder::{BiEncoder, DeviceChoice, EncoderOptions, OpenReranker, open_embedder, open_reranker};
use assay_process::{WorkerError, child};
use futures::StreamExt;
use futures::executor::block_on;
use futures::stream::BoxStream;

use crate::wire::{DeviceReply, DeviceRequest, Role, Scored};

enum Model {
    Reranker(Box<OpenReranker>),
    Embedder(Box<BiEncoder>),
}

/// Answers requests from standard input until it closes.
///
/// # Errors
/// As [`child::serve`]: the other side is not an Assay of this version.
pub fn serve() -> Result<(), WorkerError> {
    let mut model = None;
    child::serve(|request: DeviceRequest, reply: &mut dyn FnMut(&DeviceReply)| {
        if let Err(failure) = answer(&mut model, request, reply) {
            reply(&failure.into());
        }
    })
}

fn answer(
    model: &mut Option<Model>,
    request: DeviceRequest,
    reply: &mut dyn FnMut(&DeviceReply),
) -> Result<(), Failure> {
    match (request, &*model) {
        (DeviceRequest::Open { role, folder, name, languages }, None) => {
            let (opened, answer) = open(role, Path::new(&folder), &name, languages)?;
            *model = Some(opened);
            reply(&answer);
            Ok(())
        }
        (DeviceRequest::Score { question, passages }, Some(Model::Reranker(reranker))) => {
            pass_on(reranker.score(question, passages), reply)
        }
        (DeviceRequest::ScoreIds { question, passages }, Some(Model::Reranker(reranker))) => {
            let unfit = || Failure::bug("token ids were sent to a model that reads texts alone");
            pass_on(reranker.as_pretokenized().ok_or_else(unfit)?.score_ids(question, passages), reply)
        }
        (DeviceRequest::Embed { query, texts }, Some(Model::Embedder(embedder))) => {
            let kind = if query { TextKind::Query } else { TextKind::Passage };
            let vectors = block_on(embedder.embed(kind, texts))?;
            reply(&DeviceReply::Vectors { vectors });
            Ok(())
        }
        _ => Err(Failure::new(Problem::Bug, "the request does not fit the model that was opened", "report it")),
    }
}

fn open(role: Role, folder: &Path, name: &str, languages: Vec<String>) -> Result<(Model, DeviceReply), Failure> {
    let options = EncoderOptions { device: DeviceChoice::Auto, ..EncoderOptions::default() };
    Ok(match role {
        Role::Reranker => {
            let reranker = open_reranker(folder, name, languages, options)?;
            let identity = reranker.identity();
            let opened = DeviceReply::Opened {
                device: identity.device.clone(),
                precision: identity.precision.as_str().to_owned(),
            };
            (Model::Reranker(Box::new(reranker)), opened)
        }
        Role::Embedder => {
            let embedder = open_embedder(folder, name, None, options)?;
            let device = embedder.identity().device.clone();
            (Model::Embedder(Box::new(embedder)), DeviceReply::Opened { device, precision: String::new() })
        }
    })
}

fn pass_on(
    mut batches: BoxStream<'_, Result<Vec<PairScore>, Failure>>,
    reply: &mut dyn FnMut(&DeviceReply),
) -> Result<(), Failure> {
    while let Some(batch) = block_on(batches.next()) {
        reply(&DeviceReply::Scores { scores: batch?.into_iter().map(Scored::from).collect() });
    }
    Ok(())
}
