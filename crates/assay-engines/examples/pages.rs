//! Reads every PDF of a folder of documents (`manifest.tsv`, `facts.jsonl` and the files they name) as
//! an ingest does, and says how each came out: state, page rows against the page tree, facts found.
//!
//! `cargo run -p assay-engines --example pages -- FOLDER [--no-ocr] [--only PART_OF_PATH] [--rows]`
#![allow(clippy::print_stdout, reason = "a command prints its findings")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use assay_domain::socket::{Reader, Source};
use assay_domain::{Failure, ReadDocument};
use assay_engines::{ChildReader, OcrSettings};
use assay_worker::WorkerCommand;
use serde_json::Value;

type Outcomes = BTreeMap<String, Result<ReadDocument, Failure>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some("worker") => assay_engines::serve_worker("read"),
        Some(folder) => {
            let Ok(runtime) = tokio::runtime::Runtime::new() else { return ExitCode::FAILURE };
            runtime.block_on(measure(Path::new(folder), &arguments));
            ExitCode::SUCCESS
        }
        None => {
            eprintln!("which folder of documents?");
            ExitCode::from(2)
        }
    }
}

async fn measure(folder: &Path, arguments: &[String]) {
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    let only = arguments.iter().skip_while(|argument| *argument != "--only").nth(1);
    let reader = ChildReader {
        command: WorkerCommand {
            program: std::env::current_exe().expect("this program has a path"),
            args: vec!["worker".into(), "read".into()],
            env: Vec::new(),
        },
        time: Duration::from_secs(120),
        memory: 2 << 30,
        largest: 256 << 20,
        ocr: (!has("--no-ocr")).then(OcrSettings::default),
    };
    let manifest = std::fs::read_to_string(folder.join("manifest.tsv")).expect("the folder has a manifest.tsv");
    let rows: Vec<Vec<&str>> = manifest.lines().skip(1).map(|line| line.split('\t').collect()).collect();
    let wanted =
        |row: &&Vec<&str>| row[0].starts_with("pdf/") && only.is_none_or(|only| row[0].contains(only.as_str()));
    let begun = Instant::now();
    let mut outcomes = Outcomes::new();
    for row in rows.iter().filter(wanted) {
        let path = folder.join(row[0]);
        let source = Source { path: path.to_string_lossy().into_owned(), name: row[0].to_owned() };
        let at = Instant::now();
        let outcome = reader.read(&source).await;
        if at.elapsed() > Duration::from_secs(20) {
            println!("slow: {} took {:.0} s", row[0], at.elapsed().as_secs_f64());
        }
        if has("--rows") {
            print_rows(row[0], &outcome);
        }
        outcomes.insert(row[0].to_owned(), outcome);
    }
    states(&outcomes);
    page_rows(&outcomes, &rows);
    extractors(&outcomes);
    facts(&outcomes, &folder.join("facts.jsonl"));
    println!("seconds: {:.1}", begun.elapsed().as_secs_f64());
}

fn print_rows(name: &str, outcome: &Result<ReadDocument, Failure>) {
    let Ok(document) = outcome else { return };
    for row in document.page_rows() {
        let number = row.number.unwrap_or_default();
        let (extractor, outcome) = (row.extractor.as_str(), row.outcome.as_str());
        let reason = row.outcome.reason().unwrap_or_default();
        println!("row: {name} {number} {extractor} {} {:?} {outcome} {reason}", row.characters, row.confidence);
    }
}

fn states(outcomes: &Outcomes) {
    let mut failed: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (name, outcome) in outcomes {
        if let Err(failure) = outcome {
            failed.entry(failure.problem.as_str()).or_default().push(format!("{name}: {}", failure.message));
        }
    }
    let refused: usize = failed.values().map(Vec::len).sum();
    println!("files: {}, read {}, refused {refused}", outcomes.len(), outcomes.len() - refused);
    for (problem, names) in failed {
        println!("  {problem}: {}", names.len());
        names.iter().for_each(|name| println!("    {name}"));
    }
}

/// Against the page tree as the manifest counts it, file by file.
fn page_rows(outcomes: &Outcomes, rows: &[Vec<&str>]) {
    let (mut same, mut counted, mut whole) = (0, 0, 0);
    for row in rows {
        let Some(Ok(document)) = outcomes.get(row[0]) else { continue };
        let numbered = document.pages.iter().zip(1..).all(|(page, number)| page.number == Some(number));
        let Ok(pages) = row[6].parse::<usize>() else {
            println!("  not counted in the manifest: {} has {} rows", row[0], document.pages.len());
            continue;
        };
        counted += 1;
        whole += document.pages.len();
        if numbered && pages == document.pages.len() {
            same += 1;
        } else {
            println!("  differs: {} ({}) has {} rows for {pages} pages", row[0], row[5], document.pages.len());
        }
    }
    println!("page rows = page count: {same}/{counted} files ({whole} pages)");
}

fn extractors(outcomes: &Outcomes) {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for page in outcomes.values().flatten().flat_map(|document| &document.pages) {
        *counts.entry(format!("{} {}", page.extractor.as_str(), page.outcome.as_str())).or_default() += 1;
    }
    println!("pages by extractor and outcome: {counts:?}");
}

fn facts(outcomes: &Outcomes, file: &Path) {
    let facts = std::fs::read_to_string(file).expect("the folder has a facts.jsonl");
    let mut counts: BTreeMap<bool, (usize, usize)> = BTreeMap::new();
    for fact in facts.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
        let Some(outcome) = fact["path"].as_str().and_then(|path| outcomes.get(path)) else { continue };
        let recognised = fact["about"] == "needs recognition";
        let wanted: Vec<String> =
            fact["must_contain"].as_array().into_iter().flatten().filter_map(Value::as_str).map(bare).collect();
        let page = fact["page"].as_u64().map(|page| page as u32);
        let text: String = outcome
            .iter()
            .flat_map(|document| &document.pages)
            .filter(|read| page.is_none() || read.number == page)
            .map(|page| bare(&page.text))
            .collect();
        let missing: Vec<&String> = wanted.iter().filter(|words| !text.contains(words.as_str())).collect();
        let (found, all) = counts.entry(recognised).or_default();
        *all += 1;
        *found += usize::from(missing.is_empty());
        if !missing.is_empty() {
            println!("  missing: {} page {page:?} ({}): {missing:?}", fact["path"], fact["about"]);
        }
    }
    for (recognised, (found, all)) in counts {
        println!("facts{}: {found}/{all}", if recognised { " that need recognition" } else { "" });
    }
}

/// Without white space, which is all that extractors may differ in.
fn bare(text: &str) -> String {
    text.split_whitespace().collect()
}
