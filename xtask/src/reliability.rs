//! The reliability suites, which take from minutes to hours, and how fast the real window is.

use crate::setup::{self, For};
use crate::shell::{Fallible, build, built, command, must};

/// Builds, then runs one suite, or `window [ROWS]`, with the arguments.
pub fn reliability(arguments: &[String]) -> Fallible {
    setup::setup(For::Tests)?;
    build()?;
    setup::models()?;
    match arguments {
        [suite, rest @ ..] if suite == "window" => must(command(built("ui_speed")).args(rest)),
        _ => must(command(built("reliability")).args(arguments)),
    }
}
