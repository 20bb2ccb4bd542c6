//! An installable package.

use crate::setup::{self, For};
use crate::shell::{Fallible, build, command, must, target};

/// Tauri's own bundler, from npm.
const BUNDLER: &str = "@tauri-apps/cli@^2.10";

/// Packs what the other tasks build, with the shipped weights and the sample library: arithmetic
/// is at its full optimisation there, and nothing is compiled a second time for it.
pub fn bundle() -> Fallible {
    setup::setup(For::Running)?;
    build()?;
    let kind = match std::env::consts::OS {
        "linux" => "deb",
        "macos" => "dmg",
        _ => "nsis",
    };
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let mut bundler = command(npm);
    bundler.args(["exec", "--yes", "--package", BUNDLER, "--", "tauri", "bundle", "--debug", "--bundles", kind]);
    must(&mut bundler)?;
    println!("The package lies under {}", target().join("debug").join("bundle").join(kind).display());
    Ok(())
}
