//! `explain`: what each sentence of a passage adds to its logit.

use std::process::ExitCode;

use assay_app::Session;
use assay_contract::call::{self, OtherModels};
use assay_contract::{ExplainEvent, ExplainRequest};
use assay_domain::one_line;

use crate::arguments::Explain;
use crate::interrupt::stop_on_interrupt;
use crate::print::{Progress, json_to};
use crate::why::why;

/// `assay explain`
pub async fn explain(session: &Session, mut command: Explain) -> anyhow::Result<ExitCode> {
    let models = OtherModels { reranker: command.model.take().map(|name| session.model(name)), second_reranker: None };
    if let Some(text) = command.why.take() {
        return why(session, text, models, command).await;
    }
    let request = ExplainRequest { question: command.question, chunk: command.chunk.unwrap_or_default() };
    let cancel = stop_on_interrupt();
    let mut progress = Progress::new();
    let mut total = 0;
    let mut forward = |event: ExplainEvent| match event {
        ExplainEvent::Begun { reply } => total = reply.sentences.len() as u32,
        ExplainEvent::Sentence { index, .. } => progress.step(index + 1, total, None),
        ExplainEvent::Whole { .. } => {}
    };
    let call = call::Explain { request: request.clone(), models };
    let reply = session.run(call, &cancel, &mut forward).await?;
    progress.end();
    if command.json {
        json_to(&reply)?;
        return Ok(ExitCode::SUCCESS);
    }
    let passage = session.call(call::Passage { chunk: request.chunk }).await?;
    let units: Vec<u16> = passage.text.encode_utf16().collect();
    println!("{}: logit {:+.3} by {}\n", one_line(&passage.name), reply.logit.unwrap_or_default(), reply.model);
    println!("  adds   sentence");
    for row in &reply.sentences {
        let text = units.get(row.start as usize..row.end as usize).unwrap_or_default();
        let text = String::from_utf16_lossy(text).split_whitespace().collect::<Vec<_>>().join(" ");
        let change = row.change.map_or_else(|| "     -".to_owned(), |change| format!("{change:+6.2}"));
        println!("{change}   {text}");
    }
    if reply.stopped {
        println!("\nstopped before every sentence was scored");
    }
    Ok(ExitCode::SUCCESS)
}
