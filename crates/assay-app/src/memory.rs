//! Memory of this process, in bytes; 0 where the system does not report it.

/// Resident size now.
pub fn resident() -> u64 {
    status("VmRSS:")
}

/// Largest resident size so far.
pub fn peak() -> u64 {
    status("VmHWM:")
}

/// A line of `/proc/self/status`.
fn status(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kibibytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kibibytes.map_or(0, |kibibytes| kibibytes << 10)
}
