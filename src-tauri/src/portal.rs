//! The desktop portal's appearance: dark or light, and high contrast. WebKitGTK reports the theme of its
//! toolkit, which differs on most desktops.
//! <https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.Settings.html>

use assay_contract::SystemLook;
use tauri::{AppHandle, Manager};
use zbus::blocking::{Connection, Proxy};
use zbus::zvariant::{OwnedValue, Value};

use crate::page::Page;

const APPEARANCE: &str = "org.freedesktop.appearance";

/// Listens while the program runs. Without a portal, the page uses the appearance of the web view.
pub fn listen(app: &AppHandle) {
    let app = app.clone();
    std::thread::spawn(move || follow(&app));
}

fn follow(app: &AppHandle) -> zbus::Result<()> {
    let connection = Connection::session()?;
    let portal = Proxy::new(
        &connection,
        "org.freedesktop.portal.Desktop",
        "/org/freedesktop/portal/desktop",
        "org.freedesktop.portal.Settings",
    )?;
    // Subscribe before the first read, so that no change is missed.
    let changes = portal.receive_signal("SettingChanged")?;
    let page = app.state::<Page>();
    let mut look = SystemLook {
        dark: read(&portal, "color-scheme").map(|scheme| scheme == 1),
        contrast: read(&portal, "contrast") == Some(1),
    };
    page.set_appearance(look);
    for change in changes {
        let body = change.body();
        let Ok((namespace, key, value)) = body.deserialize::<(&str, &str, Value<'_>)>() else { continue };
        match (namespace, key, number(&value)) {
            (APPEARANCE, "color-scheme", Some(scheme)) => look.dark = Some(scheme == 1),
            (APPEARANCE, "contrast", Some(contrast)) => look.contrast = contrast == 1,
            _ => continue,
        }
        page.set_appearance(look);
    }
    Ok(())
}

/// `ReadOne` exists since version 2 of the portal; `Read` replies with a variant within a variant.
fn read(portal: &Proxy<'_>, key: &str) -> Option<u32> {
    let ask = |method: &str| portal.call::<_, _, OwnedValue>(method, &(APPEARANCE, key));
    let value = ask("ReadOne").or_else(|_| ask("Read")).ok()?;
    number(&value)
}

fn number(value: &Value<'_>) -> Option<u32> {
    match value {
        Value::U32(number) => Some(*number),
        Value::Value(inner) => number(inner),
        _ => None,
    }
}
