//! Files dropped on the window, or named when it was started. Their paths stay on this side.

use std::path::PathBuf;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use assay_desk::{Cancel, DEFAULT_COLLECTION};
use serde::Deserialize;
use tauri::ipc::CapabilityBuilder;
use tauri::{AppHandle, Listener, Manager};

use crate::Managed;

/// The event that Tauri makes of a drop from the desktop.
const DROPPED: &str = "tauri://drag-drop";

/// One drop can be announced for the window and for the view in it.
const ECHO: Duration = Duration::from_millis(400);

#[derive(Deserialize)]
struct Dropped {
    paths: Vec<PathBuf>,
}

/// Takes in whatever is dropped from now on.
pub fn listen(app: &AppHandle) {
    let handle = app.clone();
    let last: Mutex<Option<(Vec<PathBuf>, Instant)>> = Mutex::default();
    app.listen_any(DROPPED, move |event| {
        let Ok(dropped) = serde_json::from_str::<Dropped>(event.payload()) else { return };
        let mut last = last.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let echo = last.as_ref().is_some_and(|(paths, at)| *paths == dropped.paths && at.elapsed() < ECHO);
        *last = Some((dropped.paths.clone(), Instant::now()));
        if !echo && !dropped.paths.is_empty() {
            take(&handle, dropped.paths);
        }
    });
}

/// Lets the page emit events, so that a test can make the event of a drop. Only where the person
/// (or test) that starts the program asks for it.
pub fn allow_emit_if_asked(app: &AppHandle) -> tauri::Result<()> {
    if std::env::var_os("ASSAY_ALLOW_EMIT").is_none() {
        return Ok(());
    }
    let emit = CapabilityBuilder::new("emit").window("main").permission("core:event:allow-emit");
    app.add_capability(emit)
}

/// Starts an ingest that reports to the pages that watch.
pub fn take(app: &AppHandle, paths: Vec<PathBuf>) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let managed = app.state::<Managed>();
        let end = match managed.desk() {
            Ok(desk) => {
                let mut tell = |event| managed.watchers.tell(&event);
                desk.ingest(paths, DEFAULT_COLLECTION, &Cancel::default(), &mut tell).await
            }
            Err(failure) => Err(failure),
        };
        managed.watchers.ended(end);
    });
}
