//! The reliability suites: each drives the `assay` program through crashes, damage, hostile files or
//! load, and checks its exit status and JSON.
#![allow(clippy::print_stdout, missing_docs, reason = "a command prints its findings, and its modules are internal")]

mod options;
mod cases;
mod chance;
mod process;
mod library;
mod originals;
mod limits;
mod corpus;
mod hostile;
mod mutants;
mod kills;
mod writes;
mod damage;
mod cycles;
mod large;
mod follow;
mod saves;
mod foreign;
mod lives;
mod backup;
pub mod store;
mod remote;

use std::process::ExitCode;
use std::time::Instant;

pub use cases::Cases;
pub use options::Options;

type Suite = fn(&Options) -> Result<Cases, String>;

/// Name, argument, options and function of each suite.
pub const SUITES: [(&str, &str, &[&str], Suite); 14] = [
    ("corpus", "FOLDER", &[], corpus::corpus),
    ("hostile", "FOLDER", &["flood"], hostile::hostile),
    ("mutants", "FOLDER", &["count", "seed"], mutants::mutants),
    ("kills", "", &["count", "seed"], kills::kills),
    ("writes", "", &["stride", "jobs", "from", "errors"], writes::writes),
    ("damage", "", &["count", "seed"], damage::damage),
    ("cycles", "", &["count"], cycles::cycles),
    ("large", "", &["scale", "files", "mebibytes", "piece", "pages"], large::large),
    ("watch", "", &["events", "seed", "still", "only"], follow::watch),
    ("foreign", "", &[], foreign::foreign),
    ("saves", "", &["chunks", "count"], saves::saves),
    ("lives", "", &["looks", "still", "every", "only"], lives::lives),
    ("backup", "", &["count", "questions", "kills", "seed"], backup::backup),
    ("remote", "", &["documents", "races", "kills", "questions", "seed"], remote::remote),
];

/// Runs a suite.
pub fn run(name: &str, options: &Options) -> Result<Cases, String> {
    let (.., suite) = SUITES.iter().find(|suite| suite.0 == name).ok_or_else(usage)?;
    suite(options)
}

/// `reliability SUITE [FOLDER] [--option NUMBER]...`
pub fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let Some((name, rest)) = words.split_first() else {
        eprintln!("{}", usage());
        return ExitCode::from(2);
    };
    let known = SUITES.iter().find(|suite| suite.0 == name).map(|suite| suite.2);
    let options = known.ok_or_else(usage).and_then(|known| Options::parse(rest, known));
    let options = match options {
        Ok(options) => options,
        Err(why) => {
            eprintln!("reliability {name}: {why}");
            return ExitCode::from(2);
        }
    };
    let begun = Instant::now();
    match run(name, &options) {
        Ok(cases) => {
            println!("\n{}\n  {:.0} s", cases.closing(), begun.elapsed().as_secs_f64());
            if cases.are_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(why) => {
            println!("\n{name}: stopped early: {why}");
            ExitCode::FAILURE
        }
    }
}

fn usage() -> String {
    let lines = SUITES.iter().map(|(name, folder, options, _)| {
        let options: Vec<String> = options.iter().map(|option| format!("[--{option} N]")).collect();
        format!("  reliability {name} {folder} {}", options.join(" "))
    });
    format!("which suite?\n{}", lines.collect::<Vec<_>>().join("\n"))
}
