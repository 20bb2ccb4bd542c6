//! Commands of inspection: explanations, comparisons, documents, judgements, measurements.

use assay_app::{Cancel, Failure, Problem};
use assay_contract::call::OtherModels;
use assay_contract::{
    AskReply, CostView, DocumentView, ExplainEvent, ExplainReply, ExplainRequest, ImportReply, LabelRow, MarkRequest,
    MeasureStep, ProposalRow, RunRow, SetUp, WhyReply, WhyRequest,
};
use tauri::ipc::{Channel, Response};
use tauri::{AppHandle, State, WebviewWindow};
use tauri_plugin_dialog::DialogExt;

use super::reply::{Reply, chosen, opened, reply};
use crate::managed::Managed;

#[tauri::command]
pub async fn explain(
    managed: State<'_, Managed>,
    request: ExplainRequest,
    events: Channel<ExplainEvent>,
) -> Reply<ExplainReply> {
    let app = opened(&managed)?;
    let mut forward = |event| drop(events.send(event));
    reply(app.explain(&request, &OtherModels::default(), &Cancel::default(), &mut forward).await)
}

#[tauri::command]
pub fn stop_explain(managed: State<'_, Managed>) -> Reply<()> {
    opened(&managed)?.stop_explain();
    Ok(())
}

#[tauri::command]
pub async fn why(managed: State<'_, Managed>, request: WhyRequest) -> Reply<WhyReply> {
    reply(opened(&managed)?.why(&request, &OtherModels::default(), &Cancel::default()).await)
}

#[tauri::command]
pub async fn what_if(managed: State<'_, Managed>, setup: SetUp) -> Reply<AskReply> {
    reply(opened(&managed)?.what_if(&setup, &Cancel::default()).await)
}

#[tauri::command]
pub async fn document(managed: State<'_, Managed>, document: i64) -> Reply<DocumentView> {
    reply(opened(&managed)?.document(document).await)
}

/// Raw bytes, not JSON: a PDF may be large.
#[tauri::command]
pub async fn original(managed: State<'_, Managed>, document: i64) -> Reply<Response> {
    reply(opened(&managed)?.original(document).await.map(Response::new))
}

#[tauri::command]
pub async fn cost(managed: State<'_, Managed>) -> Reply<CostView> {
    reply(opened(&managed)?.cost(&Cancel::default()).await)
}

#[tauri::command]
pub async fn mark(managed: State<'_, Managed>, request: MarkRequest) -> Reply<Vec<LabelRow>> {
    reply(opened(&managed)?.mark(&request).await)
}

#[tauri::command]
pub async fn propose_questions(managed: State<'_, Managed>, round: u32) -> Reply<Vec<ProposalRow>> {
    reply(opened(&managed)?.propose_questions(round).await)
}

#[tauri::command]
pub async fn accept_question(managed: State<'_, Managed>, request: MarkRequest) -> Reply<Vec<LabelRow>> {
    reply(opened(&managed)?.accept_question(&request).await)
}

#[tauri::command]
pub async fn labels(managed: State<'_, Managed>) -> Reply<Vec<LabelRow>> {
    reply(opened(&managed)?.labels().await)
}

#[tauri::command]
pub async fn delete_labels(managed: State<'_, Managed>, labels: Vec<i64>) -> Reply<Vec<LabelRow>> {
    reply(opened(&managed)?.delete_labels(&labels).await)
}

/// Imports a file or a folder in BEIR's format that the user chooses; `None` if none was chosen.
#[tauri::command]
pub async fn import_labels(handle: AppHandle, managed: State<'_, Managed>, folder: bool) -> Reply<Option<ImportReply>> {
    let app = opened(&managed)?;
    let dialog = handle.dialog().file();
    let picked = chosen(|done| match folder {
        true => dialog.pick_folder(done),
        false => dialog.add_filter("CSV, JSONL", &["csv", "tsv", "jsonl", "ndjson"]).pick_file(done),
    });
    match picked.await {
        Some(path) => reply(app.import_labels(&path).await.map(Some)),
        None => Ok(None),
    }
}

#[tauri::command]
pub async fn measure(managed: State<'_, Managed>, steps: Channel<MeasureStep>) -> Reply<RunRow> {
    let app = opened(&managed)?;
    let mut forward = |step| drop(steps.send(step));
    reply(app.measure(&Cancel::default(), &mut forward).await)
}

#[tauri::command]
pub async fn runs(managed: State<'_, Managed>) -> Reply<Vec<RunRow>> {
    reply(opened(&managed)?.runs().await)
}

#[tauri::command]
pub async fn delete_run(managed: State<'_, Managed>, run: i64) -> Reply<Vec<RunRow>> {
    reply(opened(&managed)?.delete_run(run).await)
}

#[tauri::command]
pub async fn triplets(managed: State<'_, Managed>, mined: bool) -> Reply<String> {
    reply(opened(&managed)?.triplets(mined, &Cancel::default()).await)
}

/// Writes a text of the page to a file that the user chooses; `false` if none was chosen.
#[tauri::command]
pub async fn save_text(handle: AppHandle, name: String, text: String) -> Reply<bool> {
    let Some(path) = chosen(|done| handle.dialog().file().set_file_name(name).save_file(done)).await else {
        return Ok(false);
    };
    let written = tokio::task::spawn_blocking(move || std::fs::write(path, text)).await;
    let fault = |why: String| Failure::new(Problem::NoPermission, why, "choose another folder");
    let written = written.map_err(|error| fault(error.to_string()));
    reply(written.and_then(|done| done.map_err(|error| fault(error.to_string())))).map(|()| true)
}

/// Opens the system's print dialog.
#[tauri::command]
pub fn print(window: WebviewWindow) -> Reply<()> {
    let fault = |error: tauri::Error| Failure::bug(format!("printing could not be started: {error}"));
    reply(window.print().map_err(fault))
}
