//! The `corpus` suite: ingests labelled documents and checks that every file ends in a named state,
//! every page of a readable PDF has a row, and the labelled facts are found.
//!
//! The folder holds `manifest.tsv` (path, source, licence, hash, bytes, kind, pages, ...) and
//! `facts.jsonl` (`path`, `page`, `must_contain`, `about`).

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::cases::Cases;
use super::library::{array, named, text, utf8};
use super::limits::Limits;
use super::options::Options;
use super::originals::Originals;
use crate::Library;

/// Least share of facts that must be found.
const FOUND: f64 = 0.98;
/// Least share of characters for which a string that needs OCR counts as found.
const RECOGNISED: f64 = 0.80;
/// The kinds whose page count does not depend on the reader.
const COUNTED: [&str; 3] = ["ordinary", "cjk", "scanned"];

struct Row {
    path: String,
    kind: String,
    pages: Option<u64>,
}

/// `corpus FOLDER`
pub fn corpus(options: &Options) -> Result<Cases, String> {
    let folder = options.folder()?;
    let mut cases = Cases::new("corpus");
    let rows = manifest(&folder)?;
    let originals = Originals::record(&folder);
    let limits = Limits::ordinary();
    let library = Library::quick(&limits.settings());
    let ended = library.watched(&["ingest", utf8(&folder)]);
    ended.survived()?;
    let reply = ended.rows()?;
    let files: BTreeMap<&str, &Value> = array(&reply, "files").iter().map(|file| (text(file, "path"), file)).collect();
    cases.figure(format!("{} files in {:.0} s: {}", files.len(), ended.seconds, reply["counts"]));
    cases.figure(ended.foretold());
    limits.hold(&ended, &mut cases);
    for row in &rows {
        let path = folder.join(&row.path);
        let file = files.get(path.to_string_lossy().as_ref());
        let outcome = file.map_or_else(|| Err("it has no row".to_owned()), |file| named(file));
        cases.check(&format!("state of {}", row.path), outcome);
        if let (Some(file), Some(pages)) = (file, row.pages.filter(|_| COUNTED.contains(&row.kind.as_str())))
            && row.path.starts_with("pdf/")
        {
            counted(file, pages, &path, &mut cases);
        }
    }
    found(&library, &folder, &files, &mut cases)?;
    cases.check("catalogue and index", library.agrees(true));
    originals.compare(&mut cases);
    Ok(cases)
}

/// Checks that each page has a row, in order. A refused PDF has no rows and is skipped with the reason.
fn counted(file: &Value, pages: u64, path: &Path, cases: &mut Cases) {
    let name = format!("pages of {}", path.display());
    if text(file, "state") != "committed" {
        let why = text(file, "reason");
        cases.figure(format!("not read, no page rows: {}: {why}", path.display()));
        let why = if why.contains("no text") { "hold no text" } else { text(file, "problem") };
        return cases.skip(&format!("PDFs without page rows: {why}"));
    }
    let rows = array(file, "page_rows");
    let numbered = rows.iter().zip(1u64..).all(|(row, number)| row["number"].as_u64() == Some(number));
    if numbered && rows.len() as u64 != pages && Some(rows.len()) == pages_in(path) {
        return cases.skip("PDF whose page tree claims more pages than the file holds");
    }
    let outcome =
        if numbered && rows.len() as u64 == pages { Ok(()) } else { Err(format!("{} rows for {pages}", rows.len())) };
    cases.check(&name, outcome);
}

/// The number of page objects in a PDF; `None` if it has object streams, which are compressed.
fn pages_in(path: &Path) -> Option<usize> {
    let bytes = fs::read(path).ok()?;
    let words: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    let of_kind = words.match_indices("/Type").filter(|(at, _)| {
        let kind = words[at + 5..].trim_start();
        kind.strip_prefix("/Page").is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
    });
    (!words.contains("/ObjStm")).then(|| of_kind.count())
}

