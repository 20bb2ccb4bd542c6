//! The `mutants` suite: damages real files at random, and checks that each ends in a named state and
//! that undamaged files answer.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::cases::Cases;
use super::chance::Chance;
use super::library::{array, files, mark, named, note, text, utf8};
use super::limits::Limits;
use super::options::Options;
use super::originals::Originals;
use crate::Library;

/// Damaged files per ingest.
const AT_ONCE: usize = 100;
/// Longest file in bytes; longer ones are left out, so that a thousand cases take hours and not days.
const LONGEST: u64 = 2 << 20;
/// Undamaged files per ingest.
const WITNESSES: u64 = 3;

/// `mutants FOLDER [--count 1000] [--seed 1]`
pub fn mutants(options: &Options) -> Result<Cases, String> {
    let folder = options.folder()?;
    let (count, seed) = (options.count("count", 1000) as usize, options.count("seed", 1));
    let mut cases = Cases::new("mutants");
    let originals = Originals::record(&folder);
    let by_ending = by_ending(&folder);
    let endings: Vec<&String> = by_ending.keys().collect();
    let mut chance = Chance::new(seed);
    let limits = Limits::tight();
    let library = Library::quick(&limits.settings());
    let mut kinds: BTreeMap<&str, u32> = BTreeMap::new();
    let mut states: BTreeMap<String, u32> = BTreeMap::new();
    for batch in 0..count.div_ceil(AT_ONCE) {
        let scratch = tempfile::tempdir().map_err(|error| error.to_string())?;
        let mut words = Vec::new();
        for witness in 0..WITNESSES {
            let word = mark(batch as u64 * WITNESSES + witness);
            write(&scratch.path().join(format!("witness-{batch}-{witness}.txt")), note(&word).as_bytes())?;
            words.push(word);
        }
        let mut names = Vec::new();
        for number in batch * AT_ONCE..count.min((batch + 1) * AT_ONCE) {
            // Takes the formats in turn, so that each gets the same number of cases.
            let sources = &by_ending[endings[number % endings.len()]];
            let source = chance.one(sources);
            let bytes = fs::read(source).map_err(|error| format!("{}: {error}", source.display()))?;
            let other = fs::read(chance.one(sources)).unwrap_or_default();
            let (kind, bytes) = mutate(bytes, &other, &mut chance);
            let name = format!("{number:05}-{kind}-{}", source.file_name().unwrap_or_default().to_string_lossy());
            write(&scratch.path().join(&name), &bytes)?;
            *kinds.entry(kind).or_default() += 1;
            names.push(name);
        }
        let ended = library.watched(&["ingest", utf8(scratch.path())]);
        cases.check(&format!("batch {batch} ends without a crash"), ended.survived());
        let reply = match ended.rows() {
            Ok(reply) => reply,
            Err(why) => {
                keep(scratch.keep(), &mut cases);
                cases.check(&format!("reply of batch {batch}"), Err(why));
                continue;
            }
        };
        limits.hold(&ended, &mut cases);
        let rows: BTreeMap<&str, _> = array(&reply, "files").iter().map(|file| (text(file, "name"), file)).collect();
        let before = cases.failed();
        for name in &names {
            let file = rows.get(name.as_str());
            let outcome = file.map_or_else(|| Err("it has no row".to_owned()), |file| named(file));
            *states.entry(file.map_or("none", |file| text(file, "state")).to_owned()).or_default() += 1;
            cases.check(name, outcome);
        }
        cases.check(&format!("undamaged files of batch {batch}"), library.answers(&words));
        if cases.failed() > before {
            keep(scratch.keep(), &mut cases);
        }
    }
    cases.check("catalogue and index", library.agrees(true));
    cases.figure(format!("seed {seed}, {} formats; mutations {kinds:?}; states {states:?}", endings.len()));
    originals.compare(&mut cases);
    Ok(cases)
}

/// Keeps the folder of a failed case for inspection.
fn keep(folder: PathBuf, cases: &mut Cases) {
    cases.figure(format!("the files of this batch are kept in {}", folder.display()));
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    fs::write(path, bytes).map_err(|error| format!("{}: {error}", path.display()))
}

/// The files of a folder by extension.
fn by_ending(folder: &Path) -> BTreeMap<String, Vec<PathBuf>> {
    let mut found: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for (path, length) in files(folder) {
        let ending = path.extension().map(|end| end.to_string_lossy().to_lowercase()).unwrap_or_default();
        if (1..=LONGEST).contains(&length) && ending.chars().all(char::is_alphanumeric) {
            found.entry(ending).or_default().push(folder.join(path));
        }
    }
    found
}

/// Applies one to three kinds of damage; returns the name of the first.
fn mutate(mut bytes: Vec<u8>, other: &[u8], chance: &mut Chance) -> (&'static str, Vec<u8>) {
    let mut first = "";
    for _ in 0..=chance.below(3) {
        let kind = *chance.one(&["bits", "cut", "drop", "twice", "splice", "zeros", "numbers"]);
        if first.is_empty() {
            first = kind;
        }
        spoil(kind, &mut bytes, other, chance);
    }
    (first, bytes)
}

fn spoil(kind: &str, bytes: &mut Vec<u8>, other: &[u8], chance: &mut Chance) {
    if bytes.is_empty() {
        return;
    }
    let from = chance.below(bytes.len());
    let to = (from + 1 + chance.below(bytes.len().div_ceil(4))).min(bytes.len());
    match kind {
        "bits" => {
            for _ in 0..=chance.below(64) {
                let place = chance.below(bytes.len());
                bytes[place] ^= 1 << chance.below(8);
            }
        }
        "cut" => bytes.truncate(from.max(1)),
        "drop" => drop(bytes.drain(from..to)),
        "twice" => {
            let block = bytes[from..to].to_vec();
            bytes.splice(to..to, block);
        }
        "splice" if !other.is_empty() => {
            let start = chance.below(other.len());
            let end = (start + to - from).min(other.len());
            bytes.splice(from..to, other[start..end].iter().copied());
        }
        "zeros" => bytes[from..to].fill(0),
        _ => numbers(bytes, chance),
    }
}

/// Replaces digits by others, which changes lengths, offsets and counts that a format stores as text.
fn numbers(bytes: &mut [u8], chance: &mut Chance) {
    let digits: Vec<usize> = bytes.iter().enumerate().filter(|(_, b)| b.is_ascii_digit()).map(|(at, _)| at).collect();
    for _ in 0..=chance.below(16) {
        if !digits.is_empty() {
            bytes[*chance.one(&digits)] = b'0' + chance.below(10) as u8;
        }
    }
}
