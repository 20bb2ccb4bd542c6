//! Failures, as problems with a code.

use assay_contract::{ProblemCode, ProblemView};
use assay_domain::{Failure, Problem};

/// A failure as the screen and `--json` show it.
pub fn problem(failure: &Failure) -> ProblemView {
    let (message, action) = (failure.message.clone(), failure.action.clone());
    ProblemView { problem: code(failure.problem), message, action }
}

/// The code of a problem.
pub fn code(problem: Problem) -> ProblemCode {
    match problem {
        Problem::UnsupportedFile => ProblemCode::UnsupportedFile,
        Problem::UnreadableFile => ProblemCode::UnreadableFile,
        Problem::EncryptedFile => ProblemCode::EncryptedFile,
        Problem::EmptyFile => ProblemCode::EmptyFile,
        Problem::ScannedFile => ProblemCode::ScannedFile,
        Problem::TooLarge => ProblemCode::TooLarge,
        Problem::NoPermission => ProblemCode::NoPermission,
        Problem::MissingFile => ProblemCode::MissingFile,
        Problem::FileChanged => ProblemCode::FileChanged,
        Problem::DeviceFault => ProblemCode::DeviceFault,
        Problem::TooManyOpenFiles => ProblemCode::TooManyOpenFiles,
        Problem::FileInUse => ProblemCode::FileInUse,
        Problem::ReaderDied => ProblemCode::ReaderDied,
        Problem::TimedOut => ProblemCode::TimedOut,
        Problem::ModelMissing => ProblemCode::ModelMissing,
        Problem::ModelWrong => ProblemCode::ModelWrong,
        Problem::IndexOfAnotherModel => ProblemCode::IndexOfAnotherModel,
        Problem::IndexDamaged => ProblemCode::IndexDamaged,
        Problem::NotReadBack => ProblemCode::NotReadBack,
        Problem::OutOfMemory => ProblemCode::OutOfMemory,
        Problem::DiskFull => ProblemCode::DiskFull,
        Problem::LibraryInUse => ProblemCode::LibraryInUse,
        Problem::LibraryNotEmpty => ProblemCode::LibraryNotEmpty,
        Problem::RestoreWaits => ProblemCode::RestoreWaits,
        Problem::BackupUnusable => ProblemCode::BackupUnusable,
        Problem::NewerAssay => ProblemCode::NewerAssay,
        Problem::FileInTheWay => ProblemCode::FileInTheWay,
        Problem::FoldersCollide => ProblemCode::FoldersCollide,
        Problem::RemoteUnreachable => ProblemCode::RemoteUnreachable,
        Problem::RemoteRefused => ProblemCode::RemoteRefused,
        Problem::RemoteHeld => ProblemCode::RemoteHeld,
        Problem::FollowsAnother => ProblemCode::FollowsAnother,
        Problem::EmptyLibrary => ProblemCode::EmptyLibrary,
        Problem::EmptyQuestion => ProblemCode::EmptyQuestion,
        Problem::BadSetting => ProblemCode::BadSetting,
        Problem::Stopped => ProblemCode::Stopped,
        Problem::Bug => ProblemCode::Bug,
    }
}
