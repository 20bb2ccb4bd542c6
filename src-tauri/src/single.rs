//! One window per data folder: a second instance passes its files to the first one and exits. The lock of
//! the data folder remains the guard where there is no session bus.

use std::ffi::OsString;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use tauri::Wry;
use tauri::plugin::TauriPlugin;
use tauri_plugin_single_instance::Builder;

use crate::arguments::Arguments;
use crate::{drops, window};

/// The plugin, which must be registered before all others. Outside Linux it knows one instance of the
/// program instead of one per folder, so a given data folder goes without it there.
pub fn plugin(arguments: &Arguments) -> Option<TauriPlugin<Wry>> {
    if !cfg!(target_os = "linux") && arguments.data.is_some() {
        return None;
    }
    let plugin = Builder::new().dbus_id(name_of(&arguments.folder())).callback(|app, arguments, from| {
        let arguments = arguments.into_iter().skip(1).map(OsString::from);
        let arguments = Arguments::read(arguments, Path::new(&from));
        window::to_front(app);
        if !arguments.paths.is_empty() {
            drops::ingest(app, arguments.paths);
        }
    });
    Some(plugin.build())
}

/// The name of a folder's instance on the session bus.
fn name_of(folder: &Path) -> String {
    let mut hasher = DefaultHasher::new();
    folder.hash(&mut hasher);
    format!("app.assay.desktop.f{:016x}", hasher.finish())
}
