//! One window for each data folder: a second start hands its files to the first and ends. The
//! data folder's own lock stays the second guard, where there is no session bus for instance.

use std::ffi::OsString;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use tauri::Wry;
use tauri::plugin::TauriPlugin;
use tauri_plugin_single_instance::Builder;

use crate::started::Started;
use crate::{drops, window};

/// To be registered before all others. Elsewhere than on Linux the plugin knows one instance of
/// the program and not one for each folder, so there a folder that was named goes without.
pub fn plugin(started: &Started) -> Option<TauriPlugin<Wry>> {
    if !cfg!(target_os = "linux") && started.data.is_some() {
        return None;
    }
    let plugin = Builder::new().dbus_id(name_of(&started.folder())).callback(|app, words, from| {
        let words = words.into_iter().skip(1).map(OsString::from);
        let started = Started::read(words, Path::new(&from));
        window::to_front(app);
        if !started.paths.is_empty() {
            drops::take(app, started.paths);
        }
    });
    Some(plugin.build())
}

/// A name on the session bus that belongs to a folder.
fn name_of(folder: &Path) -> String {
    let mut hasher = DefaultHasher::new();
    folder.hash(&mut hasher);
    format!("app.assay.desktop.f{:016x}", hasher.finish())
}
