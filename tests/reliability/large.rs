//! The `large` suite: ingests many files, much text and one long PDF, and checks that neither memory nor
//! the time per file grows with the library.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use super::cases::Cases;
use super::chance::Chance;
use super::library::{GOOD, array, mark, note, text, utf8};
use super::options::Options;
use super::originals::Originals;
use super::process::Ended;
use crate::Library;

/// Largest memory of the main process, in MiB.
const MEMORY: u64 = 600;
/// Largest ratio of the time per file in the last tenth to that in the first.
const GROWTH: f64 = 1.3;

/// `large [--scale 1] [--files 10000] [--mebibytes 1024] [--piece 8] [--pages 2000]`
pub fn large(options: &Options) -> Result<Cases, String> {
    let mut cases = Cases::new("large");
    let scale = options.number("scale", 1.0);
    let scaled = |name: &str, or: u64| (options.count(name, or) as f64 * scale).ceil() as u64;
    let (count, mebibytes) = (scaled("files", 10_000), scaled("mebibytes", 1024));
    let (pages, piece) = (scaled("pages", 2000), options.count("piece", 8).max(1));

    if pages > 0 {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        fs::write(folder.path().join("long.pdf"), pdf(pages)).map_err(|error| error.to_string())?;
        let library = Library::quick("");
        let (ended, reply) = taken_in(&library, folder.path(), &format!("one PDF of {pages} pages"), &mut cases)?;
        let rows = array(&reply, "files").first().map_or(0, |file| array(file, "page_rows").len());
        cases.check("a row for every page", if rows as u64 == pages { Ok(()) } else { Err(format!("{rows} rows")) });
        memory(&ended, &mut cases);
        cases.check("its last page answers", library.answers(&[mark(pages)]));
    }
    if count > 0 {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        for number in 0..count {
            let place = folder.path().join(format!("{:03}", number / 1000));
            fs::create_dir_all(&place).map_err(|error| error.to_string())?;
            let path = place.join(format!("note-{number:06}.txt"));
            fs::write(path, note(&mark(number))).map_err(|error| error.to_string())?;
        }
        let library = Library::quick("");
        let (ended, _) = taken_in(&library, folder.path(), &format!("{count} small files"), &mut cases)?;
        memory(&ended, &mut cases);
        flat(&ended, count, &mut cases);
        cases.check("first, middle and last answer", library.answers(&[0, count / 2, count - 1].map(mark)));
    }
    if mebibytes > 0 {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let pieces = mebibytes.div_ceil(piece);
        let mut chance = Chance::new(7);
        for number in 0..pieces {
            let path = folder.path().join(format!("piece-{number:05}.txt"));
            prose(&path, number, (piece << 20).min((mebibytes << 20) - number * (piece << 20)), &mut chance)
                .map_err(|error| format!("{}: {error}", path.display()))?;
        }
        let library = Library::quick("");
        let what = format!("{mebibytes} MiB of text in {pieces} files of {piece} MiB");
        let (ended, reply) = taken_in(&library, folder.path(), &what, &mut cases)?;
        let chunks: u64 = array(&reply, "files").iter().filter_map(|file| file["chunks"].as_u64()).sum();
        cases.figure(format!("{chunks} chunks, {:.0} a second", chunks as f64 / ended.seconds));
        memory(&ended, &mut cases);
        flat(&ended, pieces, &mut cases);
        cases.check("first and last answer", library.answers(&[0, pieces - 1].map(mark)));
    }
    Ok(cases)
}

fn taken_in(
    library: &Library,
    folder: &Path,
    what: &str,
    cases: &mut Cases,
) -> Result<(Ended, serde_json::Value), String> {
    let originals = Originals::record(folder);
    let ended = library.watched(&["ingest", utf8(folder)]);
    ended.survived()?;
    let reply = ended.rows()?;
    let bad = array(&reply, "files").iter().find(|file| !GOOD.contains(&text(file, "state")));
    cases.figure(format!("{what}: {:.0} s, peak of the main process {} MiB", ended.seconds, ended.peak_kib >> 10));
    cases.figure(ended.foretold());
    let outcome = match bad {
        Some(file) => Err(format!("{file}")),
        None if array(&reply, "files").is_empty() => Err(format!("{reply}")),
        None => Ok(()),
    };
    cases.check(what, outcome);
    cases.check("originals untouched", originals.same());
    cases.check("catalogue and index", library.agrees(false));
    Ok((ended, reply))
}

