//! Memory and disk space of this machine.

use std::path::Path;

/// Free bytes on the disk of a folder, which need not exist; `None` if the system does not say.
pub fn disk_free(folder: &Path) -> Option<u64> {
    folder.ancestors().find(|folder| folder.is_dir()).and_then(|folder| fs2::available_space(folder).ok())
}

/// Bytes of main memory; `None` if the system does not say.
pub fn memory() -> Option<u64> {
    if cfg!(target_os = "linux") {
        return kibibytes(&std::fs::read_to_string("/proc/meminfo").ok()?, "MemTotal:");
    }
    if cfg!(target_os = "macos") {
        let output = std::process::Command::new("/usr/sbin/sysctl").args(["-n", "hw.memsize"]).output().ok()?;
        return String::from_utf8(output.stdout).ok()?.trim().parse().ok();
    }
    None
}

fn kibibytes(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|size| size << 10)
}
