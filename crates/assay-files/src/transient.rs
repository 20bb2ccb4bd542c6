//! Transient faults: errors of the system that say nothing about the file, so that the same file may be read
//! a little later. Any other error is taken to be the file's own.

use std::io;

use assay_domain::Problem;

/// The problem of a transient error.
pub(crate) fn problem_of(error: &io::Error) -> Option<Problem> {
    named(error)
}

/// The problem of a child process that could not be started: no more processes or memory is transient, too.
pub(crate) fn problem_of_start(error: &io::Error) -> Option<Problem> {
    let full = matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::OutOfMemory);
    if full { Some(Problem::TooManyOpenFiles) } else { named(error) }
}

#[cfg(unix)]
fn named(error: &io::Error) -> Option<Problem> {
    use rustix::io::Errno;
    match Errno::from_io_error(error)? {
        Errno::MFILE | Errno::NFILE => Some(Problem::TooManyOpenFiles),
        Errno::BUSY | Errno::TXTBSY | Errno::AGAIN | Errno::DEADLK => Some(Problem::FileInUse),
        Errno::IO | Errno::STALE | Errno::NXIO | Errno::NODEV | Errno::TIMEDOUT => Some(Problem::DeviceFault),
        Errno::HOSTDOWN | Errno::HOSTUNREACH | Errno::NETDOWN | Errno::NETUNREACH => Some(Problem::DeviceFault),
        Errno::NOTCONN | Errno::CONNRESET | Errno::CONNABORTED => Some(Problem::DeviceFault),
        _ => None,
    }
}

/// Codes of `winerror.h`.
#[cfg(windows)]
fn named(error: &io::Error) -> Option<Problem> {
    match error.raw_os_error()? {
        // ERROR_TOO_MANY_OPEN_FILES
        4 => Some(Problem::TooManyOpenFiles),
        // ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION
        32 | 33 => Some(Problem::FileInUse),
        // ERROR_NOT_READY, ERROR_CRC, ERROR_GEN_FAILURE, ERROR_REM_NOT_LIST, ERROR_BAD_NETPATH, ERROR_DEV_NOT_EXIST,
        // ERROR_NETNAME_DELETED, ERROR_SEM_TIMEOUT, ERROR_IO_DEVICE, ERROR_DEVICE_NOT_CONNECTED
        21 | 23 | 31 | 51 | 53 | 55 | 64 | 121 | 1117 | 1167 => Some(Problem::DeviceFault),
        _ => None,
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::io;

    use assay_domain::{Failure, Problem};
    use rustix::io::Errno;

    use super::{problem_of, problem_of_start};
    use crate::error::FilesError;

    #[test]
    fn errors_of_the_system_are_transient_or_of_the_file() {
        let cases = [
            (Errno::IO, Some(Problem::DeviceFault)),
            (Errno::STALE, Some(Problem::DeviceFault)),
            (Errno::MFILE, Some(Problem::TooManyOpenFiles)),
            (Errno::NFILE, Some(Problem::TooManyOpenFiles)),
            (Errno::BUSY, Some(Problem::FileInUse)),
            (Errno::NOENT, None),
            (Errno::ACCESS, None),
            (Errno::INVAL, None),
        ];
        for (number, wanted) in cases {
            let error = io::Error::from(number);
            assert_eq!(problem_of(&error), wanted, "{error}");
            let failure = Failure::from(FilesError::FileNotRead { name: "a.txt".into(), source: error });
            assert_eq!(failure.problem, wanted.unwrap_or(Problem::UnreadableFile), "the row shows it");
            assert_eq!(failure.problem.is_passing(), wanted.is_some());
        }
        assert_eq!(problem_of_start(&io::Error::from(Errno::AGAIN)), Some(Problem::TooManyOpenFiles));
        assert_eq!(problem_of_start(&io::Error::from(Errno::NOENT)), None);
    }
}
