//! What became of a child, as text.

use std::process::ExitStatus;

use crate::WorkerError;

/// What allocators print when they reach the memory cap.
const OUT_OF_MEMORY: [&str; 6] = [
    "memory allocation of",
    "bad_alloc",
    "annot allocate memory",
    "out of memory",
    "Out of memory",
    "failed to allocate",
];

/// The error for a child that ended too early.
pub(crate) fn verdict(status: Option<ExitStatus>, stderr: String, limit_bytes: u64) -> WorkerError {
    // Only the end of the text tells why the child ended; an odd cut through a character keeps all of it.
    let recent = stderr.get(stderr.len().saturating_sub(1024)..).unwrap_or(&stderr);
    if !status.is_some_and(|status| status.success()) && OUT_OF_MEMORY.iter().any(|text| recent.contains(text)) {
        return WorkerError::OutOfMemory { limit_bytes };
    }
    let status = if recent.contains("has overflowed its stack") {
        "overflowed its stack".to_owned()
    } else {
        status.map_or_else(|| "could not be stopped".to_owned(), describe)
    };
    WorkerError::Died { status, stderr }
}

fn describe(status: ExitStatus) -> String {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return match signal_name(signal) {
            Some(name) => format!("was ended by signal {signal} ({name})"),
            None => format!("was ended by signal {signal}"),
        };
    }
    match status.code() {
        Some(0) => "ended without an answer".to_owned(),
        Some(101) => "panicked".to_owned(),
        Some(code) => format!("ended with exit code {code}"),
        None => "ended for an unknown reason".to_owned(),
    }
}

#[cfg(unix)]
fn signal_name(signal: i32) -> Option<&'static str> {
    use rustix::process::Signal;
    [
        (Signal::ABORT, "abort"),
        (Signal::SEGV, "access to memory that is not its own"),
        (Signal::BUS, "access to memory that is not there"),
        (Signal::ILL, "illegal instruction"),
        (Signal::FPE, "arithmetic fault"),
        (Signal::KILL, "killed, by the system if memory ran out"),
        (Signal::TERM, "asked to end"),
    ]
    .into_iter()
    .find(|(known, _)| known.as_raw() == signal)
    .map(|(_, name)| name)
}
