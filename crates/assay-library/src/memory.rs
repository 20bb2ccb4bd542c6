//! The heaps of a front end.

/// Number of heaps for all threads.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const HEAPS: i32 = 2;

/// Limits the number of heaps; a front end calls it before anything else. By default glibc gives threads
/// heaps of their own, up to eight per processor, and each keeps most of the memory that it once needed. The
/// index works on many threads, so a long ingest would end with several times the memory that it uses.
pub fn share_heaps() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: mallopt sets a number that threads read when they first allocate.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, HEAPS);
    }
}
