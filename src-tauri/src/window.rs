//! The window: its place and size, what it may load, how it comes to the front.

use std::path::Path;

use tauri::plugin::TauriPlugin;
use tauri::{App, AppHandle, Manager, Monitor, PhysicalSize, Theme, WebviewUrl, WebviewWindowBuilder, Window, Wry};
use tauri_plugin_window_state::{Builder, StateFlags};

/// The window's label.
pub const MAIN: &str = "main";

/// The plugin that keeps place and size of the window in a file of the data folder. A place on a monitor
/// that is gone is left to the system.
pub fn state_plugin(folder: &Path) -> TauriPlugin<Wry> {
    let kept = StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED | StateFlags::FULLSCREEN;
    let file = folder.join("window.json");
    Builder::new().with_state_flags(kept).with_filename(file.to_string_lossy()).build()
}

/// Opens the window. The page may not navigate elsewhere and may not open windows.
pub fn open(app: &App, folder: &Path) -> tauri::Result<()> {
    let page = WebviewUrl::App("index.html".into());
    WebviewWindowBuilder::new(app, MAIN, page)
        .title("Assay")
        .inner_size(1280.0, 800.0)
        .min_inner_size(880.0, 560.0)
        .theme(None::<Theme>)
        .data_directory(folder.join("window"))
        .on_navigation(|url| url.scheme() == "tauri" || url.host_str() == Some("tauri.localhost"))
        .on_new_window(|_, _| tauri::webview::NewWindowResponse::Deny)
        .build()?;
    Ok(())
}

/// Reduces a size that was kept on larger screens to that of all monitors together.
pub fn fit(window: &Window, size: PhysicalSize<u32>) -> tauri::Result<()> {
    let monitors = window.available_monitors()?;
    let ends = |place: fn(&Monitor) -> (i32, u32)| {
        let (least, most) = monitors.iter().map(place).fold((i32::MAX, i32::MIN), |(least, most), (from, long)| {
            (least.min(from), most.max(from.saturating_add_unsigned(long)))
        });
        most.saturating_sub(least).unsigned_abs()
    };
    let width = ends(|monitor| (monitor.position().x, monitor.size().width));
    let height = ends(|monitor| (monitor.position().y, monitor.size().height));
    if monitors.is_empty() || (size.width <= width && size.height <= height) {
        return Ok(());
    }
    window.set_size(PhysicalSize::new(size.width.min(width), size.height.min(height)))
}

/// Brings the window to the front, because Assay was started again.
pub fn to_front(app: &AppHandle) {
    let Some(window) = app.get_webview_window(MAIN) else { return };
    // A window system may refuse these; then the window requests attention.
    let raised = window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
    if raised.is_err() {
        drop(window.request_user_attention(Some(tauri::UserAttentionType::Informational)));
    }
}
