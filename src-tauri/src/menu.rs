//! The menu: its order and its keys are here, its words come from the page, in the language that
//! the page speaks. What is chosen goes to the page, but for what the window itself can do.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use tauri::menu::{Menu, MenuEvent, MenuItem, PredefinedMenuItem, Submenu};
use tauri::{AppHandle, Manager, Wry};

use crate::manners::Manners;
use crate::window::MAIN;

/// A menu: its id, its title before the page speaks (English, Chinese), its items with their keys.
type Listed = (&'static str, [&'static str; 2], &'static [(&'static str, &'static str)]);

/// An empty id is a line between. Ids are those of the page's commands.
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
            ("goInspect", "Alt+2"),
            ("goCompare", "Alt+3"),
            ("goMeasure", "Alt+4"),
            ("goCost", "Alt+5"),
            ("goLibrary", "Alt+6"),
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

/// WebKit's name for what an item of the Edit menu does.
fn edits(id: &str) -> Option<&'static str> {
    let names = [("undo", "Undo"), ("redo", "Redo"), ("cut", "Cut"), ("copy", "Copy"), ("paste", "Paste")];
    names.into_iter().chain([("selectAll", "SelectAll")]).find(|(known, _)| *known == id).map(|(_, name)| name)
}

/// Keys that the web view answers by itself, but for undo and redo, which WebKitGTK leaves to the
/// program. Through the menu they would come after the key that is pressed next.
fn is_the_web_views(id: &str) -> bool {
    ["cut", "copy", "paste", "selectAll"].contains(&id)
}

/// The menu as it stands, to put words on.
pub struct Parts(Mutex<Made>);

struct Made {
    titles: Vec<String>,
    items: Vec<(&'static str, &'static str, Item)>,
}

enum Item {
    Own(MenuItem<Wry>),
    /// The platform's own editing item, where it works by itself.
    Given(PredefinedMenuItem<Wry>),
}

/// Makes the menu. Until the page names them, its items are without words and cannot be chosen.
pub fn menu(app: &AppHandle) -> tauri::Result<Menu<Wry>> {
    let chinese = system_is_chinese();
    let titles = MENUS.map(|(_, titles, _)| titles[usize::from(chinese)].to_owned());
    let (menu, made) = made(app, titles.to_vec())?;
    app.manage(Parts(Mutex::new(made)));
    Ok(menu)
}

fn made(app: &AppHandle, titles: Vec<String>) -> tauri::Result<(Menu<Wry>, Made)> {
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
                Item::Given(given) => submenu.append(given)?,
            }
            items.push((id, keys, item));
        }
        menu.append(&submenu)?;
    }
    Ok((menu, Made { titles, items }))
}

fn item(app: &AppHandle, id: &'static str, keys: &'static str) -> tauri::Result<Item> {
    // GTK has no editing items that work by themselves; there `chosen` sees to them.
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
            return given.map(Item::Given);
        }
    }
    let keys = Some(keys).filter(|keys| !keys.is_empty() && !is_the_web_views(id));
    MenuItem::with_id(app, id, "", false, keys).map(Item::Own)
}

/// Puts the page's words on it; what the page cannot do now cannot be chosen.
pub fn show(app: &AppHandle, names: &HashMap<String, String>, can: &HashSet<String>) -> tauri::Result<()> {
    let Some(parts) = app.try_state::<Parts>() else { return Ok(()) };
    let mut parts = parts.0.lock().unwrap_or_else(PoisonError::into_inner);
    let titles: Vec<String> =
        MENUS.iter().map(|(id, [english, _], _)| names.get(*id).map_or(*english, String::as_str).to_owned()).collect();
    // GTK's menu bar keeps the titles that it was made with, so another language needs another menu.
    if parts.titles != titles {
        let (menu, made) = made(app, titles)?;
        app.set_menu(menu)?;
        *parts = made;
    }
    for (id, keys, item) in &parts.items {
        let mut name = names.get(*id).cloned().unwrap_or_default();
        if is_the_web_views(id) && matches!(item, Item::Own(_)) {
            name = format!("{name}\u{2003}{}", keys.replace("CmdOrCtrl", "Ctrl"));
        }
        match item {
            Item::Own(item) => {
                item.set_text(name)?;
                item.set_enabled(can.contains(*id) || *id == "quit" || edits(id).is_some())?;
            }
            Item::Given(item) => item.set_text(name)?,
        }
    }
    Ok(())
}

/// Something was chosen, by the mouse or by its keys.
pub fn chosen(app: &AppHandle, event: &MenuEvent) {
    let id = event.id().as_ref();
    match edits(id) {
        _ if id == "quit" => app.exit(0),
        Some(command) => edit(app, command),
        None => app.state::<Manners>().command(id),
    }
}

#[cfg(target_os = "linux")]
fn edit(app: &AppHandle, command: &'static str) {
    use webkit2gtk::WebViewExt;
    if let Some(window) = app.get_webview_window(MAIN) {
        // A window that is closing edits nothing any more.
        drop(window.with_webview(move |view| view.inner().execute_editing_command(command)));
    }
}

/// Elsewhere these are the platform's own items, which never come here.
#[cfg(not(target_os = "linux"))]
fn edit(app: &AppHandle, _: &'static str) {
    drop(app.get_webview_window(MAIN));
}

fn system_is_chinese() -> bool {
    let named = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(|name| std::env::var(name).ok());
    named.into_iter().find(|value| !value.is_empty()).is_some_and(|value| value.starts_with("zh"))
}
