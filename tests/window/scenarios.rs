//! Runs, counts and names scenarios. The others run after one fails.

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use crate::driver::Driver;

#[derive(Default)]
pub struct Scenarios {
    run: usize,
    failed: Vec<String>,
}

impl Scenarios {
    /// Runs a scenario; closes open dialogs after a failure.
    pub fn run(&mut self, name: &str, window: &Driver, scenario: impl FnOnce(&Driver)) {
        let passed = self.check(name, || scenario(window));
        if !passed {
            let _ = catch_unwind(AssertUnwindSafe(|| window.keys(&["Escape", "Escape", "Escape"])));
        }
    }

    /// Runs a scenario that needs no window. Returns whether it passed.
    pub fn check(&mut self, name: &str, scenario: impl FnOnce()) -> bool {
        let begun = Instant::now();
        let passed = catch_unwind(AssertUnwindSafe(scenario)).is_ok();
        self.run += 1;
        let word = if passed { "passed" } else { "FAILED" };
        say(&format!("window scenario {word}: {name} ({:.1} s)", begun.elapsed().as_secs_f64()));
        if !passed {
            self.failed.push(name.to_owned());
        }
        passed
    }

    /// Prints the summary; panics if a scenario failed.
    pub fn end(self) {
        say(&format!("window scenarios: {} run, {} passed", self.run, self.run - self.failed.len()));
        assert!(self.failed.is_empty(), "these scenarios failed: {:?}", self.failed);
    }
}

/// Prints to stderr directly, because the test harness captures what passing tests print.
pub fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
