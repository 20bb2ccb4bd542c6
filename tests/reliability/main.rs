//! `reliability SUITE`: see `README.md` in this folder.

use std::process::ExitCode;

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    assay_tests::reliability::main()
}

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    eprintln!("the reliability suites read /proc and need Linux");
    ExitCode::FAILURE
}
