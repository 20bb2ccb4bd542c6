//! Reads a folder of documents and counts what was found: `corpus FOLDER [--list]`.
//!
//! The folder holds `manifest.tsv` (path, source, licence, hash, bytes, kind, pages, ...) and
//! `facts.jsonl` (`path`, `page`, `must_contain`), or `expected.jsonl` (`path`, `page`,
//! `must_contain`, `expect`: text, partial, refuse, or anything else for whatever becomes of it).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use assay_domain::ReadDocument;
use assay_text::TextError;
use serde_json::Value;

/// As large as the program takes a file in by default.
const LARGEST: u64 = 256 << 20;

#[derive(Default)]
struct Row {
    files: usize,
    read: usize,
    refused: BTreeMap<&'static str, usize>,
    facts: usize,
    found: usize,
    counted: usize,
    equal: usize,
    expected: usize,
    as_expected: usize,
    slowest: f64,
}

#[allow(clippy::print_stdout)] // a report for a terminal
fn main() -> anyhow::Result<()> {
    let mut args = std::env::args().skip(1);
    let folder = PathBuf::from(args.next().ok_or_else(|| anyhow::anyhow!("usage: corpus FOLDER [--list]"))?);
    let list = args.any(|arg| arg == "--list");
    let mut expected = BTreeMap::new();
    let facts = facts(&folder, &mut expected)?;
    let mut rows: BTreeMap<String, Row> = BTreeMap::new();
    for (path, pages) in files(&folder)? {
        let group = path.split('/').next().filter(|group| *group != path).unwrap_or("-").to_owned();
        let row = rows.entry(group).or_default();
        row.files += 1;
        let size = std::fs::metadata(folder.join(&path)).map_or(0, |meta| meta.len());
        let bytes = if size > LARGEST { None } else { std::fs::read(folder.join(&path)).ok() };
        let Some(bytes) = bytes else {
            *row.refused.entry("cannot be opened or too large").or_default() += 1;
            continue;
        };
        let start = Instant::now();
        let outcome = assay_text::read(&bytes, path.rsplit('/').next().unwrap_or(&path));
        let seconds = start.elapsed().as_secs_f64();
        row.slowest = row.slowest.max(seconds);
        match &outcome {
            Ok(document) => {
                row.read += 1;
                if let Some(pages) = pages {
                    row.counted += 1;
                    row.equal += usize::from(pages == document.pages.len());
                }
            }
            Err(error) => {
                *row.refused.entry(cause(error)).or_default() += 1;
                if list {
                    println!("refused  {path}: {error}");
                }
            }
        }
        if let Some(wanted) = expected.get(&path) {
            row.expected += 1;
            let met = match wanted.as_str() {
                "text" | "partial" => outcome.is_ok(),
                "refuse" => outcome.is_err(),
                _ => true,
            };
            row.as_expected += usize::from(met);
            if list && !met {
                let became = outcome.as_ref().map_or_else(ToString::to_string, |document| document.format.clone());
                println!("not {wanted:<6} {path}: {became}");
            }
        }
        for (page, words) in facts.get(&path).into_iter().flatten() {
            row.facts += 1;
            let missing: Vec<&String> = match &outcome {
                Ok(document) => words.iter().filter(|words| !holds(document, *page, words)).collect(),
                Err(_) => words.iter().collect(),
            };
            row.found += usize::from(missing.is_empty());
            if list && !missing.is_empty() {
                println!("missed   {path} page {page:?}: {missing:?}");
            }
        }
        if list && seconds > 2.0 {
            println!("slow     {path}: {seconds:.1} s");
        }
    }
    report(&rows);
    Ok(())
}

#[allow(clippy::print_stdout)] // a report for a terminal
fn report(rows: &BTreeMap<String, Row>) {
    println!("format     files  read  facts found/all  pages equal/all  as expected  slowest s  refused");
    let mut all = Row::default();
    for (name, row) in rows {
        line(name, row);
        all.files += row.files;
        all.read += row.read;
        all.facts += row.facts;
        all.found += row.found;
        all.counted += row.counted;
        all.equal += row.equal;
        all.expected += row.expected;
        all.as_expected += row.as_expected;
        all.slowest = all.slowest.max(row.slowest);
        for (cause, count) in &row.refused {
            *all.refused.entry(cause).or_default() += count;
        }
    }
    line("all", &all);
}

