//! The program that holds one encoder on a graphics card. Started by Assay, not by hand.

use std::process::ExitCode;

fn main() -> ExitCode {
    match assay_accelerator::serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("assay-accelerator serves Assay over pipes and is not started by hand: {error}");
            ExitCode::FAILURE
        }
    }
}
