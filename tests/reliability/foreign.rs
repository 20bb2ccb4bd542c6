//! The `foreign` suite: names folders and files of others as the data folder. Each is refused or opened as told, and
//! nothing in it that Assay did not make changes its bytes or its mode.

use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::cases::Cases;
use super::library::{array, note, utf8};
use super::options::Options;
use super::originals::Originals;
use crate::{Library, built};

/// What becomes of a data folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// Every command says what is wrong and changes nothing.
    Refused,
    /// It is a library, with so many documents.
    Opened(usize),
}

/// Makes what is named as the data folder; gets a library to copy.
type Make = fn(&Path, &Path) -> io::Result<()>;

const REFUSED: [(&str, Make); 12] = [
    ("full of files", |folder, _| fill(folder, &["letter.txt", "photos/1.jpg", "photos/2.jpg"])),
    ("with index folders", |folder, _| fill(folder, &["index_files/page.html", "index/a.txt", "index-2/b.txt"])),
    ("with an index folder alone", |folder, _| fill(folder, &["index/chunks.lance/data/a.lance"])),
    ("with a lock of another program", |folder, _| fill(folder, &["lock", "database.db"])),
    ("with settings of another program", |folder, _| fill(folder, &["settings.toml", "src/main.rs"])),
    ("with the catalogue of another program", |folder, _| {
        fill(folder, &["lock"])?;
        database(&folder.join("catalogue.sqlite"))
    }),
    ("with a catalogue and no lock", |folder, _| fill(folder, &["catalogue.sqlite", "index-2/notes.txt"])),
    ("a checkout", |folder, _| fill(folder, &[".git/HEAD", "models/a.rs", "Cargo.toml"])),
    ("with a hidden file alone", |folder, _| fill(folder, &[".hidden"])),
    ("a file", |folder, _| fs::write(folder, "a letter")),
    ("a link to a folder full of files", |folder, _| {
        fill(&folder.with_file_name("real"), &["letter.txt"])?;
        symlink("real", folder)
    }),
    ("a folder in which nobody may write", |folder, _| {
        fill(folder, &["letter.txt"])?;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o555))
    }),
];

const OPENED: [(&str, usize, Make); 8] = [
    ("absent", 0, |_, _| Ok(())),
    ("empty", 0, |folder, _| fill(folder, &[])),
    ("with settings alone", 0, |folder, _| {
        fs::create_dir(folder)?;
        fs::write(folder.join("settings.toml"), "keep = 7\n")
    }),
    ("with models alone", 0, |folder, _| fill(folder, &["models/mine/config.json"])),
    ("a library", 1, copy),
    ("a library of the version before", 1, |folder, library| {
        copy(folder, library)?;
        fs::remove_file(folder.join("assay-library.txt"))
    }),
    ("a link to a library", 1, |folder, library| {
        copy(&folder.with_file_name("real"), library)?;
        symlink("real", folder)
    }),
    ("a library with files of its owner", 1, |folder, library| {
        copy(folder, library)?;
        fill(folder, &["my notes.txt", "index_files/page.html", "index-old/a.txt", "restoring/complete"])
    }),
];

/// `foreign`
pub fn foreign(_: &Options) -> Result<Cases, String> {
    let mut cases = Cases::new("foreign");
    let library = Library::quick("");
    let file = library.files.path().join("note.txt");
    fs::write(&file, note("lantern")).map_err(|error| error.to_string())?;
    library.take_in(library.files.path())?;
    let refused = REFUSED.map(|(name, make)| (name, End::Refused, make));
    let opened = OPENED.map(|(name, documents, make)| (name, End::Opened(documents), make));
    for (name, end, make) in refused.into_iter().chain(opened) {
        cases.check(name, case(end, make, library.data.path(), &file));
    }
    Ok(cases)
}

fn case(end: End, make: Make, library: &Path, file: &Path) -> Result<(), String> {
    let parent = tempfile::tempdir().map_err(|error| error.to_string())?;
    let folder = parent.path().join("data");
    make(&folder, library).map_err(|error| format!("it could not be made: {error}"))?;
    let before = Originals::record(parent.path());
    let elsewhere = tempfile::tempdir().map_err(|error| error.to_string())?;
    let backup = elsewhere.path().join("library.zip");
    match end {
        End::Refused => {
            let commands: [&[&str]; 8] = [
                &["documents"],
                &["ingest", utf8(file)],
                &["ask", "Where is the lantern?"],
                &["watch", "--once", utf8(elsewhere.path())],
                &["rebuild"],
                &["backup", utf8(&backup)],
                &["remove", "1"],
                &["check"],
            ];
            for words in commands {
                let (status, said) = run(&folder, words)?;
                if !(1..=2).contains(&status) || said.trim().is_empty() {
                    return Err(format!("{words:?} ended with {status}: {said}"));
                }
                before.same().map_err(|why| format!("{words:?}: {why}"))?;
            }
            // So that it can be deleted.
            drop(fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)));
        }
        End::Opened(documents) => {
            for words in [&["documents", "--json"][..], &["queue", "--json"], &["doctor", "--json"]] {
                let (_, said) = run(&folder, words)?;
                let reply: Value =
                    serde_json::from_str(&said).map_err(|error| format!("{words:?}: {error}: {said}"))?;
                if words[0] == "documents" && array(&reply, "documents").len() != documents {
                    return Err(format!("{documents} documents were expected: {reply}"));
                }
                before.kept(&is_assays)?;
            }
        }
    }
    Ok(())
}

/// Whether an open library may change a file.
fn is_assays(path: &Path) -> bool {
    let changed = ["catalogue.sqlite", "pairs.sqlite", "snapshots", "scratch", "settings.toml"];
    path.components().any(|part| changed.iter().any(|name| part.as_os_str().as_bytes().starts_with(name.as_bytes())))
}

/// Exit status, and what was said on either stream.
fn run(folder: &Path, words: &[&str]) -> Result<(i32, String), String> {
    let output = Command::new(built("assay")).arg("--data").arg(folder).args(words).output();
    let output = output.map_err(|error| error.to_string())?;
    let printed = if output.stdout.is_empty() { &output.stderr } else { &output.stdout };
    let said = String::from_utf8_lossy(printed).into_owned();
    Ok((output.status.code().ok_or_else(|| format!("{words:?} crashed: {said}"))?, said))
}

fn fill(folder: &Path, files: &[&str]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755))?;
    for file in files {
        let path: PathBuf = folder.join(file);
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        fs::write(path, file)?;
    }
    Ok(())
}

fn copy(folder: &Path, library: &Path) -> io::Result<()> {
    fs::create_dir(folder)?;
    fs::set_permissions(folder, fs::Permissions::from_mode(fs::metadata(library)?.mode()))?;
    done(Command::new("cp").arg("-a").arg(library.join(".")).arg(folder))
}

/// A sound database with tables that no catalogue has.
fn database(file: &Path) -> io::Result<()> {
    let make = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); \
                c.execute('CREATE TABLE invoices (total INTEGER)'); c.commit()";
    done(Command::new("python3").args(["-c", make]).arg(file))
}

fn done(command: &mut Command) -> io::Result<()> {
    match command.status()? {
        status if status.success() => Ok(()),
        status => Err(io::Error::other(format!("{command:?}: {status}"))),
    }
}
