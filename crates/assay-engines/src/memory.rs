//! How the memory of a program is kept.

/// Heaps that all threads share.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const HEAPS: i32 = 2;

/// glibc gives threads heaps of their own, up to eight for each processor, and each keeps most of what
/// it once needed. The index works on many threads, so a long ingest ended at several times the memory
/// that it used. For a host, first of all.
pub fn share_heaps() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: it sets a number that threads read when they first allocate.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, HEAPS);
    }
}
