//! Formatting, lints and licences.

use crate::shell::{Fallible, cargo, must, npm, target, works};

/// cargo-deny as it was when these checks were written.
const DENY: &str = "0.20.2";

/// Runs them all.
pub fn lint() -> Fallible {
    must(cargo().args(["fmt", "--all", "--check"]))?;
    clippy()?;
    must(npm().args(["run", "check"]))?;
    must(npm().args(["run", "lint"]))?;
    deny()
}

/// Clippy as the compiler of our own crates in an ordinary build: the dependencies that the tests
/// were built with serve it too, where `cargo clippy` would check all of them once more.
fn clippy() -> Fallible {
    let mut build = cargo();
    build.args(["build", "--workspace", "--all-targets"]);
    must(build.env("RUSTC_WORKSPACE_WRAPPER", "clippy-driver").env("CLIPPY_ARGS", "-Dwarnings"))
}

/// Licences, bans and sources. Advisories need a database from the network: `cargo deny check
/// advisories` where there is one.
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
