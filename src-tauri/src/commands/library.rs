//! Commands of the library: ingests, rebuild, check, settings.

use std::path::PathBuf;

use assay_app::Cancel;
use assay_contract::{CheckReply, Hello, LibraryEvent, LibraryView, Settings};
use tauri::ipc::Channel;
use tauri::{AppHandle, Manager, State};
use tauri_plugin_dialog::{DialogExt, FilePath};

use super::reply::{Reply, opened, reply};
use crate::managed::Managed;
use crate::{background, drops};

#[tauri::command]
pub async fn hello(managed: State<'_, Managed>) -> Reply<Hello> {
    reply(opened(&managed)?.hello().await)
}

#[tauri::command]
pub async fn save_settings(handle: AppHandle, managed: State<'_, Managed>, settings: Settings) -> Reply<Hello> {
    reply(opened(&managed)?.save_settings(settings).await.inspect(|_| background::go_on(&handle)))
}

#[tauri::command]
pub fn watch(managed: State<'_, Managed>, events: Channel<LibraryEvent>) {
    managed.watchers.add(events);
}

#[tauri::command]
pub async fn library(managed: State<'_, Managed>) -> Reply<LibraryView> {
    reply(opened(&managed)?.library().await)
}

#[tauri::command]
pub async fn choose_files(handle: AppHandle, collection: Option<String>) {
    let dialog = handle.dialog().clone();
    dialog.file().pick_files(move |files| ingest(&handle, files.unwrap_or_default(), collection));
}

#[tauri::command]
pub async fn choose_folder(handle: AppHandle, collection: Option<String>) {
    let dialog = handle.dialog().clone();
    dialog.file().pick_folder(move |folder| ingest(&handle, folder.into_iter().collect(), collection));
}

/// Without a collection, or with an empty one, files go where dropped files go.
fn ingest(handle: &AppHandle, chosen: Vec<FilePath>, collection: Option<String>) {
    let paths: Vec<PathBuf> = chosen.into_iter().filter_map(|path| path.into_path().ok()).collect();
    if !paths.is_empty() {
        drops::ingest_into(
            handle,
            paths,
            collection.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()),
        );
    }
}

#[tauri::command]
pub fn add_samples(handle: AppHandle) {
    in_background(handle, Job::Samples);
}

#[tauri::command]
pub fn ingest_again(handle: AppHandle, documents: Vec<i64>) {
    in_background(handle, Job::Again(documents));
}

/// Takes files in again that the user removed from watched folders.
#[tauri::command]
pub fn bring_back(handle: AppHandle, removed: Vec<i64>) {
    in_background(handle, Job::BringBack(removed));
}

#[tauri::command]
pub fn rebuild(handle: AppHandle) {
    in_background(handle, Job::Rebuild);
}

enum Job {
    Samples,
    Again(Vec<i64>),
    BringBack(Vec<i64>),
    Rebuild,
}

/// Runs an ingest in the background, which reports to the pages that watch.
fn in_background(handle: AppHandle, job: Job) {
    tauri::async_runtime::spawn(async move {
        let managed = handle.state::<Managed>();
        let (cancel, mut forward) = (Cancel::default(), |event| managed.watchers.send(&event));
        let end = match (managed.opened(), job) {
            (Ok(app), Job::Samples) => app.add_samples(&cancel, &mut forward).await,
            (Ok(app), Job::Again(documents)) => app.ingest_again(&documents, &cancel, &mut forward).await,
            (Ok(app), Job::BringBack(removed)) => app.bring_back(&removed, &cancel, &mut forward).await,
            (Ok(app), Job::Rebuild) => app.rebuild(&cancel, &mut forward).await,
            (Err(failure), _) => Err(failure),
        };
        managed.watchers.send_end(end);
    });
}

#[tauri::command]
pub async fn remove_documents(managed: State<'_, Managed>, documents: Vec<i64>) -> Reply<LibraryView> {
    let app = opened(&managed)?;
    reply(app.remove(&documents).await)?;
    reply(app.library().await)
}

#[tauri::command]
pub fn stop_ingest(managed: State<'_, Managed>) -> Reply<()> {
    reply(opened(&managed)?.stop_ingest())
}

#[tauri::command]
pub async fn check(managed: State<'_, Managed>) -> Reply<CheckReply> {
    reply(opened(&managed)?.check().await)
}
