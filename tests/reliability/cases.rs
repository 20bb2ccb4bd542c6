//! Cases run, passed and skipped, and every failure by name.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The results of one suite.
#[derive(Debug)]
pub struct Cases {
    suite: &'static str,
    passed: u32,
    skipped: BTreeMap<String, u32>,
    failures: Vec<String>,
    figures: Vec<String>,
}

impl Cases {
    /// A suite without results.
    pub fn new(suite: &'static str) -> Self {
        Self { suite, passed: 0, skipped: BTreeMap::new(), failures: Vec::new(), figures: Vec::new() }
    }

    /// Records a case. Prints a failure immediately, because a long suite may be interrupted.
    pub fn check(&mut self, name: &str, outcome: Result<(), String>) {
        match outcome {
            Ok(()) => self.passed += 1,
            Err(why) => {
                println!("  failed: {name}: {why}");
                self.failures.push(format!("{name}: {why}"));
            }
        }
    }

    /// Records a case that cannot run on this machine.
    pub fn skip(&mut self, reason: &str) {
        *self.skipped.entry(reason.to_owned()).or_default() += 1;
    }

    /// Records a figure.
    pub fn figure(&mut self, words: String) {
        println!("  {words}");
        self.figures.push(words);
    }

    /// Number of cases with an outcome.
    pub fn run(&self) -> u32 {
        self.passed + self.failures.len() as u32
    }

    /// Number of failed cases.
    pub fn failed(&self) -> usize {
        self.failures.len()
    }

    /// Whether at least one case ran and none failed.
    pub fn are_good(&self) -> bool {
        self.failures.is_empty() && self.run() > 0
    }

    /// The summary: counts, figures and failures.
    pub fn closing(&self) -> String {
        let skipped: u32 = self.skipped.values().sum();
        let reasons: Vec<String> = self.skipped.iter().map(|(why, count)| format!("{count} {why}")).collect();
        let reasons = if reasons.is_empty() { String::new() } else { format!(" ({})", reasons.join("; ")) };
        let (suite, run, passed) = (self.suite, self.run(), self.passed);
        let mut lines = format!("{suite}: {run} cases run, {passed} passed, {skipped} skipped{reasons}");
        for figure in &self.figures {
            let _ = write!(lines, "\n  {figure}");
        }
        for failure in &self.failures {
            let _ = write!(lines, "\n  failed: {failure}");
        }
        lines
    }
}
