//! The menu. Its order and keys are defined here; the page sends its labels in its language, and runs
//! the chosen command, except those of the window itself.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use tauri::menu::{Menu, MenuEvent, MenuItem, PredefinedMenuItem, Submenu};
use tauri::{AppHandle, Manager, Wry};

use crate::page::Page;
use crate::window::MAIN;

/// A menu: id, titles until the page sends its own (English, Chinese), items with their keys.
type Listed = (&'static str, [&'static str; 2], &'static [(&'static str, &'static str)]);

/// The menus. Ids are those of the page's commands; an empty id is a separator.
const MENUS: [Listed; 5] = [
    (
        "file",
        ["File", "文件"],
        &[
            ("addFiles", "CmdOrCtrl+O"),
            ("addFolder", "CmdOrCtrl+Shift+O"),
            ("", ""),
            ("exportMarkdown", "CmdOrCtrl+S"),
            ("exportJson", ""),
            ("print", "CmdOrCtrl+P"),
            ("", ""),
            ("backup", ""),
            ("models", ""),
            ("settings", "CmdOrCtrl+,"),
            ("", ""),
            ("quit", "CmdOrCtrl+Q"),
        ],
    ),
    (
        "edit",
        ["Edit", "编辑"],
        &[
            ("undo", "CmdOrCtrl+Z"),
            ("redo", "CmdOrCtrl+Shift+Z"),
            ("", ""),
            ("cut", "CmdOrCtrl+X"),
            ("copy", "CmdOrCtrl+C"),
            ("paste", "CmdOrCtrl+V"),
            ("", ""),
            ("selectAll", "CmdOrCtrl+A"),
        ],
    ),
    (
        "view",
        ["View", "查看"],
        &[
            ("goAsk", "Alt+1"),
            ("goLibrary", "Alt+2"),
            ("goLab", "Alt+3"),
            ("goCompare", ""),
            ("goMeasure", ""),
            ("goCost", ""),
            ("", ""),
            ("depth1", "CmdOrCtrl+1"),
            ("depth2", "CmdOrCtrl+2"),
            ("depth3", "CmdOrCtrl+3"),
            ("", ""),
            ("fold", "CmdOrCtrl+B"),
            ("", ""),
            ("zoomIn", "CmdOrCtrl+="),
            ("zoomOut", "CmdOrCtrl+-"),
            ("zoomReset", "CmdOrCtrl+0"),
            ("", ""),
            ("theme", ""),
            ("language", ""),
        ],
    ),
    ("question", ["Question", "提问"], &[("ask", ""), ("newConversation", "CmdOrCtrl+N")]),
    ("help", ["Help", "帮助"], &[("palette", "CmdOrCtrl+K"), ("tour", "")]),
];

/// WebKit's editing command for an item of the Edit menu.
fn editing_command(id: &str) -> Option<&'static str> {
    let names = [("undo", "Undo"), ("redo", "Redo"), ("cut", "Cut"), ("copy", "Copy"), ("paste", "Paste")];
    names.into_iter().chain([("selectAll", "SelectAll")]).find(|(known, _)| *known == id).map(|(_, name)| name)
}

/// Whether the web view handles the keys of an item itself: all editing keys except undo and redo, which
/// WebKitGTK leaves to the program. Through the menu they would run after the next key.
fn is_handled_by_web_view(id: &str) -> bool {
    ["cut", "copy", "paste", "selectAll"].contains(&id)
}

/// The current menu, whose items get new labels.
pub struct CurrentMenu(Mutex<Items>);

struct Items {
    titles: Vec<String>,
    items: Vec<(&'static str, &'static str, Item)>,
}

enum Item {
    Own(MenuItem<Wry>),
    /// The platform's own editing item, where it works.
    Predefined(PredefinedMenuItem<Wry>),
}

/// Makes the menu. Its items have no label and are disabled until the page sends labels.
pub fn menu(app: &AppHandle) -> tauri::Result<Menu<Wry>> {
    let chinese = system_is_chinese();
    let titles = MENUS.map(|(_, titles, _)| titles[usize::from(chinese)].to_owned());
    let (menu, items) = build(app, titles.to_vec())?;
    app.manage(CurrentMenu(Mutex::new(items)));
    Ok(menu)
}

