//! Work in the background from the start: commands of other programs, repairs, then the work that waited, then the
//! watched folders.

use assay_app::{App, Cancel, Owner};
use assay_contract::LibraryEvent;
use assay_contract::call::FrontEnd;
use tauri::{AppHandle, Manager};

use crate::managed::Managed;

/// Goes on with the work that waited when the program last ended; the pages see it as any ingest.
async fn resume(app: &App, managed: &Managed) {
    let mut forward = |event| managed.watchers.send(&event);
    match app.resume(&Cancel::default(), &mut forward).await {
        Ok(reply) if reply.files.is_empty() => (),
        end => managed.watchers.send_end(end),
    }
}

/// Goes on with what waited for a model, now that one is there.
pub fn go_on(handle: &AppHandle) {
    let handle = handle.clone();
    tauri::async_runtime::spawn(async move {
        let managed = handle.state::<Managed>();
        if let Ok(app) = managed.opened() {
            resume(app, &managed).await;
        }
    });
}

/// Does the calls of other programs of the user from now on. The pages see what they change.
fn serve(handle: &AppHandle) {
    let (serving, showing) = (handle.clone(), handle.clone());
    tauri::async_runtime::spawn(async move {
        let managed = serving.state::<Managed>();
        let Ok(app) = managed.opened() else { return };
        let show = move |event| match event {
            LibraryEvent::Finished { reply } => showing.state::<Managed>().watchers.send_end(Ok(reply)),
            event => showing.state::<Managed>().watchers.send(&event),
        };
        match Owner::serve(app, FrontEnd::Window, show).await {
            Ok(owner) => drop(managed.keep_owner(Some(owner))),
            Err(error) => {
                eprintln!("assay: other commands cannot use the library meanwhile: no socket can be made: {error}");
            }
        }
    });
}

/// Serves the library, checks the catalogue, fills in the rows that the index lost by damage, then follows all watched
/// folders, also those that are added later.
pub fn start(handle: &AppHandle) {
    serve(handle);
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
        resume(app, &managed).await;
        let mut forward = |event| match event {
            LibraryEvent::Finished { reply } => managed.watchers.send_end(Ok(reply)),
            event => managed.watchers.send(&event),
        };
        if let Err(failure) = app.follow(&Cancel::default(), &mut forward).await {
            managed.watchers.send_end(Err(failure));
        }
    });
}
