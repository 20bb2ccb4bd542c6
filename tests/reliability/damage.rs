//! The `damage` suite: damages copies of a good library, and checks that the next command repairs it,
//! reports the repair, and that every committed document answers.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::cases::Cases;
use super::chance::Chance;
use super::library::{array, files, mark, note, text};
use super::options::Options;
use super::originals::Originals;
use crate::Library;

const DOCUMENTS: u64 = 8;

/// Targets of damage: name, and predicate over paths in the data folder.
const TARGETS: [(&str, fn(&str) -> bool); 7] = [
    ("newest manifest", |path| path.ends_with(".manifest")),
    ("rows", |path| path.contains(".lance/data/")),
    ("word index", |path| path.contains("/_indices/")),
    ("transaction", |path| path.contains("/_transactions/")),
    ("catalogue", |path| path == "catalogue.sqlite"),
    ("journal", |path| path == "catalogue.sqlite-wal"),
    ("score cache", |path| path == "pairs.sqlite"),
];

/// `damage [--count 50] [--seed 1]`
pub fn damage(options: &Options) -> Result<Cases, String> {
    let (count, seed) = (options.count("count", 50), options.count("seed", 1));
    let mut cases = Cases::new("damage");
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let library = Library::quick("");
    let mut words = Vec::new();
    // Several ingests produce several versions and fragments.
    for number in 0..DOCUMENTS {
        let word = mark(number);
        fs::write(folder.path().join(format!("note-{number}.txt")), note(&word)).map_err(|error| error.to_string())?;
        words.push(word);
        if number % 3 == 2 || number + 1 == DOCUMENTS {
            library.take_in(folder.path())?;
        }
    }
    // The questions fill the score cache.
    library.answers(&words)?;
    let originals = Originals::record(folder.path());
    let mut chance = Chance::new(seed);
    let mut ends: BTreeMap<String, u32> = BTreeMap::new();
    for number in 0..count {
        let copy = library.copy();
        let (what, of) = TARGETS[number as usize % TARGETS.len()];
        let damage = *chance.one(&["emptied", "cut", "garbage", "zeroed", "gone"]);
        let planted = plant(copy.data.path(), what, of, damage, &mut chance)?;
        let name = format!("{number}: {what} {damage} ({planted})");
        // Zeroes may hit unused bytes, and a file of an older version is not needed; neither must be reported.
        let heavy = what == "newest manifest" || (what == "catalogue" && damage != "zeroed");
        match recovered(&copy, &words, heavy) {
            Ok(end) => {
                *ends.entry(end).or_default() += 1;
                cases.check(&name, Ok(()));
            }
            Err(why) => cases.check(&name, Err(why)),
        }
    }
    cases.figure(format!("seed {seed}; ends {ends:?}"));
    originals.compare(&mut cases);
    Ok(cases)
}

/// Damages a random file of the target; returns its path.
fn plant(data: &Path, what: &str, of: fn(&str) -> bool, damage: &str, chance: &mut Chance) -> Result<String, String> {
    let all = files(data);
    let mut meant: Vec<&PathBuf> =
        all.iter().map(|(path, _)| path).filter(|path| of(&path.to_string_lossy())).collect();
    if what == "newest manifest" {
        meant.sort_by_key(|path| fs::metadata(data.join(path)).and_then(|meta| meta.modified()).ok());
        meant = meant.split_off(meant.len().saturating_sub(1));
    }
    let missing = PathBuf::from(if what == "journal" { "catalogue.sqlite-wal" } else { "index/chunks.lance/stray" });
    let path = if meant.is_empty() { &missing } else { *chance.one(&meant) };
    let place = data.join(path);
    let mut bytes = fs::read(&place).unwrap_or_default();
    match damage {
        "emptied" => bytes.clear(),
        "cut" => bytes.truncate(bytes.len() / 2),
        "zeroed" => {
            let from = chance.below(bytes.len());
            let to = (from + 4096).min(bytes.len());
            bytes[from..to].fill(0);
        }
        "garbage" => {
            let length = bytes.len().max(4096);
            bytes = (0..length).map(|_| chance.next() as u8).collect();
        }
        _ => {
            let _ = fs::remove_file(&place);
            return Ok(path.display().to_string());
        }
    }
    fs::write(&place, bytes).map_err(|error| format!("{}: {error}", place.display()))?;
    Ok(path.display().to_string())
}

/// Runs two commands over the damaged library; returns how it recovered. `heavy` damage must be reported.
fn recovered(library: &Library, words: &[String], heavy: bool) -> Result<String, String> {
    let question = words.join(" ");
    let first = library.watched(&["ask", &question, "--rerank", "off", "--no-answer"]);
    first.survived()?;
    let reply = first.json()?;
    if !reply["problem"].is_null() || !first.status.success() {
        return Err(format!("the next command ended as {}: {}", first.words(), first.complaint()));
    }
    let told = first.said.iter().map(|(_, line)| line.trim()).find(|line| line.starts_with("assay:"));
    library.answers(words)?;
    library.agrees(false)?;
    let list = library.reply(&["documents"])?;
    let committed = array(&list, "documents").iter().filter(|row| text(row, "state") == "committed").count();
    if committed != words.len() {
        return Err(format!("{committed} of {} documents are committed", words.len()));
    }
    match told {
        Some(line) => Ok(format!("said: {}", line.split(['/', '0']).next().unwrap_or(line).trim())),
        None if heavy => Err("it recovered without a report".to_owned()),
        None => Ok("harmless".to_owned()),
    }
}
