//! All development tasks. No dependencies, so that it compiles in seconds.
#![allow(clippy::print_stdout, reason = "a task reports on standard output")]

mod shell;
mod setup;
mod weights;
mod run;
mod test;
mod reliability;
mod lint;
mod bundle;
mod accelerator;

use std::process::ExitCode;

use shell::Fallible;

const TASKS: &str = "\
cargo xtask TASK

  run      build everything, then open the window; without a display, ask the sample
           library in the terminal
  test     build everything, then run every test, including those of the real window
  reliability SUITE [FOLDER] [--option N]
           run a reliability suite: corpus FOLDER, hostile FOLDER, mutants FOLDER, kills, writes,
           damage, cycles, large, watch, foreign, saves, lives or backup
           (tests/reliability/README.md describes each);
           or measure the speed of the real window: window [ROWS]
  lint     run rustfmt, clippy, svelte-check, eslint and cargo-deny
  bench    measure reranking, embedding and complete questions on this machine
  bundle   make an installable package
  installed
           make the package of Debian, install it, ask a question with it and remove it
  accelerator
           build the optional program for Nvidia cards; fetches CUDA's compiler from the
           Python package index unless CUDA_HOME names a toolkit
  setup    install what building needs: system packages and npm packages (the first test
           fetches the weights of one more embedder)";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let task = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    let done: Fallible = match task.as_str() {
        "run" => run::run(&rest),
        "test" => test::test(&rest),
        "reliability" => reliability::reliability(&rest),
        "lint" => lint::lint(),
        "bench" => run::bench(&rest),
        "bundle" => bundle::bundle(),
        "installed" => bundle::installed(),
        "accelerator" => accelerator::accelerator(),
        "setup" => setup::setup(setup::For::Tests),
        _ => {
            println!("{TASKS}");
            return if task.is_empty() || task == "help" { ExitCode::SUCCESS } else { ExitCode::from(2) };
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("xtask {task}: {failure}");
            ExitCode::FAILURE
        }
    }
}
