//! Assay in a window: the same desk as the terminal's, behind thin commands.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod commands;
mod drops;
mod events;
mod window;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use assay_desk::{Desk, Failure, Opening};
use events::Watchers;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().collect();
    if let [_, worker, role] = words.as_slice()
        && worker == "worker"
    {
        return assay_desk::serve_worker(role);
    }
    match show(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("assay: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// What the window is started with: `--data DIR`, and files and folders to take in.
#[derive(Default)]
struct Started {
    data: Option<PathBuf>,
    paths: Vec<PathBuf>,
}

impl Started {
    fn read(words: &[String]) -> Self {
        let mut started = Self { data: std::env::var_os("ASSAY_DATA").map(PathBuf::from), paths: Vec::new() };
        let mut words = words.iter().skip(1);
        while let Some(word) = words.next() {
            match word.as_str() {
                "--data" => started.data = words.next().map(PathBuf::from),
                word => started.paths.push(PathBuf::from(word)),
            }
        }
        started
    }
}

/// What every command can reach: the desk, or why there is none.
pub struct Managed {
    desk: Result<Arc<Desk>, Failure>,
    watchers: Watchers,
}

impl Managed {
    /// The desk, for a command.
    pub fn desk(&self) -> Result<&Arc<Desk>, Failure> {
        self.desk.as_ref().map_err(Clone::clone)
    }
}

fn show(words: &[String]) -> anyhow::Result<()> {
    let started = Started::read(words);
    let desk = Desk::open(Opening { data: started.data, ..Opening::default() });
    let managed = Managed { desk: desk.map(Arc::new), watchers: Watchers::default() };
    tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .manage(managed)
        .invoke_handler(commands::handler())
        .setup(move |app| {
            drops::allow_emit_if_asked(app.handle())?;
            window::open(app)?;
            drops::listen(app.handle());
            if !started.paths.is_empty() {
                drops::take(app.handle(), started.paths);
            }
            Ok(())
        })
        .run(tauri::generate_context!())?;
    Ok(())
}
