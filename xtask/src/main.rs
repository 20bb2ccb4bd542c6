//! The only list of tasks. No dependencies, so that it compiles in seconds.
#![allow(clippy::print_stdout, reason = "a task talks to the person who started it")]

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
  test     build everything, then run every test, the real window included
  reliability SUITE [FOLDER] [--option N]
           a reliability suite: corpus FOLDER, hostile FOLDER, mutants FOLDER, kills, writes,
           damage, cycles, large or watch (tests/reliability/README.md says what each asks for);
           or window [ROWS]: how fast the real window is
  lint     rustfmt, clippy, svelte-check, eslint, cargo-deny
  bench    measure reranking, embedding and a whole question on this machine
  bundle   make an installable package
  accelerator
           the optional program that computes on an Nvidia card; fetches CUDA's compiler
           from the Python package index unless CUDA_HOME names one
  setup    only what building needs: system packages and the screen's packages (the
           embedder's weights come with the first run or test)";

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
