//! What is at work from the start, beside the page: mending what was damaged, then following folders.

use assay_app::Cancel;
use assay_contract::LibraryEvent;
use tauri::{AppHandle, Manager};

use crate::Managed;

/// Reads the catalogue through, fills in what the index lost by damage, then follows all watched folders, those that are added
/// later too.
pub fn start(handle: &AppHandle) {
    let (following, reading) = (handle.clone(), handle.clone());
    tauri::async_runtime::spawn(async move {
        // Damage is a notice of the library.
        if let Ok(app) = reading.state::<Managed>().opened() {
            drop(app.read_catalogue_through().await);
        }
    });
    tauri::async_runtime::spawn(async move {
        let managed = following.state::<Managed>();
        let Ok(app) = managed.opened() else { return };
        // What keeps it from being mended is what the library pane shows.
        drop(app.repair(&Cancel::default(), &mut |_| ()).await);
        let mut tell = |event| match event {
            LibraryEvent::Finished { reply } => managed.watchers.ended(Ok(reply)),
            event => managed.watchers.tell(&event),
        };
        if let Err(failure) = app.follow(&Cancel::default(), &mut tell).await {
            managed.watchers.ended(Err(failure));
        }
    });
}
