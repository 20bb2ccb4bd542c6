//! The jobs of child processes.

use std::process::ExitCode;

use crate::writer;

/// Serves one job over the pipes of this process, which a front end started as `worker ROLE`: a crash
/// ends only this process.
pub fn serve_worker(role: &str) -> ExitCode {
    let served = match role {
        assay_files::ROLE => assay_files::serve(),
        writer::ROLE => writer::serve(),
        _ => return ExitCode::from(2),
    };
    if served.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
