//! The `hostile` suite: ingests documents made to break readers, and checks each outcome, the limits of
//! the reading processes, and that nothing is sent over the network.
//!
//! The folder holds `make_hostile.py`, which writes the documents and `expected.jsonl`.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::cases::Cases;
use super::library::{GOOD, array, named, text, utf8};
use super::limits::Limits;
use super::options::Options;
use super::originals::Originals;
use super::process::{Ended, watch};
use crate::Library;

/// Files in `special/ten-thousand`, of which `expected.jsonl` names one.
const FLOOD: u64 = 10_000;

/// `hostile FOLDER [--flood 10000]`: `flood` is the number of files kept in `special/ten-thousand`.
pub fn hostile(options: &Options) -> Result<Cases, String> {
    let script = options.folder()?.join("make_hostile.py");
    let mut cases = Cases::new("hostile");
    let scratch = tempfile::tempdir().map_err(|error| error.to_string())?;
    let folder = scratch.path().join("documents");
    let mut make = Command::new("python3");
    let made = make.arg(&script).arg(&folder).output().map_err(|error| format!("python3: {error}"))?;
    let left_out = String::from_utf8_lossy(&made.stderr).lines().filter(|line| line.starts_with("skipped")).count();
    for _ in 0..left_out {
        cases.skip("could not be written (Pillow or a font is missing, or the file system refuses the name)");
    }
    let expected = fs::read_to_string(folder.join("expected.jsonl")).map_err(|error| {
        format!("{} wrote no expected.jsonl ({error}): {}", script.display(), String::from_utf8_lossy(&made.stderr))
    })?;
    // The list is not a case.
    fs::remove_file(folder.join("expected.jsonl")).map_err(|error| error.to_string())?;
    let wanted = options.count("flood", FLOOD).max(1);
    let flooded = folder.join("special/ten-thousand");
    for number in wanted..FLOOD {
        let _ = fs::remove_file(flooded.join(format!("{number:05}.txt")));
    }
    let originals = Originals::record(&folder);

    let limits = Limits::tight();
    let library = Library::quick(&limits.settings());
    let (ended, sent) = without_network(&library, &folder, scratch.path());
    ended.survived()?;
    let reply = ended.rows()?;
    cases.figure(format!("{} files in {:.0} s: {}", array(&reply, "files").len(), ended.seconds, reply["counts"]));
    limits.hold(&ended, &mut cases);
    match sent {
        Some(outcome) => cases.check("nothing sent", outcome),
        None => cases.skip("this machine cannot create a network namespace"),
    }
    let files: BTreeMap<&str, &Value> = array(&reply, "files").iter().map(|file| (text(file, "path"), file)).collect();
    let texts = super::corpus::pages(&library)?;
    for line in expected.lines() {
        let row: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
        let path = folder.join(own_name(&row));
        let shown = path.to_string_lossy().into_owned();
        let name = format!("{} {}", text(&row, "expect"), shown.rsplit("/documents/").next().unwrap_or(&shown));
        let file = files.get(shown.as_str()).copied();
        let pages = texts.get(&shown).map(Vec::as_slice).unwrap_or_default();
        cases.check(&name, verdict(&row, file, pages, &path));
    }
    let flood = files.keys().filter(|path| path.contains("/ten-thousand/")).count() as u64;
    if flooded.is_dir() {
        let whole = if flood == wanted { Ok(()) } else { Err(format!("{flood} rows")) };
        cases.check("every file of a folder with many files has a row", whole);
    }
    cases.check("catalogue and index", library.agrees(true));
    originals.compare(&mut cases);
    Ok(cases)
}

