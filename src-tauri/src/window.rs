//! The one window.

use tauri::{App, Theme, WebviewUrl, WebviewWindowBuilder};

/// Opens it. The page may go nowhere but to itself, and opens no windows of its own.
pub fn open(app: &App) -> tauri::Result<()> {
    let page = WebviewUrl::App("index.html".into());
    WebviewWindowBuilder::new(app, "main", page)
        .title("Assay")
        .inner_size(1280.0, 800.0)
        .min_inner_size(880.0, 560.0)
        .theme(None::<Theme>)
        .on_navigation(|url| url.scheme() == "tauri" || url.host_str() == Some("tauri.localhost"))
        .on_new_window(|_, _| tauri::webview::NewWindowResponse::Deny)
        .build()?;
    Ok(())
}
