//! Commands of the desktop: menu, appearance, notifications, opening links and originals.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use assay_app::{FORMATS, Failure, Problem};
use assay_contract::SystemLook;
use tauri::ipc::Channel;
use tauri::{AppHandle, Manager, State, Theme, Url};
use tauri_plugin_notification::NotificationExt;
use tauri_plugin_opener::OpenerExt;

use super::reply::{Reply, opened, reply};
use crate::managed::Managed;
use crate::menu;
use crate::page::Page;
use crate::window::MAIN;

/// Sends the chosen menu commands to the page.
#[tauri::command]
pub fn menu_commands(page: State<'_, Page>, events: Channel<String>) {
    page.set_commands(events);
}

/// Gives the menu the page's labels and the commands that the page can run now.
#[tauri::command]
pub async fn menu_shows(handle: AppHandle, names: HashMap<String, String>, can: HashSet<String>) -> Reply<()> {
    reply(menu::show(&handle, &names, &can).map_err(bug))
}

/// Sends the desktop's appearance to the page.
#[tauri::command]
pub fn system_look(page: State<'_, Page>, events: Channel<SystemLook>) {
    page.set_appearance_channel(events);
}

/// Sets the theme of the window's frame and menu; `None` leaves it to the system.
#[tauri::command]
pub async fn set_theme(handle: AppHandle, page: State<'_, Page>, dark: Option<bool>) -> Reply<()> {
    let theme = dark.map(|dark| if dark { Theme::Dark } else { Theme::Light });
    reply(page.set_theme(&handle, theme).map_err(bug))
}

/// Shows a notification unless the window has the focus. Returns whether it was shown.
#[tauri::command]
pub async fn notify(handle: AppHandle, title: String, text: String) -> Reply<bool> {
    let window = handle.get_webview_window(MAIN);
    if window.is_some_and(|window| window.is_focused().unwrap_or(false)) {
        return Ok(false);
    }
    let shown = handle.notification().builder().title(title).body(text).show();
    reply(shown.map(|()| true).map_err(|error| Failure::bug(format!("the notification was not shown: {error}"))))
}

/// Opens a URL in the system's browser or mail program. The page has shown it to the user before.
#[tauri::command]
pub async fn open_link(handle: AppHandle, address: String) -> Reply<()> {
    let url = Url::parse(&address).ok().filter(|url| ["http", "https", "mailto"].contains(&url.scheme()));
    let Some(url) = url else {
        let message = format!("{address} is not a web or mail address");
        return reply(Err(Failure::new(Problem::UnsupportedFile, message, "copy it and open it yourself")));
    };
    reply(handle.opener().open_url(url, None::<&str>).map_err(|error| outside(&error)))
}

/// Shows a document's original in the system's file manager.
#[tauri::command]
pub async fn show_original(handle: AppHandle, managed: State<'_, Managed>, document: i64) -> Reply<()> {
    let path = reply(opened(&managed)?.original_path(document).await)?;
    reply(handle.opener().reveal_item_in_dir(path).map_err(|error| outside(&error)))
}

/// Opens a document's original in the system's program for it.
#[tauri::command]
pub async fn open_original(handle: AppHandle, managed: State<'_, Managed>, document: i64) -> Reply<()> {
    let path = reply(opened(&managed)?.original_path(document).await)?;
    if !is_shown_by_programs(&path) {
        let message = "files of this kind may be run instead of shown";
        return reply(Err(Failure::new(Problem::UnsupportedFile, message, "show it in its folder and open it there")));
    }
    reply(handle.opener().open_path(path.to_string_lossy(), None::<&str>).map_err(|error| outside(&error)))
}

/// Whether the system shows such a file in a program; some systems run source code.
fn is_shown_by_programs(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    let shown = FORMATS.iter().filter(|format| format.name != "source code");
    ending.is_some_and(|ending| shown.flat_map(|format| format.extensions).any(|known| *known == ending))
}

fn bug(error: tauri::Error) -> Failure {
    Failure::bug(format!("the window reported an error: {error}"))
}

fn outside(error: &tauri_plugin_opener::Error) -> Failure {
    let message = format!("the system could not open it: {error}");
    Failure::new(Problem::UnreadableFile, message, "copy it and open it yourself")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use assay_app::FORMATS;

    use super::is_shown_by_programs;

    #[test]
    fn the_system_is_offered_every_document_format_and_no_source_code() {
        let settings: serde_json::Value = serde_json::from_str(include_str!("../../tauri.conf.json")).unwrap();
        let kinds = settings["bundle"]["fileAssociations"].as_array().unwrap();
        let offered: BTreeSet<&str> = kinds
            .iter()
            .flat_map(|kind| kind["ext"].as_array().unwrap())
            .map(|ending| ending.as_str().unwrap())
            .collect();
        let read: BTreeSet<&str> = FORMATS
            .iter()
            .filter(|format| format.name != "source code")
            .flat_map(|format| format.extensions.iter().copied())
            .collect();
        assert_eq!(offered, read);
        assert!(kinds.iter().all(|kind| kind["rank"] == "Alternate"), "Assay must not replace the default programs");
    }

    #[test]
    fn what_a_system_might_run_is_not_opened() {
        for shown in ["a.pdf", "b.DOCX", "c.md", "纪要.txt"] {
            assert!(is_shown_by_programs(Path::new(shown)), "{shown}");
        }
        for run in ["a.sh", "b.py", "c.vbs", "d.desktop", "e", "f.exe", "g.js"] {
            assert!(!is_shown_by_programs(Path::new(run)), "{run}");
        }
    }
}
