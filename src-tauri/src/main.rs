//! Assay in a window: the same library as the terminal's, behind thin commands.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod commands;
mod started;
mod single;
mod window;
mod menu;
mod manners;
#[cfg(target_os = "linux")]
mod portal;
#[cfg(target_os = "linux")]
mod renderer;
mod drops;
mod events;
mod follow;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use assay_app::{App, Failure, Opening, Scratch};
use events::Watchers;
use manners::Manners;
use started::Started;
use tauri::{AppHandle, Manager, RunEvent, WindowEvent};

fn main() -> ExitCode {
    #[cfg(target_os = "linux")]
    renderer::choose();
    assay_app::share_heaps();
    let words: Vec<OsString> = std::env::args_os().skip(1).collect();
    if let [worker, role] = words.as_slice()
        && worker == "worker"
    {
        return assay_app::serve_worker(&role.to_string_lossy());
    }
    match show(words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("assay: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// What every command can reach: the library, or why there is none.
#[derive(Default)]
pub struct Managed {
    library: OnceLock<Result<Arc<App>, Failure>>,
    watchers: Watchers,
    scratch: Mutex<Option<Scratch>>,
}

impl Managed {
    /// The folder for temporary files, until the program ends.
    fn keep(&self, scratch: Option<Scratch>) {
        *self.scratch.lock().unwrap_or_else(PoisonError::into_inner) = scratch;
    }

    /// The library, for a command. It is opened while the page loads; whoever comes early waits.
    pub fn opened(&self) -> Result<&Arc<App>, Failure> {
        self.library.wait().as_ref().map_err(Clone::clone)
    }
}

fn show(words: Vec<OsString>) -> anyhow::Result<()> {
    let here = std::env::current_dir().unwrap_or_default();
    let mut started = Started::read(words, &here);
    started.data = started.data.or_else(|| std::env::var_os("ASSAY_DATA").map(PathBuf::from));
    let folder = started.folder();
    let mut builder = tauri::Builder::default();
    if let Some(single) = single::plugin(&started) {
        builder = builder.plugin(single);
    }
    let app = builder
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_notification::init())
        .plugin(tauri_plugin_opener::Builder::new().open_js_links_on_click(false).build())
        .plugin(window::keeper(&folder))
        .manage(Managed::default())
        .manage(Manners::default())
        .menu(menu::menu)
        .on_menu_event(|app, event| menu::chosen(app, &event))
        .on_window_event(|window, event| {
            drops::on_window(window.app_handle(), event);
            match event {
                WindowEvent::ThemeChanged(theme) => window.state::<Manners>().changed(window.app_handle(), *theme),
                // A window system that refuses another size keeps the one it has.
                WindowEvent::Resized(size) => drop(window::fit(window, *size)),
                _ => (),
            }
        })
        .invoke_handler(commands::handler())
        .setup(move |app| {
            // A second start has ended by now, so the data folder's lock is not fought for.
            open_desk(app.handle(), started.data, &folder);
            #[cfg(target_os = "linux")]
            portal::listen(app.handle());
            window::open(app, &folder)?;
            if !started.paths.is_empty() {
                drops::take(app.handle(), started.paths);
            }
            Ok(())
        })
        .build(tauri::generate_context!())?;
    app.run(on_run);
    Ok(())
}

/// Opens the library beside the page, so that neither waits for the other.
fn open_desk(app: &AppHandle, data: Option<PathBuf>, folder: &Path) {
    let app = app.clone();
    // A folder that cannot be written to says so when the library is opened.
    if let Ok(scratch) = Scratch::make(folder) {
        scratch.take_all();
        app.state::<Managed>().keep(Some(scratch));
    }
    std::thread::spawn(move || {
        let library = App::open(Opening { data, ..Opening::default() });
        app.state::<Managed>().library.get_or_init(|| library.map(Arc::new));
        follow::start(&app);
    });
}

fn on_run(app: &AppHandle, event: RunEvent) {
    match event {
        RunEvent::Exit => {
            app.state::<Managed>().keep(None);
            // The keeper of the window's place makes this folder and leaves it empty.
            drop(app.path().app_config_dir().map(std::fs::remove_dir));
        }
        #[cfg(target_os = "macos")]
        RunEvent::Opened { urls } => {
            let paths: Vec<PathBuf> = urls.iter().filter_map(|url| url.to_file_path().ok()).collect();
            if !paths.is_empty() {
                drops::take(app, paths);
            }
        }
        _ => (),
    }
}
