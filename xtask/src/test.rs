//! Runs every test; fails if a suite ran no test.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::setup::{self, For};
use crate::shell::{Built, Fallible, build, cargo, command, must, npm};

/// Every suite, by the name of its program. Each must run at least one test.
const SUITES: [&str; 24] = [
    "assay_domain",
    "assay_text",
    "assay_pipeline",
    "assay_contract",
    "assay_encoder",
    "sentence_vectors",
    "protocol",
    "assay_index",
    "assay_catalogue",
    "assay_answer",
    "assay_process",
    "children",
    "assay_files",
    "assay_models",
    "assay_library",
    "assay_app",
    "assay_server",
    "assay",
    "assay_desktop",
    "assay_tests",
    "tidy",
    "end_to_end",
    "reliability",
    "window",
];

/// Builds, then tests the screen and every crate; `arguments` go to `cargo test`.
pub fn test(arguments: &[String]) -> Fallible {
    setup::setup(For::Tests)?;
    build(Built::Everything)?;
    setup::models()?;
    must(npm().args(["run", "test"]))?;
    if chromium() {
        must(npm().args(["run", "test:browser"]))?;
    } else {
        println!("No Chromium found: the checks of the screen in a browser are skipped.");
    }

    println!("$ cargo test --workspace --no-fail-fast");
    // Cargo names each suite on stderr and the suite reports on stdout; a shared pipe keeps the order.
    let mut child = command("sh");
    child.args(["-c", "exec \"$0\" \"$@\" 2>&1"]).arg(cargo().get_program());
    child.args(["test", "--workspace", "--no-fail-fast"]).args(arguments).stdout(Stdio::piped());
    let mut child = child.spawn()?;
    let mut counts = Counts::default();
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).lines() {
            let line = line?;
            println!("{line}");
            counts.read(&line);
        }
    }
    let status = child.wait()?;
    println!("\n{} passed, {} failed", counts.passed, counts.failed);
    if !status.success() {
        return Err(format!("cargo test ended with {status}").into());
    }
    if arguments.is_empty() { counts.all_ran() } else { Ok(()) }
}

/// Whether Chromium is installed: at the path in `CHROMIUM`, or where Debian and Ubuntu install it.
fn chromium() -> bool {
    let named = std::env::var_os("CHROMIUM").map(std::path::PathBuf::from);
    named.unwrap_or_else(|| "/usr/bin/chromium".into()).is_file()
}

#[derive(Default)]
struct Counts {
    passed: u32,
    failed: u32,
    suite: String,
    ran: Vec<String>,
}

impl Counts {
    fn read(&mut self, line: &str) {
        let line = line.trim();
        if line.starts_with("Running ") {
            let program = line.rsplit(['/', '\\']).next().unwrap_or_default();
            self.suite = program.rsplit_once('-').map_or(program, |(name, _)| name).to_owned();
        }
        let Some(result) = line.strip_prefix("test result: ") else { return };
        let number = |word: &str| -> u32 {
            let before = result.split(word).next().unwrap_or_default().trim_end();
            before.rsplit(' ').next().and_then(|count| count.parse().ok()).unwrap_or(0)
        };
        let (passed, failed) = (number(" passed"), number(" failed"));
        self.passed += passed;
        self.failed += failed;
        if passed + failed > 0 {
            self.ran.push(self.suite.clone());
        }
    }

    fn all_ran(&self) -> Fallible {
        let idle: Vec<&str> = SUITES.into_iter().filter(|suite| !self.ran.iter().any(|ran| ran == suite)).collect();
        if idle.is_empty() { Ok(()) } else { Err(format!("these suites ran no test: {}", idle.join(", ")).into()) }
    }
}
