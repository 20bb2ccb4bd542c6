//! Assay in a window: the same pipelines as in the terminal, behind thin commands.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod arguments;
mod events;
mod managed;
mod page;
mod window;
mod menu;
#[cfg(target_os = "linux")]
mod portal;
#[cfg(target_os = "linux")]
mod renderer;
mod drops;
mod single;
mod background;
mod commands;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use arguments::Arguments;
use assay_app::{App, Failure, Opening, Problem, Scratch, named_owner};
use managed::Managed;
use page::Page;
use tauri::{AppHandle, Manager, RunEvent, WindowEvent};

/// How long the library may be held by a process that is ending.
const FOLLOWS: Duration = Duration::from_secs(3);

fn main() -> ExitCode {
    #[cfg(target_os = "linux")]
    renderer::choose();
    assay_app::share_heaps();
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    if let [worker, role] = arguments.as_slice()
        && worker == "worker"
    {
        return assay_app::serve_worker(&role.to_string_lossy());
    }
    match show(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("assay: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn show(arguments: Vec<OsString>) -> anyhow::Result<()> {
    let here = std::env::current_dir().unwrap_or_default();
    let mut arguments = Arguments::read(arguments, &here);
    arguments.data = arguments.data.or_else(|| std::env::var_os("ASSAY_DATA").map(PathBuf::from));
    let folder = arguments.folder();
    // The web view and the window's place are written there, so a wrong folder is refused before both.
    if let Err(error) = assay_app::refuse_foreign(&folder) {
        let failure = assay_app::Failure::from(error);
        anyhow::bail!("{}; {}", failure.message, failure.action);
    }
    let mut builder = tauri::Builder::default();
    if let Some(single) = single::plugin(&arguments) {
        builder = builder.plugin(single);
    }
    let app = builder
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_notification::init())
        .plugin(tauri_plugin_opener::Builder::new().open_js_links_on_click(false).build())
        .plugin(window::state_plugin(&folder))
        .manage(Managed::default())
        .manage(Page::default())
        .menu(menu::menu)
        .on_menu_event(|app, event| menu::chosen(app, &event))
        .on_window_event(|window, event| {
            drops::on_window(window.app_handle(), event);
            match event {
                WindowEvent::ThemeChanged(theme) => window.state::<Page>().theme_changed(window.app_handle(), *theme),
                // A window system may refuse another size.
                WindowEvent::Resized(size) => drop(window::fit(window, *size)),
                _ => (),
            }
        })
        .invoke_handler(commands::handler())
        .setup(move |app| {
            // A second instance has exited by now, so only one takes the lock of the data folder.
            open_library(app.handle(), arguments.data, &folder);
            #[cfg(target_os = "linux")]
            portal::listen(app.handle());
            window::open(app, &folder)?;
            if !arguments.paths.is_empty() {
                drops::ingest(app.handle(), arguments.paths);
            }
            Ok(())
        })
        .build(tauri::generate_context!())?;
    app.run(on_run);
    Ok(())
}

/// Opens the library in a thread of its own, while the page loads.
fn open_library(app: &AppHandle, data: Option<PathBuf>, folder: &Path) {
    let app = app.clone();
    // A folder that cannot be written to is reported when the library is opened.
    if let Ok(scratch) = Scratch::make(folder) {
        scratch.take_all();
        app.state::<Managed>().keep_scratch(Some(scratch));
    }
    std::thread::spawn(move || {
        app.state::<Managed>().set(open_when_free(&Opening { data, ..Opening::default() }));
        background::start(&app);
    });
}

/// Opens the library. The process that this one follows, as after a restore, may hold it for a moment.
fn open_when_free(opening: &Opening) -> Result<App, Failure> {
    let begun = Instant::now();
    loop {
        match App::open(opening.clone()) {
            Err(failure) if failure.problem == Problem::LibraryInUse && begun.elapsed() < FOLLOWS => {
                std::thread::sleep(Duration::from_millis(100));
            }
            Err(failure) => {
                return Err(tauri::async_runtime::block_on(named_owner(failure, opening.data.clone())));
            }
            opened => return opened,
        }
    }
}

fn on_run(app: &AppHandle, event: RunEvent) {
    match event {
        RunEvent::Exit => {
            let managed = app.state::<Managed>();
            if let Some(owner) = managed.keep_owner(None) {
                tauri::async_runtime::block_on(owner.close());
            }
            if let Some(app) = managed.opened_by_now() {
                tauri::async_runtime::block_on(app.close());
            }
            managed.keep_scratch(None);
            // The window-state plugin creates this folder and leaves it empty.
            drop(app.path().app_config_dir().map(std::fs::remove_dir));
        }
        #[cfg(target_os = "macos")]
        RunEvent::Opened { urls } => {
            let paths: Vec<PathBuf> = urls.iter().filter_map(|url| url.to_file_path().ok()).collect();
            if !paths.is_empty() {
                drops::ingest(app, paths);
            }
        }
        _ => (),
    }
}
