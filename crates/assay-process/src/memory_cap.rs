//! The cap on the memory of the process itself.

use std::io;

/// Caps the memory of this process and of what it starts, each by itself, and keeps it from writing a core file, which
/// would hold text of the user's documents. A cap of `u64::MAX` is none.
///
/// # Errors
/// Those of the system, and `Unsupported` on macOS, which accepts the limit and does not hold to it.
#[cfg(unix)]
pub(crate) fn limit_memory(bytes: u64) -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = |most: u64| Rlimit { current: Some(most), maximum: Some(most) };
    let ceiling = getrlimit(Resource::As).maximum.map_or(bytes, |ceiling| ceiling.min(bytes));
    setrlimit(Resource::As, limit(ceiling))?;
    setrlimit(Resource::Core, limit(0))?;
    if cfg!(target_vendor = "apple") { Err(io::ErrorKind::Unsupported.into()) } else { Ok(()) }
}

/// Puts this process into a job whose processes may each commit so many bytes. A cap of `u64::MAX` is none.
///
/// # Errors
/// Those of the system.
#[cfg(windows)]
pub(crate) fn limit_memory(bytes: u64) -> io::Result<()> {
    use windows::Win32::System::JobObjects::{
        AssignProcessToJobObject, CreateJobObjectW, JOB_OBJECT_LIMIT_PROCESS_MEMORY,
        JOBOBJECT_EXTENDED_LIMIT_INFORMATION, JobObjectExtendedLimitInformation, SetInformationJobObject,
    };
    use windows::Win32::System::Threading::GetCurrentProcess;

    if bytes == u64::MAX {
        return Ok(());
    }
    let mut limits = JOBOBJECT_EXTENDED_LIMIT_INFORMATION::default();
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_PROCESS_MEMORY;
    limits.ProcessMemoryLimit = usize::try_from(bytes).unwrap_or(usize::MAX);
    // SAFETY: `limits` outlives the call that reads it, and the size is its own. The job's handle is never closed, so it
    // is valid for both calls; the system closes it with the process.
    unsafe {
        let job = CreateJobObjectW(None, None)?;
        SetInformationJobObject(
            job,
            JobObjectExtendedLimitInformation,
            (&raw const limits).cast(),
            size_of_val(&limits) as u32,
        )?;
        AssignProcessToJobObject(job, GetCurrentProcess())?;
    }
    Ok(())
}
