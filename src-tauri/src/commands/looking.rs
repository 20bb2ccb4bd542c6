//! Commands of the views that look closer: explanations, comparisons, documents, measurements.

use assay_contract::{
    AskReply, CostView, DocumentView, ExplainEvent, ExplainReply, ExplainRequest, ImportReply, LabelRow, MarkRequest,
    MeasureStep, ProposalRow, RunRow, SetUp,
};
use assay_desk::{Cancel, Failure, Problem};
use tauri::ipc::{Channel, Response};
use tauri::{AppHandle, State, WebviewWindow};
use tauri_plugin_dialog::DialogExt;

use super::{Reply, chosen, desk, reply};
use crate::Managed;

#[tauri::command]
pub async fn explain(
    managed: State<'_, Managed>,
    request: ExplainRequest,
    events: Channel<ExplainEvent>,
) -> Reply<ExplainReply> {
    let desk = desk(&managed)?;
    let mut tell = |event| drop(events.send(event));
    reply(desk.explain(&request, &Cancel::default(), &mut tell).await)
}

#[tauri::command]
pub fn stop_explain(managed: State<'_, Managed>) -> Reply<()> {
    desk(&managed)?.stop_explain();
    Ok(())
}

#[tauri::command]
pub async fn what_if(managed: State<'_, Managed>, setup: SetUp) -> Reply<AskReply> {
    reply(desk(&managed)?.what_if(&setup, &Cancel::default()).await)
}

#[tauri::command]
pub async fn document(managed: State<'_, Managed>, document: i64) -> Reply<DocumentView> {
    reply(desk(&managed)?.document(document).await)
}

/// Raw bytes, not JSON: a PDF may be large.
#[tauri::command]
pub async fn original(managed: State<'_, Managed>, document: i64) -> Reply<Response> {
    reply(desk(&managed)?.original(document).await.map(Response::new))
}

#[tauri::command]
pub async fn cost(managed: State<'_, Managed>) -> Reply<CostView> {
    reply(desk(&managed)?.cost(&Cancel::default()).await)
}

#[tauri::command]
pub async fn mark(managed: State<'_, Managed>, request: MarkRequest) -> Reply<Vec<LabelRow>> {
    reply(desk(&managed)?.mark(&request).await)
}

#[tauri::command]
pub async fn propose_questions(managed: State<'_, Managed>, round: u32) -> Reply<Vec<ProposalRow>> {
    reply(desk(&managed)?.propose_questions(round).await)
}

#[tauri::command]
pub async fn accept_question(managed: State<'_, Managed>, request: MarkRequest) -> Reply<Vec<LabelRow>> {
    reply(desk(&managed)?.accept_question(&request).await)
}

#[tauri::command]
pub async fn labels(managed: State<'_, Managed>) -> Reply<Vec<LabelRow>> {
    reply(desk(&managed)?.labels().await)
}

#[tauri::command]
pub async fn delete_labels(managed: State<'_, Managed>, labels: Vec<i64>) -> Reply<Vec<LabelRow>> {
    reply(desk(&managed)?.delete_labels(&labels).await)
}

/// Asks for a file, or for a folder in BEIR's form; nothing chosen is no import.
#[tauri::command]
pub async fn import_labels(app: AppHandle, managed: State<'_, Managed>, folder: bool) -> Reply<Option<ImportReply>> {
    let desk = desk(&managed)?;
    let dialog = app.dialog().file();
    let picked = chosen(|done| match folder {
        true => dialog.pick_folder(done),
        false => dialog.add_filter("CSV, JSONL", &["csv", "tsv", "jsonl", "ndjson"]).pick_file(done),
    });
    match picked.await {
        Some(path) => reply(desk.import_labels(&path).await.map(Some)),
        None => Ok(None),
    }
}

#[tauri::command]
pub async fn measure(managed: State<'_, Managed>, steps: Channel<MeasureStep>) -> Reply<RunRow> {
    let desk = desk(&managed)?;
    let mut tell = |step| drop(steps.send(step));
    reply(desk.measure(&Cancel::default(), &mut tell).await)
}

#[tauri::command]
pub async fn runs(managed: State<'_, Managed>) -> Reply<Vec<RunRow>> {
    reply(desk(&managed)?.runs().await)
}

#[tauri::command]
pub async fn delete_run(managed: State<'_, Managed>, run: i64) -> Reply<Vec<RunRow>> {
    reply(desk(&managed)?.delete_run(run).await)
}

#[tauri::command]
pub async fn triplets(managed: State<'_, Managed>, mined: bool) -> Reply<String> {
    reply(desk(&managed)?.triplets(mined, &Cancel::default()).await)
}

/// Writes what the page made to a file of the user's choice; `false` if none was chosen.
#[tauri::command]
pub async fn save_text(app: AppHandle, name: String, text: String) -> Reply<bool> {
    let Some(path) = chosen(|done| app.dialog().file().set_file_name(name).save_file(done)).await else {
        return Ok(false);
    };
    let written = tokio::task::spawn_blocking(move || std::fs::write(path, text)).await;
    let fault = |why: String| Failure::new(Problem::NoPermission, why, "choose another folder");
    let written = written.map_err(|error| fault(error.to_string()));
    reply(written.and_then(|done| done.map_err(|error| fault(error.to_string())))).map(|()| true)
}

/// The system's own print dialog over the page.
#[tauri::command]
pub fn print(window: WebviewWindow) -> Reply<()> {
    let fault = |error: tauri::Error| Failure::bug(format!("printing could not be started: {error}"));
    reply(window.print().map_err(fault))
}