fn build(app: &AppHandle, titles: Vec<String>) -> tauri::Result<(Menu<Wry>, Items)> {
    let menu = Menu::new(app)?;
    let mut items = Vec::new();
    for ((.., listed), title) in MENUS.iter().zip(&titles) {
        let submenu = Submenu::new(app, title, true)?;
        for &(id, keys) in *listed {
            if id.is_empty() {
                submenu.append(&PredefinedMenuItem::separator(app)?)?;
                continue;
            }
            let item = item(app, id, keys)?;
            match &item {
                Item::Own(own) => submenu.append(own)?,
                Item::Predefined(given) => submenu.append(given)?,
            }
            items.push((id, keys, item));
        }
        menu.append(&submenu)?;
    }
    Ok((menu, Items { titles, items }))
}

fn item(app: &AppHandle, id: &'static str, keys: &'static str) -> tauri::Result<Item> {
    // GTK has no working editing items; there `chosen` runs the commands.
    if !cfg!(target_os = "linux") {
        let given = match id {
            "undo" => Some(PredefinedMenuItem::undo(app, None)),
            "redo" => Some(PredefinedMenuItem::redo(app, None)),
            "cut" => Some(PredefinedMenuItem::cut(app, None)),
            "copy" => Some(PredefinedMenuItem::copy(app, None)),
            "paste" => Some(PredefinedMenuItem::paste(app, None)),
            "selectAll" => Some(PredefinedMenuItem::select_all(app, None)),
            _ => None,
        };
        if let Some(given) = given {
            return given.map(Item::Predefined);
        }
    }
    let keys = Some(keys).filter(|keys| !keys.is_empty() && !is_handled_by_web_view(id));
    MenuItem::with_id(app, id, "", false, keys).map(Item::Own)
}

/// Gives the items the page's labels, and disables commands that the page cannot run now.
pub fn show(app: &AppHandle, names: &HashMap<String, String>, can: &HashSet<String>) -> tauri::Result<()> {
    let Some(parts) = app.try_state::<CurrentMenu>() else { return Ok(()) };
    let mut parts = parts.0.lock().unwrap_or_else(PoisonError::into_inner);
    let titles: Vec<String> =
        MENUS.iter().map(|(id, [english, _], _)| names.get(*id).map_or(*english, String::as_str).to_owned()).collect();
    // GTK's menu bar keeps the titles that it was made with, so another language needs a new menu.
    if parts.titles != titles {
        let (menu, items) = build(app, titles)?;
        app.set_menu(menu)?;
        *parts = items;
    }
    for (id, keys, item) in &parts.items {
        let mut name = names.get(*id).cloned().unwrap_or_default();
        if is_handled_by_web_view(id) && matches!(item, Item::Own(_)) {
            name = format!("{name}\u{2003}{}", keys.replace("CmdOrCtrl", "Ctrl"));
        }
        match item {
            Item::Own(item) => {
                item.set_text(name)?;
                item.set_enabled(can.contains(*id) || *id == "quit" || editing_command(id).is_some())?;
            }
            Item::Predefined(item) => item.set_text(name)?,
        }
    }
    Ok(())
}

/// Runs the item that was chosen by mouse or by key.
pub fn chosen(app: &AppHandle, event: &MenuEvent) {
    let id = event.id().as_ref();
    match editing_command(id) {
        _ if id == "quit" => app.exit(0),
        Some(command) => edit(app, command),
        None => app.state::<Page>().send_command(id),
    }
}

#[cfg(target_os = "linux")]
fn edit(app: &AppHandle, command: &'static str) {
    use webkit2gtk::WebViewExt;
    if let Some(window) = app.get_webview_window(MAIN) {
        // A closing window runs no editing command.
        drop(window.with_webview(move |view| view.inner().execute_editing_command(command)));
    }
}

/// Elsewhere the platform's own items run these commands.
#[cfg(not(target_os = "linux"))]
fn edit(app: &AppHandle, _: &'static str) {
    drop(app.get_webview_window(MAIN));
}

fn system_is_chinese() -> bool {
    let named = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(|name| std::env::var(name).ok());
    named.into_iter().find(|value| !value.is_empty()).is_some_and(|value| value.starts_with("zh"))
}
