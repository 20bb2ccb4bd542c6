//! A process together with the processes that it starts: a process group on Unix, a job on Windows.

use std::io;
use std::process::{ExitStatus, Stdio};

use tokio::process::{ChildStderr, ChildStdin, ChildStdout, Command};

/// A running process that can be killed with all that it started. Dropping it kills the process itself, on Windows also
/// what it started.
#[derive(Debug)]
pub(crate) struct ProcessGroup {
    #[cfg(unix)]
    leader: tokio::process::Child,
    #[cfg(windows)]
    job: Box<dyn process_wrap::tokio::ChildWrapper>,
}

/// The pipes to a process.
pub(crate) struct Pipes {
    pub(crate) stdin: ChildStdin,
    pub(crate) stdout: ChildStdout,
    pub(crate) stderr: ChildStderr,
}

impl ProcessGroup {
    /// Starts the command with pipes for its standard streams.
    pub(crate) fn spawn(mut command: Command) -> io::Result<(Self, Pipes)> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut group = Self::start(command)?;
        let pipes = group.take_pipes().ok_or_else(|| io::Error::other("it has no standard streams"))?;
        Ok((group, pipes))
    }
}

#[cfg(unix)]
impl ProcessGroup {
    fn start(mut command: Command) -> io::Result<Self> {
        Ok(Self { leader: command.kill_on_drop(true).process_group(0).spawn()? })
    }

    fn take_pipes(&mut self) -> Option<Pipes> {
        let Self { leader } = self;
        Some(Pipes { stdin: leader.stdin.take()?, stdout: leader.stdout.take()?, stderr: leader.stderr.take()? })
    }

    /// The process id, until the process was waited for.
    pub(crate) fn id(&self) -> Option<u32> {
        self.leader.id()
    }

    /// Waits for the end of the process itself, not of what it started.
    pub(crate) async fn wait(&mut self) -> io::Result<ExitStatus> {
        self.leader.wait().await
    }

    /// Kills the group. Does nothing once the process was waited for, because its id may belong to another one by then.
    pub(crate) fn kill(&mut self) {
        use rustix::process::{Pid, Signal, kill_process_group};
        if let Some(group) = self.id().and_then(|id| Pid::from_raw(id.cast_signed())) {
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.leader.start_kill();
    }
}

#[cfg(windows)]
impl ProcessGroup {
    fn start(command: Command) -> io::Result<Self> {
        use process_wrap::tokio::{CommandWrap, CreationFlags, JobObject, KillOnDrop};
        use windows::Win32::System::Threading::CREATE_NO_WINDOW;
        let mut command = CommandWrap::from(command);
        command.wrap(KillOnDrop).wrap(CreationFlags(CREATE_NO_WINDOW)).wrap(JobObject);
        Ok(Self { job: command.spawn()? })
    }

    fn take_pipes(&mut self) -> Option<Pipes> {
        let Self { job } = self;
        Some(Pipes { stdin: job.stdin().take()?, stdout: job.stdout().take()?, stderr: job.stderr().take()? })
    }

    /// The process id, until the process was waited for.
    pub(crate) fn id(&self) -> Option<u32> {
        self.job.id()
    }

    /// Waits for the end of the process itself. The job's own `wait` also waits for what the process started.
    pub(crate) async fn wait(&mut self) -> io::Result<ExitStatus> {
        self.job.inner_mut().wait().await
    }

    /// Kills every process of the job.
    pub(crate) fn kill(&mut self) {
        let _ = self.job.start_kill();
    }
}