fn own_name(row: &Value) -> OsString {
    let hex = text(row, "path_hex");
    if hex.is_empty() {
        return text(row, "path").into();
    }
    let digits: Vec<u8> = hex.bytes().map(|digit| (digit as char).to_digit(16).unwrap_or(0) as u8).collect();
    OsString::from_vec(digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

/// Fails if a file's outcome is not the expected one.
fn verdict(row: &Value, file: Option<&Value>, pages: &[(Option<u64>, String)], path: &Path) -> Result<(), String> {
    let expect = text(row, "expect");
    if expect == "skip" {
        // An excluded file may have a row, as long as it was not read.
        return match file {
            Some(file) if GOOD.contains(&text(file, "state")) => Err(format!("was opened: {file}")),
            _ => Ok(()),
        };
    }
    let Some(file) = file else { return Err("it has no row".to_owned()) };
    named(file)?;
    let good = GOOD.contains(&text(file, "state"));
    let reason = text(file, "reason");
    if text(row, "class") == "no permission" && fs::File::open(path).is_ok() {
        return Ok(());
    }
    // A name that is not Unicode cannot be stored; the reason must say so.
    if path.to_str().is_none() && !good && reason.contains("Unicode") {
        return Ok(());
    }
    let named_with_a_dot = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
    if named_with_a_dot && text(file, "state") == "excluded" {
        return Ok(());
    }
    match expect {
        "refuse" if good => Err("was ingested".to_owned()),
        "text" | "partial" if !good => Err(format!("was refused: {reason}")),
        "text" | "partial" => {
            let bare = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            let on = row["page"].as_u64();
            let read: String =
                pages.iter().filter(|(number, _)| on.is_none() || *number == on).map(|(_, text)| bare(text)).collect();
            let wanted = array(row, "must_contain").iter().filter_map(Value::as_str);
            let lacks: Vec<&str> = wanted.filter(|words| !read.contains(&bare(words))).collect();
            if !lacks.is_empty() {
                return Err(format!("lacks {lacks:?}"));
            }
            let whole = reason.is_empty() && array(file, "page_rows").iter().all(|row| row["reason"].is_null());
            // A bad page that was read in full needs no warning.
            let all_read = pages.iter().all(|(_, text)| !bare(text).is_empty());
            let all_there = row["pages"].as_u64() == Some(pages.len() as u64);
            let repaired = text(row, "class") == "one bad page" && all_read && all_there;
            if expect == "partial" && whole && !repaired {
                Err("no reason says that it is incomplete".to_owned())
            } else {
                Ok(())
            }
        }
        _ => Ok(()),
    }
}

/// Ingests the folder in an empty network namespace, and fails if a packet was sent or a connection
/// tried. Without namespaces it ingests normally and returns no verdict.
fn without_network(library: &Library, folder: &Path, scratch: &Path) -> (Ended, Option<Result<(), String>>) {
    let apart = Command::new("unshare").args(["-n", "true"]).output().is_ok_and(|done| done.status.success());
    if !apart {
        return (library.watched(&["ingest", utf8(folder)]), None);
    }
    let counters = scratch.join("counters");
    let ingest = library.command(&["ingest", utf8(folder), "--json"]);
    let mut command = Command::new("unshare");
    let script = "out=$1; shift; \"$@\"; status=$?; cat /proc/net/snmp /proc/net/snmp6 > \"$out\"; exit $status";
    command.args(["-n", "sh", "-c", script, "sh"]).arg(&counters);
    command.arg(ingest.get_program()).args(ingest.get_args());
    let ended = watch(&mut command);
    let counters = fs::read_to_string(&counters).unwrap_or_default();
    (ended, Some(silent(&counters)))
}

/// Fails if the kernel's counters show a packet sent, a packet without a route, or a connection opened.
fn silent(counters: &str) -> Result<(), String> {
    let mut tried = Vec::new();
    let lines: Vec<&str> = counters.lines().collect();
    for pair in lines.windows(2) {
        let (heads, values) = (pair[0].split_whitespace(), pair[1].split_whitespace());
        if pair[0].split(':').next() != pair[1].split(':').next() {
            continue;
        }
        let kind = pair[0].split(':').next().unwrap_or_default();
        for (head, value) in heads.zip(values) {
            let sends = matches!(
                (kind, head),
                ("Ip", "OutRequests" | "OutNoRoutes") | ("Tcp", "ActiveOpens") | ("Udp", "OutDatagrams")
            );
            if sends && value != "0" {
                tried.push(format!("{kind} {head} {value}"));
            }
        }
    }
    for line in lines {
        let mut words = line.split_whitespace();
        let (Some(name), Some(value)) = (words.next(), words.next()) else { continue };
        if matches!(name, "Ip6OutNoRoutes" | "Udp6OutDatagrams") && value != "0" {
            tried.push(format!("{name} {value}"));
        }
    }
    if counters.is_empty() {
        return Err("the counters could not be read".to_owned());
    }
    if tried.is_empty() { Ok(()) } else { Err(format!("it tried: {}", tried.join(", "))) }
}