fn found(library: &Library, folder: &Path, files: &BTreeMap<&str, &Value>, cases: &mut Cases) -> Result<(), String> {
    let facts = fs::read_to_string(folder.join("facts.jsonl")).map_err(|error| format!("facts.jsonl: {error}"))?;
    let facts: Vec<Value> = facts.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let texts = pages(library)?;
    let (mut whole, mut plain, mut missed) = (0, 0, Vec::new());
    for fact in &facts {
        let path = folder.join(text(fact, "path")).to_string_lossy().into_owned();
        let recognised = text(fact, "about") == "needs recognition";
        let words: Vec<&str> = array(fact, "must_contain").iter().filter_map(Value::as_str).collect();
        let page = fact["page"].as_u64();
        let read = texts.get(&path).map(Vec::as_slice).unwrap_or_default();
        let on = read.iter().filter(|(number, _)| page.is_none() || *number == page);
        let read = bare(&on.map(|(_, text)| text.as_str()).collect::<Vec<_>>().join("\n"));
        let lacks: Vec<&&str> = words.iter().filter(|words| !holds(&read, &bare(words), recognised)).collect();
        whole += 1;
        if lacks.is_empty() {
            plain += 1;
            continue;
        }
        let state = files.get(path.as_str()).map_or("no row", |file| text(file, "state"));
        missed.push(format!("{} page {page:?} ({state}) lacks {lacks:?}", text(fact, "path")));
    }
    for miss in &missed {
        cases.figure(format!("missed: {miss}"));
    }
    let share = f64::from(plain) / f64::from(whole.max(1));
    cases.figure(format!("facts found: {plain} of {whole}, {:.1} %", share * 100.0));
    let outcome = if share >= FOUND { Ok(()) } else { Err(format!("{plain} of {whole}")) };
    cases.check("facts", outcome);
    Ok(())
}

/// The text of every page that was read, by path.
pub(super) fn pages(library: &Library) -> Result<BTreeMap<String, Vec<(Option<u64>, String)>>, String> {
    let list = library.reply(&["documents"])?;
    let mut texts = BTreeMap::new();
    let read = array(&list, "documents").iter().filter(|row| row["searchable"] == true);
    let read: Vec<(String, String)> = read.map(|row| (row["id"].to_string(), text(row, "path").to_owned())).collect();
    for some in read.chunks(200) {
        let ids = some.iter().map(|(id, _)| id.as_str());
        let words: Vec<&str> = std::iter::once("pages").chain(ids).collect();
        let reply = library.reply(&words)?;
        for (document, (_, path)) in array(&reply, "documents").iter().zip(some) {
            let pages = array(document, "pages").iter();
            let pages = pages.map(|page| (page["number"].as_u64(), text(page, "text").to_owned()));
            texts.insert(path.clone(), pages.collect());
        }
    }
    Ok(texts)
}

/// Removes white space, which depends on the layout.
fn bare(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn holds(text: &str, words: &str, recognised: bool) -> bool {
    text.contains(words) || (recognised && closest(text, words) >= RECOGNISED)
}

/// The share of a string's characters that occur in order in the best window of the text: longest
/// common subsequence over windows of 1.25 times the string's length.
fn closest(text: &str, words: &str) -> f64 {
    let (text, words): (Vec<char>, Vec<char>) = (text.chars().collect(), words.chars().collect());
    let window = (words.len() + words.len().div_ceil(4)).min(text.len());
    let best = text.windows(window.max(1)).map(|stretch| common(stretch, &words)).max().unwrap_or(0);
    best as f64 / words.len().max(1) as f64
}

fn common(a: &[char], b: &[char]) -> usize {
    let mut row = vec![0; b.len() + 1];
    for x in a {
        let mut diagonal = 0;
        for (place, y) in b.iter().enumerate() {
            let above = row[place + 1];
            row[place + 1] = if x == y { diagonal + 1 } else { above.max(row[place]) };
            diagonal = above;
        }
    }
    row[b.len()]
}

fn manifest(folder: &Path) -> Result<Vec<Row>, String> {
    let text = fs::read_to_string(folder.join("manifest.tsv")).map_err(|error| format!("manifest.tsv: {error}"))?;
    let rows = text.lines().skip(1).filter_map(|line| {
        let cells: Vec<&str> = line.split('\t').collect();
        let (path, kind) = ((*cells.first()?).to_owned(), (*cells.get(5)?).to_owned());
        Some(Row { path, kind, pages: cells.get(6).and_then(|pages| pages.parse().ok()) })
    });
    Ok(rows.collect())
}

#[cfg(test)]
mod tests {
    use super::holds;

    #[test]
    fn recognition_may_err_in_a_fifth() {
        assert!(holds("xxlighth0usekeepercounledxx", "lighthousekeepercounted", true));
        assert!(!holds("lighth0usekeepercounled", "lighthousekeepercounted", false));
        assert!(!holds("nothingofthekind", "lighthousekeepercounted", true));
    }
}
