//! The accelerator: a program that computes one encoder on a graphics card. Assay starts it.

use std::process::ExitCode;

fn main() -> ExitCode {
    match assay_accelerator::serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("assay-accelerator serves Assay over pipes and cannot be used by hand: {error}");
            ExitCode::FAILURE
        }
    }
}
