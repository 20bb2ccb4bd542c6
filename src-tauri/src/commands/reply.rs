//! What commands share: the open library, replies, and the system's dialogs.

use std::path::PathBuf;
use std::sync::Arc;

use assay_app::{App, Failure, problem};
use assay_contract::ProblemView;
use tauri::State;
use tauri_plugin_dialog::FilePath;

use crate::managed::Managed;

/// A reply to the page: a value or a problem.
pub type Reply<T> = Result<T, ProblemView>;

/// The open library, or why there is none.
pub fn opened(managed: &State<'_, Managed>) -> Reply<Arc<App>> {
    managed.opened().cloned().map_err(|failure| problem(&failure))
}

/// A result as a reply.
pub fn reply<T>(result: Result<T, Failure>) -> Reply<T> {
    result.map_err(|failure| problem(&failure))
}

/// The path that was chosen in one of the system's dialogs; `None` if it was closed.
pub async fn chosen(open: impl FnOnce(Box<dyn FnOnce(Option<FilePath>) + Send>)) -> Option<PathBuf> {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    open(Box::new(move |chosen| drop(sender.send(chosen))));
    receiver.await.ok().flatten().and_then(|chosen| chosen.into_path().ok())
}
