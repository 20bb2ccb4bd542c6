//! Commands of the model registry.

use assay_contract::{Hello, ModelRegistryView, PullEvent};
use tauri::ipc::Channel;
use tauri::{AppHandle, State};
use tauri_plugin_dialog::DialogExt;

use super::reply::{Reply, chosen, opened, reply};
use crate::background;
use crate::managed::Managed;

#[tauri::command]
pub async fn choose_writer(handle: AppHandle, managed: State<'_, Managed>) -> Reply<Hello> {
    let app = opened(&managed)?;
    let picker = handle.dialog().file().add_filter("GGUF", &["gguf"]);
    match chosen(|done| picker.pick_file(done)).await {
        Some(file) => reply(app.choose_writer(&file).await),
        None => reply(app.hello().await),
    }
}

#[tauri::command]
pub async fn model_registry(managed: State<'_, Managed>) -> Reply<ModelRegistryView> {
    reply(opened(&managed)?.registry().await)
}

#[tauri::command]
pub async fn pull_model(
    handle: AppHandle,
    managed: State<'_, Managed>,
    name: String,
    events: Channel<PullEvent>,
) -> Reply<ModelRegistryView> {
    let app = opened(&managed)?;
    let pulled = app.pull_model(&name, &mut |event| drop(events.send(event))).await;
    reply(pulled.inspect(|_| background::go_on(&handle)))
}

#[tauri::command]
pub async fn take_pair(
    handle: AppHandle,
    managed: State<'_, Managed>,
    name: String,
    events: Channel<PullEvent>,
) -> Reply<Hello> {
    let app = opened(&managed)?;
    let taken = app.take_pair(&name, None, None, &mut |event| drop(events.send(event))).await;
    reply(taken.inspect(|_| background::go_on(&handle)))
}

#[tauri::command]
pub fn stop_pull(managed: State<'_, Managed>, name: String) -> Reply<()> {
    opened(&managed)?.stop_pull(&name);
    Ok(())
}

#[tauri::command]
pub async fn import_model(handle: AppHandle, managed: State<'_, Managed>, folder: bool) -> Reply<ModelRegistryView> {
    let app = opened(&managed)?;
    let dialog = handle.dialog().file();
    let picked = chosen(|done| match folder {
        true => dialog.pick_folder(done),
        false => dialog.add_filter("GGUF", &["gguf"]).pick_file(done),
    });
    match picked.await {
        Some(from) => reply(app.import_model(&from).await.inspect(|_| background::go_on(&handle))),
        None => reply(app.registry().await),
    }
}

#[tauri::command]
pub async fn verify_model(managed: State<'_, Managed>, name: String) -> Reply<()> {
    reply(opened(&managed)?.verify_model(&name).await)
}

#[tauri::command]
pub async fn remove_model(managed: State<'_, Managed>, name: String) -> Reply<ModelRegistryView> {
    reply(opened(&managed)?.remove_model(&name).await)
}

#[tauri::command]
pub async fn keep_key(managed: State<'_, Managed>, key: String) -> Reply<ModelRegistryView> {
    reply(opened(&managed)?.keep_key(&key).await)
}
