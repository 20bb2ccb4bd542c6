//! Blocking work off the async threads.

use assay_domain::Failure;

/// Runs `work` on a thread where it may block; `what` names it if it panics.
///
/// # Errors
/// [`Failure::bug`] if the work panicked.
pub async fn blocking<T: Send + 'static>(what: &str, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Failure::bug(format!("{what} panicked")))
}
