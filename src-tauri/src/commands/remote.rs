//! Commands of a library that is shared through an object store.

use assay_contract::{LibraryEvent, RemoteAddress, RemoteView};
use tauri::State;

use super::reply::{Reply, opened, reply};
use crate::managed::Managed;

/// How the library is shared; with `ask`, the store is asked, too.
#[tauri::command]
pub async fn remote_status(managed: State<'_, Managed>, ask: bool) -> Reply<RemoteView> {
    reply(opened(&managed)?.remote(ask).await)
}

/// Publishes the library at an address from now on.
#[tauri::command]
pub async fn remote_create(managed: State<'_, Managed>, address: RemoteAddress) -> Reply<RemoteView> {
    reply(opened(&managed)?.remote_create(&address).await)
}

/// Follows the library at an address from now on.
#[tauri::command]
pub async fn remote_join(managed: State<'_, Managed>, address: RemoteAddress) -> Reply<RemoteView> {
    let view = reply(opened(&managed)?.remote_join(&address, &|_, _| ()).await)?;
    managed.watchers.send(&LibraryEvent::Changed);
    Ok(view)
}

/// Publishes, or mirrors what is published.
#[tauri::command]
pub async fn remote_sync(managed: State<'_, Managed>) -> Reply<RemoteView> {
    let view = reply(opened(&managed)?.remote_sync(&|_, _| ()).await)?;
    managed.watchers.send(&LibraryEvent::Changed);
    Ok(view)
}

/// Takes over publishing.
#[tauri::command]
pub async fn remote_take(managed: State<'_, Managed>) -> Reply<RemoteView> {
    let view = reply(opened(&managed)?.remote_take(&|_, _| ()).await)?;
    managed.watchers.send(&LibraryEvent::Changed);
    Ok(view)
}

/// Shares the library no longer.
#[tauri::command]
pub async fn remote_leave(managed: State<'_, Managed>) -> Reply<RemoteView> {
    let view = reply(opened(&managed)?.remote_leave().await)?;
    managed.watchers.send(&LibraryEvent::Changed);
    Ok(view)
}

/// Mirrors what is published, when the window gets the focus. What is wrong is a notice of the library.
#[tauri::command]
pub async fn remote_look(managed: State<'_, Managed>) -> Reply<()> {
    if opened(&managed)?.look_remote().await {
        managed.watchers.send(&LibraryEvent::Changed);
    }
    Ok(())
}
