//! What can go wrong with a child process.

use assay_domain::{Failure, Problem};

/// Why a child gave no, or no further, reply.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// The program could not be started.
    #[error("{program} could not be started: {cause}")]
    Spawn {
        /// What was to be started.
        program: String,
        /// The reason that the system gives.
        cause: std::io::Error,
    },
    /// The request as a whole took too long.
    #[error("the child process was stopped because it was not done after {seconds} s")]
    Deadline {
        /// The limit.
        seconds: f64,
    },
    /// No frame came for too long.
    #[error("the child process was stopped because nothing was heard from it for {seconds} s")]
    Quiet {
        /// The limit.
        seconds: f64,
    },
    /// It needed more memory than its cap allows.
    #[error("the child process needed more than its {} MiB of memory", .limit_bytes >> 20)]
    OutOfMemory {
        /// The cap on its memory.
        limit_bytes: u64,
    },
    /// It ended before it had answered.
    #[error("the child process {status}{}", tail(.stderr))]
    Died {
        /// How it ended: `was ended by signal 6 (abort)`.
        status: String,
        /// The last 4 KiB that it wrote to standard error.
        stderr: String,
    },
    /// Its replies to one request were longer than the limit.
    #[error("the child process sent more than {limit_bytes} bytes")]
    TooMuchOutput {
        /// The limit.
        limit_bytes: u64,
    },
    /// It sent something that is no frame of this version, or that does not fit the reply's type.
    #[error("the child process sent something that cannot be understood: {cause}")]
    BadFrame {
        /// What is wrong with it.
        cause: String,
    },
    /// The request is too long, or cannot be written as JSON.
    #[error("the request to the child process cannot be written: {cause}")]
    BadRequest {
        /// What is wrong with it.
        cause: String,
    },
}

/// The last line that the child printed, because it usually names the reason. Notes name none.
fn tail(stderr: &str) -> String {
    let line = stderr.lines().rev().map(str::trim).find(|line| !line.is_empty() && !line.starts_with("note:"));
    line.map(|line| format!(": {}", line.chars().take(300).collect::<String>())).unwrap_or_default()
}

impl From<WorkerError> for Failure {
    fn from(error: WorkerError) -> Self {
        let (problem, action) = match &error {
            WorkerError::Spawn { .. } => (Problem::Bug, "check that Assay is installed completely"),
            WorkerError::Deadline { .. } | WorkerError::Quiet { .. } => {
                (Problem::TimedOut, "try again when the machine is less busy, or leave this one out")
            }
            WorkerError::OutOfMemory { .. } => {
                (Problem::OutOfMemory, "split the file into smaller ones, or raise the reader's memory limit")
            }
            WorkerError::TooMuchOutput { .. } => (Problem::TooLarge, "split the file into smaller ones"),
            WorkerError::Died { .. } | WorkerError::BadFrame { .. } => {
                (Problem::ReaderDied, "open it in the program that made it, save it again and add the new file")
            }
            WorkerError::BadRequest { .. } => (Problem::Bug, "please report this with the steps that led here"),
        };
        Failure::new(problem, error.to_string(), action)
    }
}
