//! Commands for the window's manners: menu, look, notification, what is opened outside.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use assay_app::{FORMATS, Failure, Problem};
use assay_contract::SystemLook;
use tauri::ipc::Channel;
use tauri::{AppHandle, Manager, State, Theme, Url};
use tauri_plugin_notification::NotificationExt;
use tauri_plugin_opener::OpenerExt;

use super::{Reply, opened, reply};
use crate::manners::Manners;
use crate::window::MAIN;
use crate::{Managed, menu};

/// The page hears what is chosen from the menu.
#[tauri::command]
pub fn menu_commands(manners: State<'_, Manners>, events: Channel<String>) {
    manners.hear_commands(events);
}

/// The menu in the page's words, and what the page can do now.
#[tauri::command]
pub async fn menu_shows(handle: AppHandle, names: HashMap<String, String>, can: HashSet<String>) -> Reply<()> {
    reply(menu::show(&handle, &names, &can).map_err(bug))
}

/// The page hears of the system's look.
#[tauri::command]
pub fn system_look(manners: State<'_, Manners>, events: Channel<SystemLook>) {
    manners.hear_looks(events);
}

/// What the page wears, for the window's frame and menu; nothing leaves them to the system.
#[tauri::command]
pub async fn wear(handle: AppHandle, manners: State<'_, Manners>, dark: Option<bool>) -> Reply<()> {
    let theme = dark.map(|dark| if dark { Theme::Dark } else { Theme::Light });
    reply(manners.wear(&handle, theme).map_err(bug))
}

/// Says something to somebody who is looking elsewhere; whether that was so.
#[tauri::command]
pub async fn notify(handle: AppHandle, title: String, text: String) -> Reply<bool> {
    let window = handle.get_webview_window(MAIN);
    if window.is_some_and(|window| window.is_focused().unwrap_or(false)) {
        return Ok(false);
    }
    let shown = handle.notification().builder().title(title).body(text).show();
    reply(shown.map(|()| true).map_err(|error| Failure::bug(format!("the system was not told: {error}"))))
}

/// An address, in the system's browser or mail program. The page has shown it to the user first.
#[tauri::command]
pub async fn open_link(handle: AppHandle, address: String) -> Reply<()> {
    let url = Url::parse(&address).ok().filter(|url| ["http", "https", "mailto"].contains(&url.scheme()));
    let Some(url) = url else {
        let message = format!("{address} is no address of the web or of mail");
        return reply(Err(Failure::new(Problem::UnsupportedFile, message, "copy it and open it yourself")));
    };
    reply(handle.opener().open_url(url, None::<&str>).map_err(|error| outside(&error)))
}

/// A document's original, in the system's file manager.
#[tauri::command]
pub async fn show_original(handle: AppHandle, managed: State<'_, Managed>, document: i64) -> Reply<()> {
    let path = reply(opened(&managed)?.original_path(document).await)?;
    reply(handle.opener().reveal_item_in_dir(path).map_err(|error| outside(&error)))
}

/// A document's original, in the system's program for it.
#[tauri::command]
pub async fn open_original(handle: AppHandle, managed: State<'_, Managed>, document: i64) -> Reply<()> {
    let path = reply(opened(&managed)?.original_path(document).await)?;
    if !is_shown_by_programs(&path) {
        let message = "files of this kind may be run instead of shown";
        return reply(Err(Failure::new(Problem::UnsupportedFile, message, "show it in its folder and open it there")));
    }
    reply(handle.opener().open_path(path.to_string_lossy(), None::<&str>).map_err(|error| outside(&error)))
}

/// Whether a program of the system shows such a file; some systems run source code.
fn is_shown_by_programs(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    let shown = FORMATS.iter().filter(|format| format.name != "source code");
    ending.is_some_and(|ending| shown.flat_map(|format| format.extensions).any(|known| *known == ending))
}

fn bug(error: tauri::Error) -> Failure {
    Failure::bug(format!("the window did not take it: {error}"))
}

fn outside(error: &tauri_plugin_opener::Error) -> Failure {
    let message = format!("the system opened nothing: {error}");
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
        assert!(kinds.iter().all(|kind| kind["rank"] == "Alternate"), "Assay pushes no program of the user's aside");
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