fn memory(ended: &Ended, cases: &mut Cases) {
    let used = ended.peak_kib >> 10;
    cases.check("memory of the main process", if used < MEMORY { Ok(()) } else { Err(format!("{used} MiB")) });
}

/// Compares the time per file in the last tenth with the first, from the times of the progress lines.
fn flat(ended: &Ended, count: u64, cases: &mut Cases) {
    let seen: Vec<(f64, f64)> = ended
        .said
        .iter()
        .filter_map(|(at, line)| Some((line.split_once(" of ")?.0.trim().parse::<f64>().ok()?, *at)))
        .collect();
    let at = |wanted: f64| {
        let pair = seen.windows(2).find(|pair| pair[0].0 <= wanted && wanted <= pair[1].0)?;
        let share = (wanted - pair[0].0) / (pair[1].0 - pair[0].0).max(f64::EPSILON);
        Some(pair[0].1 + share * (pair[1].1 - pair[0].1))
    };
    let (count, first) = (count as f64, seen.first().map_or(0.0, |seen| seen.0));
    // The first tenth starts at the first progress line, because models are loaded before it.
    let early = at(first.max(count * 0.1)).zip(at(first)).map(|(to, from)| (to - from) / (count * 0.1 - first));
    let late = at(count).zip(at(count * 0.9)).map(|(to, from)| (to - from) / (count * 0.1));
    match early.zip(late) {
        Some((early, late)) if early > 0.0 && count * 0.1 - first >= count * 0.02 => {
            let factor = late / early;
            let (early, late) = (early * 1e3, late * 1e3);
            cases.figure(format!(
                "a file takes {early:.1} ms in the first tenth, {late:.1} ms in the last: {factor:.2} times"
            ));
            let outcome = if factor <= GROWTH { Ok(()) } else { Err(format!("{factor:.2} times")) };
            cases.check("time per file", outcome);
        }
        _ => cases.skip("too few files to compare the first tenth with the last"),
    }
}

/// Writes sentences of words in the smallest embedder's vocabulary, so that chunks are as long as with a real
/// one, and one unique word.
pub(super) fn prose(path: &Path, number: u64, bytes: u64, chance: &mut Chance) -> std::io::Result<()> {
    const WORDS: [&str; 24] = [
        "store",
        "version",
        "token",
        "when",
        "where",
        "after",
        "kept",
        "settings",
        "repainted",
        "lighthouse",
        "vaccine",
        "they",
        "stores",
        "river",
        "rises",
        "second",
        "three",
        "against",
        "above",
        "every",
        "hundred",
        "kilometres",
        "northern",
        "entrance",
    ];
    let mut file = std::io::BufWriter::new(fs::File::create(path)?);
    writeln!(file, "The {} ledger.\n", mark(number))?;
    let mut written = 0;
    while written < bytes {
        let mut line = String::new();
        for _ in 0..10 + chance.below(10) {
            line.push_str(WORDS[chance.below(WORDS.len())]);
            line.push(' ');
        }
        let end = if chance.below(6) == 0 { ".\n\n" } else { ". " };
        line.push_str(end);
        written += line.len() as u64;
        file.write_all(line.as_bytes())?;
    }
    file.flush()
}

/// A PDF of text pages, each with a unique word.
fn pdf(pages: u64) -> Vec<u8> {
    let mut out = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    let kids: Vec<String> = (0..pages).map(|page| format!("{} 0 R", 4 + page * 2)).collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Count {pages} /Kids [{}] >>", kids.join(" ")),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
    ];
    for page in 1..=pages {
        let lines = note(&mark(page));
        let lines = lines.lines().map(|line| format!("({line}) Tj 0 -16 Td "));
        let stream =
            format!("BT /F1 12 Tf 60 760 Td (Page {page} of the ledger) Tj 0 -32 Td {}ET", lines.collect::<String>());
        let contents = 3 + page * 2;
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> \
             /Contents {contents} 0 R >>"
        ));
        objects.push(format!("<< /Length {} >>\nstream\n{stream}\nendstream", stream.len()));
    }
    for (number, object) in (1..).zip(&objects) {
        places.push(out.len());
        out.extend(format!("{number} 0 obj\n{object}\nendobj\n").bytes());
    }
    let start = out.len();
    out.extend(format!("xref\n0 {}\n0000000000 65535 f \n", places.len() + 1).bytes());
    places.iter().for_each(|place| out.extend(format!("{place:010} 00000 n \n").bytes()));
    out.extend(format!("trailer << /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n", places.len() + 1).bytes());
    out
}