#[allow(clippy::print_stdout)] // a report for a terminal
fn line(name: &str, row: &Row) {
    let refused: Vec<String> = row.refused.iter().map(|(cause, count)| format!("{count} {cause}")).collect();
    let (facts, pages) = (format!("{}/{}", row.found, row.facts), format!("{}/{}", row.equal, row.counted));
    let expected = format!("{}/{}", row.as_expected, row.expected);
    println!(
        "{name:<10} {:>5} {:>5}  {facts:>15}  {pages:>15}  {expected:>11}  {:>9.2}  {}",
        row.files,
        row.read,
        row.slowest,
        refused.join(", ")
    );
}

/// Paths in the folder with the number of pages, where it is known.
fn files(folder: &Path) -> anyhow::Result<Vec<(String, Option<usize>)>> {
    let Ok(manifest) = std::fs::read_to_string(folder.join("manifest.tsv")) else { return Ok(walk(folder)) };
    let rows = manifest.lines().skip(1).filter_map(|line| {
        let cells: Vec<&str> = line.split('\t').collect();
        let path = (*cells.first()?).to_owned();
        Some((path, cells.get(6).and_then(|pages| pages.parse().ok())))
    });
    Ok(rows.filter(|(path, _)| !path.starts_with("expected/")).collect())
}

fn walk(folder: &Path) -> Vec<(String, Option<usize>)> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(next).into_iter().flatten().flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => open.push(entry.path()),
                Ok(kind) if kind.is_file() => {
                    let path = entry.path();
                    found.extend(
                        path.strip_prefix(folder).ok().and_then(Path::to_str).map(|path| (path.to_owned(), None)),
                    );
                }
                _ => {}
            }
        }
    }
    found.sort();
    found
}

type Facts = BTreeMap<String, Vec<(Option<u64>, Vec<String>)>>;

/// What must be found, and what must become of a file where that is said.
fn facts(folder: &Path, expected: &mut BTreeMap<String, String>) -> anyhow::Result<Facts> {
    let mut facts = Facts::new();
    let lines =
        ["facts.jsonl", "expected.jsonl"].map(|name| std::fs::read_to_string(folder.join(name)).unwrap_or_default());
    for line in lines.iter().flat_map(|text| text.lines()) {
        let fact: Value = serde_json::from_str(line)?;
        let words = fact.get("must_contain").and_then(Value::as_array).into_iter().flatten();
        let words: Vec<String> = words.filter_map(Value::as_str).map(str::to_owned).collect();
        let path = fact.get("path").and_then(Value::as_str).unwrap_or_default().to_owned();
        if let Some(wanted) = fact.get("expect").and_then(Value::as_str) {
            expected.insert(path.clone(), wanted.to_owned());
        }
        if !words.is_empty() {
            facts.entry(path).or_default().push((fact.get("page").and_then(Value::as_u64), words));
        }
    }
    Ok(facts)
}

/// Whether words stand on a page, white space aside.
fn holds(document: &ReadDocument, page: Option<u64>, words: &str) -> bool {
    let bare = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    let wanted = bare(words);
    let on = document.pages.iter().filter(|row| page.is_none() || row.number.map(u64::from) == page);
    bare(&on.map(|row| row.text.as_str()).collect::<Vec<_>>().join("\n")).contains(&wanted)
}

fn cause(error: &TextError) -> &'static str {
    match error {
        TextError::Empty => "empty",
        TextError::Unsupported { .. } => "not supported",
        TextError::Damaged { .. } => "damaged",
        TextError::Encrypted { .. } => "encrypted",
        TextError::Scanned { .. } => "scanned",
        TextError::NoText { .. } => "without text",
        TextError::TooLarge { .. } => "over a limit",
        _ => "other",
    }
}
