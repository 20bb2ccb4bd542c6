//! Watched folders: chosen in the system's dialog, followed while the window is open.

use std::sync::Arc;

use assay_contract::{LibraryEvent, LibraryView, ProblemView};
use assay_desk::{Cancel, DEFAULT_COLLECTION, problem};
use tauri::{AppHandle, Manager, State};
use tauri_plugin_dialog::DialogExt;

use crate::Managed;

/// Follows all watched folders from now on, those that are added later too.
pub fn start(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let managed = app.state::<Managed>();
        let Ok(desk) = managed.desk() else { return };
        let mut tell = |event| match event {
            LibraryEvent::Finished { reply } => managed.watchers.ended(Ok(reply)),
            event => managed.watchers.tell(&event),
        };
        if let Err(failure) = desk.follow(&Cancel::default(), &mut tell).await {
            managed.watchers.ended(Err(failure));
        }
    });
}

/// Lets the person choose a folder and follows it.
#[tauri::command]
pub async fn watch_folder(app: AppHandle, managed: State<'_, Managed>) -> Result<(), ProblemView> {
    let desk = Arc::clone(managed.desk().map_err(|failure| problem(&failure))?);
    let (sender, receiver) = tokio::sync::oneshot::channel();
    app.dialog().file().pick_folder(move |folder| drop(sender.send(folder)));
    let Some(folder) = receiver.await.ok().flatten().and_then(|folder| folder.into_path().ok()) else {
        return Ok(());
    };
    desk.watch_folder(&folder, DEFAULT_COLLECTION).await.map_err(|failure| problem(&failure))?;
    Ok(())
}

/// Follows a folder no longer; its documents stay.
#[tauri::command]
pub async fn unwatch_folder(managed: State<'_, Managed>, folder: i64) -> Result<LibraryView, ProblemView> {
    let desk = managed.desk().map_err(|failure| problem(&failure))?;
    desk.unwatch_folder(folder).await.map_err(|failure| problem(&failure))?;
    desk.library().await.map_err(|failure| problem(&failure))
}

/// Lets an ingest rest, or go on.
#[tauri::command]
pub fn pause_ingest(managed: State<'_, Managed>, paused: bool) -> Result<(), ProblemView> {
    managed.desk().map_err(|failure| problem(&failure))?.pause_ingest(paused);
    managed.watchers.tell(&LibraryEvent::Paused { paused });
    Ok(())
}

/// Reads these queued documents next.
#[tauri::command]
pub fn ingest_first(managed: State<'_, Managed>, documents: Vec<i64>) -> Result<(), ProblemView> {
    managed.desk().map_err(|failure| problem(&failure))?.ingest_first(&documents);
    Ok(())
}
