//! Work in the background from the start: repairs, then the watched folders.

use assay_app::Cancel;
use assay_contract::LibraryEvent;
use tauri::{AppHandle, Manager};

use crate::managed::Managed;

/// Checks the catalogue, fills in the rows that the index lost by damage, then follows all watched
/// folders, also those that are added later.
pub fn start(handle: &AppHandle) {
    let (following, reading) = (handle.clone(), handle.clone());
    tauri::async_runtime::spawn(async move {
        // Damage is reported as a notice of the library.
        if let Ok(app) = reading.state::<Managed>().opened() {
            drop(app.read_catalogue_through().await);
        }
    });
    tauri::async_runtime::spawn(async move {
        let managed = following.state::<Managed>();
        let Ok(app) = managed.opened() else { return };
        // An index that cannot be repaired is reported in the library pane.
        drop(app.repair(&Cancel::default(), &mut |_| ()).await);
        let mut forward = |event| match event {
            LibraryEvent::Finished { reply } => managed.watchers.send_end(Ok(reply)),
            event => managed.watchers.send(&event),
        };
        if let Err(failure) = app.follow(&Cancel::default(), &mut forward).await {
            managed.watchers.send_end(Err(failure));
        }
    });
}
