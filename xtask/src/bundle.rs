//! Builds an installable package.

use crate::setup::{self, For};
use crate::shell::{Built, Fallible, build, command, must, target};

/// Tauri's bundler on npm.
const BUNDLER: &str = "@tauri-apps/cli@^2.10";

/// Packages the debug build with the shipped weights and the sample library. The debug profile optimises
/// arithmetic fully, so a release build would only compile everything again.
pub fn bundle() -> Fallible {
    setup::setup(For::Running)?;
    build(Built::Programs)?;
    let kind = match std::env::consts::OS {
        "linux" => "deb",
        "macos" => "dmg",
        _ => "nsis",
    };
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let mut bundler = command(npm);
    bundler.args(["exec", "--yes", "--package", BUNDLER, "--", "tauri", "bundle", "--debug", "--bundles", kind]);
    must(&mut bundler)?;
    println!("The package is in {}", target().join("debug").join("bundle").join(kind).display());
    Ok(())
}
