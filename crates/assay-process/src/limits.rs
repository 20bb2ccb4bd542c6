//! What a child may use.

use std::time::Duration;

/// What a child may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Longest time from sending a request to the end of its replies.
    pub deadline_total: Duration,
    /// Longest time without a frame while the parent waits for one.
    pub deadline_quiet: Duration,
    /// Cap on the child's memory in bytes, `u64::MAX` for none. On Unix it counts address space: the program itself,
    /// the stacks of threads and what allocators reserve, so that little fits under 1 GiB. On Windows it counts
    /// committed memory.
    pub memory_bytes: u64,
    /// Most bytes of replies to one request.
    pub output_bytes: u64,
}

impl Default for Limits {
    /// 2 minutes, 30 seconds, 2 GiB, 256 MiB: enough to read one document.
    fn default() -> Self {
        Self {
            deadline_total: Duration::from_secs(120),
            deadline_quiet: Duration::from_secs(30),
            memory_bytes: 2 << 30,
            output_bytes: 256 << 20,
        }
    }
}
