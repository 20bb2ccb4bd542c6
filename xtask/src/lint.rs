//! Checks formatting, lints and licences.

use crate::shell::{Fallible, cargo, must, npm, target, works};

/// The version of cargo-deny that `deny.toml` is written for.
const DENY: &str = "0.20.2";

/// Runs all checks.
pub fn lint() -> Fallible {
    must(cargo().args(["fmt", "--all", "--check"]))?;
    clippy()?;
    must(npm().args(["run", "check"]))?;
    must(npm().args(["run", "lint"]))?;
    deny()
}

/// Runs Clippy as the compiler of the workspace's crates in an ordinary build. This reuses the compiled
/// dependencies; `cargo clippy` would check all of them again.
fn clippy() -> Fallible {
    let mut build = cargo();
    build.args(["build", "--workspace", "--all-targets"]);
    must(build.env("RUSTC_WORKSPACE_WRAPPER", "clippy-driver").env("CLIPPY_ARGS", "-Dwarnings"))
}

/// Checks licences, bans and sources. Advisories are left out, because their database needs the network;
/// `cargo deny check advisories` checks them.
fn deny() -> Fallible {
    let tools = target().join("tools");
    let program = tools.join("bin").join("cargo-deny");
    if !works(std::process::Command::new(&program).arg("--version")) {
        let mut install = cargo();
        install.args(["install", "cargo-deny", "--debug", "--locked", "--version", DENY, "--root"]).arg(&tools);
        must(install.env("CARGO_TARGET_DIR", tools.join("build")))?;
    }
    must(crate::shell::command(program).args(["check", "licenses", "bans", "sources"]))
}
