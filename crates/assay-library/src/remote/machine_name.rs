//! The name of this machine, for people.

use std::fs;
use std::process::Command;

/// The name of this machine, as its system tells it.
pub fn machine_name() -> String {
    let of_file = || fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let of_environment = || std::env::var("COMPUTERNAME").ok();
    let of_command = || {
        let output = Command::new("hostname").output().ok()?;
        String::from_utf8(output.stdout).ok()
    };
    let name = of_file().or_else(of_environment).or_else(of_command).unwrap_or_default();
    let name: String = name.trim().chars().filter(|c| !c.is_control()).take(60).collect();
    if name.is_empty() { "a machine without a name".to_owned() } else { name }
}
