//! Runs the reliability suites, which take minutes to hours, and measures the speed of the real window.

use crate::setup::{self, For};
use crate::shell::{Built, Fallible, build, built, command, must};

/// Builds everything, then runs one suite or `window [ROWS]`.
pub fn reliability(arguments: &[String]) -> Fallible {
    setup::setup(For::Tests)?;
    build(Built::Everything)?;
    setup::models()?;
    match arguments {
        [suite, rest @ ..] if suite == "window" => must(command(built("ui_speed")).args(rest)),
        _ => must(command(built("reliability")).args(arguments)),
    }
}
