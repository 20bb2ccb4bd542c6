//! The `cycles` suite: adds and deletes a document repeatedly, and checks that the data folder stays
//! small and holds none of the deleted text.

use std::fs;

use super::cases::Cases;
use super::library::{array, files, mark, note, text, utf8};
use super::options::Options;
use super::originals::Originals;
use crate::Library;

/// Documents that are never deleted.
const LIVE: u64 = 20;
/// Largest size of the data folder, relative to a fresh library with the same documents.
const SWOLLEN: f64 = 1.5;
/// Prefix of a word in every deleted document.
const PURGED: &str = "purgedword";

/// `cycles [--count 500]`
pub fn cycles(options: &Options) -> Result<Cases, String> {
    let count = options.count("count", 500);
    let mut cases = Cases::new("cycles");
    let (live, passing) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut words = Vec::new();
    for number in 0..LIVE {
        words.push(mark(number));
        // Long enough that text, not metadata, determines the size of the library.
        let text: String = (0..40)
            .map(|line| note(&format!("{} line{line}", if line == 0 { &words[number as usize] } else { "plain" })))
            .collect();
        fs::write(live.path().join(format!("live-{number}.txt")), text).map_err(|error| error.to_string())?;
    }
    let originals = Originals::record(live.path());
    let library = Library::quick("");
    library.take_in(live.path())?;
    let file = passing.path().join("passing.txt");
    for number in 0..count {
        let word = format!("{PURGED}{}", mark(1_000_000 + number));
        fs::write(&file, note(&word)).map_err(|error| error.to_string())?;
        cases.check(&format!("cycle {number}"), cycle(&library, &file));
    }
    // Every ingest runs maintenance.
    library.take_in(live.path())?;
    cases.check("catalogue and index", library.agrees(false));
    cases.check("remaining documents answer", library.answers(&words));

    let fresh = Library::quick("");
    fresh.take_in(live.path())?;
    let (after, live) = (library.bytes(), fresh.bytes());
    let factor = after as f64 / live as f64;
    cases.figure(format!(
        "after {count} cycles {after} bytes, a fresh library of the same documents {live}: {factor:.2} times"
    ));
    cases.check("disk", if factor <= SWOLLEN { Ok(()) } else { Err(format!("{factor:.2} times")) });
    let found = holding(&library, PURGED.as_bytes());
    cases.figure(format!("byte search for deleted text: found in {} files", found.len()));
    cases.check("purged", if found.is_empty() { Ok(()) } else { Err(format!("{found:?}")) });
    originals.compare(&mut cases);
    Ok(cases)
}

fn cycle(library: &Library, file: &std::path::Path) -> Result<(), String> {
    library.take_in(file)?;
    let list = library.reply(&["documents"])?;
    let row = array(&list, "documents").iter().find(|row| text(row, "path") == utf8(file));
    let id = row.ok_or("the document is not in the list")?["id"].to_string();
    let done = library.run(&["remove", &id]);
    if done.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&done.stderr).into_owned()) }
}

/// Files of the data folder that contain the bytes.
fn holding(library: &Library, bytes: &[u8]) -> Vec<String> {
    let all = files(library.data.path()).into_iter();
    let holding = all.filter(|(path, _)| {
        let text = fs::read(library.data.path().join(path)).unwrap_or_default();
        text.windows(bytes.len()).any(|window| window.eq_ignore_ascii_case(bytes))
    });
    holding.map(|(path, _)| path.display().to_string()).collect()
}
