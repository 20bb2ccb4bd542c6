//! Asks the desktop portal whether the system is dark and wants high contrast: WebKitGTK reports
//! its toolkit's theme, which on most desktops is another thing.
//! <https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.Settings.html>

use assay_contract::SystemLook;
use tauri::{AppHandle, Manager};
use zbus::blocking::{Connection, Proxy};
use zbus::zvariant::{OwnedValue, Value};

use crate::manners::Manners;

const APPEARANCE: &str = "org.freedesktop.appearance";

/// Listens for as long as the program runs. Where there is no portal, nothing is said, and the
/// page goes by what the web view says.
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
    // Listening comes before asking, so that no change falls between.
    let changes = portal.receive_signal("SettingChanged")?;
    let manners = app.state::<Manners>();
    let mut look = SystemLook {
        dark: read(&portal, "color-scheme").map(|scheme| scheme == 1),
        contrast: read(&portal, "contrast") == Some(1),
    };
    manners.system_looks(look);
    for change in changes {
        let body = change.body();
        let Ok((namespace, key, value)) = body.deserialize::<(&str, &str, Value<'_>)>() else { continue };
        match (namespace, key, number(&value)) {
            (APPEARANCE, "color-scheme", Some(scheme)) => look.dark = Some(scheme == 1),
            (APPEARANCE, "contrast", Some(contrast)) => look.contrast = contrast == 1,
            _ => continue,
        }
        manners.system_looks(look);
    }
    Ok(())
}

/// `ReadOne` came with version 2 of the portal; `Read` answers in a variant within a variant.
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
