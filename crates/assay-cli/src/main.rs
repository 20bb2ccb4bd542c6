//! Assay in the terminal: the same pipelines as in the window.
//!
//! Results go to stdout, progress to stderr. Exit status: 0 done, 1 failed, 2 bad usage,
//! 3 nothing found, 4 partly done.
#![allow(clippy::print_stdout, reason = "this front end prints its results")]

mod arguments;
mod conversation;
mod run;
mod interrupt;
mod library;
mod backup;
mod doctor;
mod collections;
mod folders;
mod remote;
mod ask;
mod explain;
mod why;
mod standalone;
mod serve;
mod models;
mod manual;
mod print;

use std::ffi::OsString;
use std::process::ExitCode;

use arguments::Arguments;
use assay_app::{Failure, Problem};
use clap::Parser;

fn main() -> ExitCode {
    assay_app::share_heaps();
    // Names of files need not be UTF-8.
    let arguments: Vec<OsString> = std::env::args_os().collect();
    if let [_, worker, role] = arguments.as_slice()
        && worker == "worker"
    {
        return assay_app::serve_worker(&role.to_string_lossy());
    }
    end_with_the_reader();
    let arguments = Arguments::parse();
    let json = arguments.wants_json();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("assay: no runtime could be started: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run::run(arguments)) {
        Ok(code) => code,
        Err(error) => fail(&error, json),
    }
}

/// Ends the program without a word where the reader of its output is gone, as in `assay documents | head`. `println!`
/// panics there, and SIGPIPE has to stay ignored, because the pipes to our own child processes may break as well.
fn end_with_the_reader() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let is_gone =
            |message: &str| message.starts_with("failed printing to stdout") && message.contains("Broken pipe");
        if panic.payload_as_str().is_some_and(is_gone) {
            std::process::exit(0);
        }
        usual(panic);
    }));
}

/// Prints a failure: its message to stderr, and with `--json` an object to stdout as well.
fn fail(error: &anyhow::Error, json: bool) -> ExitCode {
    let Some(failure) = error.downcast_ref::<Failure>() else {
        eprintln!("assay: {error:#}");
        return ExitCode::FAILURE;
    };
    eprintln!("assay: {}\n       {}", failure.message, failure.action);
    if json {
        let problem = serde_json::json!({ "problem": assay_app::problem(failure) });
        println!("{problem}");
    }
    match failure.problem {
        Problem::EmptyLibrary => ExitCode::from(3),
        Problem::EmptyQuestion | Problem::BadSetting => ExitCode::from(2),
        Problem::FollowsAnother
        | Problem::FileInTheWay
        | Problem::LibraryNotEmpty
        | Problem::FoldersCollide
        | Problem::NewerAssay => ExitCode::from(2),
        _ => ExitCode::FAILURE,
    }
}
