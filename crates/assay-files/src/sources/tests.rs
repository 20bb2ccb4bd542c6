use std::fs;
use std::path::{Path, PathBuf};

use assay_domain::Problem;

use super::{Found, Limits, Presence, find, presence};

fn limits(own: &Path) -> Limits {
    Limits { largest: 1_000, own: own.to_owned() }
}

fn names(found: &Found) -> Vec<&str> {
    found.sources.iter().map(|source| source.name.as_str()).collect()
}

/// Names of excluded files, each with its rule.
fn left_out(found: &Found) -> Vec<(String, &str)> {
    let name = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
    found.excluded.iter().map(|(path, why)| (name(path), why.as_str())).collect()
}

#[test]
fn folders_are_walked_and_unreachable_paths_are_reported() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir_all(at("notes/.hidden")).unwrap();
    for name in ["notes/b.md", "notes/a 50%.txt", "notes/纪要.txt", "notes/.hidden/c.md", "notes/.d.md"] {
        fs::write(at(name), "text").unwrap();
    }
    let found = find(&[at("notes"), at("notes/b.md"), at("absent"), at("notes/.d.md")], &limits(&at("data")));
    assert_eq!(names(&found), [".d.md", "a 50%.txt", "b.md", "纪要.txt"], "a hidden file that is named is taken");
    assert_eq!(found.unreachable.len(), 1);
    assert_eq!(found.unreachable[0].1.problem, Problem::MissingFile);
    let hidden: Vec<String> = left_out(&found).into_iter().map(|(name, _)| name).collect();
    assert_eq!(hidden, [".d.md", ".hidden"], "an excluded folder is one row");
}

#[test]
fn excluded_files_are_reported_with_their_rule() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for name in ["build/deep", "sub/build", "sub/kept", "data/index"] {
        fs::create_dir_all(at(name)).unwrap();
    }
    for name in [
        "a.txt",
        "a.log",
        "kept.log",
        "build/deep/x.txt",
        "sub/build/y.txt",
        "sub/kept/z.txt",
        "sub/b.log",
        "sub/c.tmp",
        "data/index/rows.txt",
        ".open.txt",
    ] {
        fs::write(at(name), "text").unwrap();
    }
    fs::write(at("large.txt"), "x".repeat(1_001)).unwrap();
    fs::write(at(".gitignore"), "*.log\n/build\n!.open.txt\n").unwrap();
    fs::write(at(".assayignore"), "!kept.log\n").unwrap();
    fs::write(at("sub/.ignore"), "!b.log\n*.tmp\n[\n").unwrap();
    let found = find(&[folder.path().to_owned()], &limits(&at("data").canonicalize().unwrap()));
    assert_eq!(names(&found), [".open.txt", "a.txt", "kept.log", "b.log", "y.txt", "z.txt"]);
    let left = left_out(&found);
    let wanted = [
        (".assayignore", "hidden"),
        (".gitignore", "hidden"),
        ("a.log", "*.log in .gitignore"),
        ("build", "/build in .gitignore"),
        ("data", "own data"),
        ("large.txt", "limit"),
        (".ignore", "hidden"),
        ("c.tmp", "*.tmp in .ignore"),
    ];
    assert_eq!(left.len(), wanted.len(), "{left:?}");
    for ((name, why), (wanted, word)) in left.iter().zip(wanted) {
        assert!(name == wanted && why.contains(word), "{name}: {why}; wanted {wanted}: {word}");
    }
}

#[cfg(unix)]
#[test]
fn links_inside_folders_are_not_followed_and_pipes_are_excluded() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.txt"), "text").unwrap();
    std::os::unix::fs::symlink(folder.path(), folder.path().join("loop")).unwrap();
    std::os::unix::net::UnixListener::bind(folder.path().join("socket")).unwrap();
    let pipe = folder.path().join("pipe.txt");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let own = limits(Path::new("/absent"));
    let found = find(&[folder.path().to_owned(), folder.path().join("socket"), pipe], &own);
    assert_eq!(names(&found), ["a.txt"]);
    let left: Vec<String> = left_out(&found).into_iter().map(|(name, _)| name).collect();
    assert_eq!(left, ["loop", "pipe.txt", "socket"]);
    assert_eq!(found.unreachable.len(), 2, "a pipe that is named is refused");
    assert!(found.unreachable.iter().all(|(_, why)| why.problem == Problem::UnsupportedFile));
    let linked = find(&[folder.path().join("loop")], &own);
    assert_eq!(names(&linked), ["a.txt"], "a link that is named is followed");
}

#[test]
fn a_stamp_is_trusted_once_it_is_old_enough() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.txt"), "text").unwrap();
    let found = find(&[folder.path().to_owned()], &limits(Path::new("/absent")));
    assert_eq!(
        (found.sources[0].bytes, found.sources[0].stamp),
        (4, None),
        "it could change again without a new time stamp"
    );
    let ours = find(&[PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")], &limits(Path::new("/absent")));
    assert!(ours.sources[0].stamp.is_some() && ours.sources[0].device.is_some());
}

#[test]
fn deleted_paths_are_gone_on_the_disk_of_their_ancestor() {
    let folder = tempfile::tempdir().unwrap();
    let Presence::There(disk) = presence(folder.path()) else { panic!("the folder exists") };
    assert_eq!(presence(&folder.path().join("no/such/file.txt")), Presence::Gone(disk));
    fs::write(folder.path().join("file"), "text").unwrap();
    assert_eq!(presence(&folder.path().join("file/below.txt")), Presence::Gone(disk));
}

#[test]
fn lock_files_and_placeholders_are_left_out_with_their_rule() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for name in ["~$report.docx", "report.docx", "plan.pdf.nextcloud", "plan.PDF.ICLOUD", "~notes.txt", "notes.txt~"] {
        fs::write(at(name), "text").unwrap();
    }
    fs::create_dir(at("~$folder")).unwrap();
    fs::write(at("~$folder/inside.txt"), "text").unwrap();
    let found = find(&[folder.path().to_owned()], &limits(Path::new("")));
    assert_eq!(names(&found), ["notes.txt~", "report.docx", "inside.txt", "~notes.txt"]);
    let rules = left_out(&found);
    let rule = |name: &str| rules.iter().find(|(known, _)| known == name).map(|(_, rule)| *rule).unwrap_or_default();
    assert!(rule("~$report.docx").contains("lock file of Office"), "{rules:?}");
    assert!(rule("plan.pdf.nextcloud").contains("would download it"), "{rules:?}");
    assert!(rule("plan.PDF.ICLOUD").contains("would download it"), "{rules:?}");
    assert_eq!(rules.len(), 3);
}
