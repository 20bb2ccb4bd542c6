//! What happens to the files of each case, and what becomes of their documents.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::Path;

use super::super::library::{note, utf8};
use super::word;
use crate::Library;

/// The files of the tree; the n-th holds the n-th word.
pub const FILES: [&str; 5] = ["a.md", "b.md", "sub/c.md", "sub/deep/d.md", "e.md"];

/// What becomes of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It answers with the same passage.
    There,
    /// It answers nothing and is kept.
    Missing,
    /// Its folder is away; it answers with the same passage.
    Offline,
    /// It left the library.
    Out,
}

/// A step of a scene; a scan follows each.
pub enum Act {
    /// Something happens in or around the tree.
    Files(fn(&Path) -> io::Result<()>),
    /// A command on the library, the tree, and the first file's document.
    Command(fn(&Library, &Path, i64) -> Result<(), String>),
}

/// A case.
pub struct Scene {
    pub name: &'static str,
    pub acts: &'static [Act],
    pub ends: [End; 5],
}

const ALL: [End; 5] = [End::There; 5];

/// All there but the first.
const fn first(end: End) -> [End; 5] {
    [end, End::There, End::There, End::There, End::There]
}

/// All there but the two below `sub`.
const fn sub(end: End) -> [End; 5] {
    [End::There, End::There, end, end, End::There]
}

pub const SCENES: [Scene; 20] = [
    Scene { name: "a file is renamed", acts: &[Act::Files(|tree| mv(tree, "a.md", "renamed.md"))], ends: ALL },
    Scene { name: "a file is moved", acts: &[Act::Files(|tree| mv(tree, "a.md", "sub/deep/a.md"))], ends: ALL },
    Scene { name: "a folder is moved", acts: &[Act::Files(|tree| mv(tree, "sub", "other"))], ends: ALL },
    Scene { name: "a file's letter case changes", acts: &[Act::Files(|tree| mv(tree, "a.md", "A.md"))], ends: ALL },
    Scene { name: "a folder's letter case changes", acts: &[Act::Files(|tree| mv(tree, "sub", "SUB"))], ends: ALL },
    Scene { name: "a file gives way to a folder", acts: &[Act::Files(file_to_folder)], ends: first(End::Missing) },
    Scene {
        name: "a file gives way to a folder and comes back",
        acts: &[
            Act::Files(file_to_folder),
            Act::Files(|tree| {
                fs::remove_dir_all(tree.join("a.md"))?;
                put(tree, "a.md", 0)
            }),
        ],
        ends: ALL,
    },
    Scene { name: "a folder gives way to a file", acts: &[Act::Files(folder_to_file)], ends: sub(End::Missing) },
    Scene {
        name: "a branch is switched",
        acts: &[Act::Files(other_branch)],
        ends: [End::Missing, End::There, End::Missing, End::Missing, End::There],
    },
    Scene {
        name: "a branch is switched and switched back",
        acts: &[Act::Files(other_branch), Act::Files(first_branch)],
        ends: ALL,
    },
    Scene { name: "a file gives way to a link", acts: &[Act::Files(file_to_link)], ends: first(End::Missing) },
    Scene {
        name: "a folder is moved away and linked",
        acts: &[Act::Files(|tree| {
            fs::rename(tree.join("sub"), tree.with_file_name("away"))?;
            symlink(tree.with_file_name("away"), tree.join("sub"))
        })],
        ends: sub(End::Missing),
    },
    Scene {
        name: "the watched folder is moved away and linked",
        acts: &[Act::Files(|tree| {
            fs::rename(tree, tree.with_file_name("away"))?;
            symlink(tree.with_file_name("away"), tree)
        })],
        ends: ALL,
    },
    Scene {
        name: "the folder above is moved away and linked",
        acts: &[Act::Files(|tree| {
            let above = tree.parent().unwrap_or(tree);
            fs::rename(above, above.with_file_name("moved"))?;
            symlink(above.with_file_name("moved"), above)
        })],
        ends: ALL,
    },
    Scene {
        name: "the drive is unplugged",
        acts: &[Act::Files(|tree| fs::rename(tree, tree.with_file_name("unplugged")))],
        ends: [End::Offline; 5],
    },
    Scene {
        name: "the drive is unplugged and comes back",
        acts: &[
            Act::Files(|tree| fs::rename(tree, tree.with_file_name("unplugged"))),
            Act::Files(|tree| fs::rename(tree.with_file_name("unplugged"), tree)),
        ],
        ends: ALL,
    },
    Scene {
        name: "two roots lie over one tree",
        acts: &[
            Act::Command(|library, tree, _| library.reply(&["watch", "--once", utf8(&tree.join("sub"))]).map(drop)),
            Act::Command(|library, tree, _| {
                let link = tree.with_file_name("link");
                symlink(tree, &link).map_err(|error| error.to_string())?;
                library.reply(&["watch", "--once", utf8(&link)]).map(drop)
            }),
        ],
        ends: ALL,
    },
    Scene {
        name: "a file is deleted and its bytes come back under another name",
        acts: &[Act::Files(|tree| fs::remove_file(tree.join("a.md"))), Act::Files(|tree| put(tree, "sub/again.md", 0))],
        ends: ALL,
    },
    Scene {
        name: "a document is removed and its file looked at again, also under another name",
        acts: &[
            Act::Command(|library, _, document| removed(library, document)),
            Act::Files(|tree| put(tree, "b.md", 1)),
            Act::Files(|tree| mv(tree, "a.md", "sub/elsewhere.md")),
        ],
        ends: first(End::Out),
    },
    Scene {
        name: "a rule leaves a folder out and lets it in again",
        acts: &[
            Act::Files(|tree| fs::write(tree.join(".assayignore"), "sub/\n")),
            Act::Files(|tree| fs::remove_file(tree.join(".assayignore"))),
        ],
        ends: ALL,
    },
];

fn mv(tree: &Path, from: &str, to: &str) -> io::Result<()> {
    fs::rename(tree.join(from), tree.join(to))
}

fn put(tree: &Path, name: &str, number: usize) -> io::Result<()> {
    fs::write(tree.join(name), note(&word(number)))
}

fn file_to_folder(tree: &Path) -> io::Result<()> {
    fs::remove_file(tree.join("a.md"))?;
    fs::create_dir(tree.join("a.md"))?;
    fs::write(tree.join("a.md/extra.md"), "The harbour pump delivers forty litres.\n")
}

fn folder_to_file(tree: &Path) -> io::Result<()> {
    fs::remove_dir_all(tree.join("sub"))?;
    fs::write(tree.join("sub"), "")?;
    fs::write(tree.join("extra.md"), "The fog bell rings twice an hour.\n")
}

fn file_to_link(tree: &Path) -> io::Result<()> {
    fs::rename(tree.join("a.md"), tree.with_file_name("outside.md"))?;
    symlink(tree.with_file_name("outside.md"), tree.join("a.md"))
}

fn other_branch(tree: &Path) -> io::Result<()> {
    fs::remove_file(tree.join("a.md"))?;
    fs::remove_dir_all(tree.join("sub"))?;
    fs::write(tree.join("extra-other.md"), "The parrot belongs to another branch.\n")
}

fn first_branch(tree: &Path) -> io::Result<()> {
    fs::remove_file(tree.join("extra-other.md"))?;
    fs::create_dir_all(tree.join("sub/deep"))?;
    [0, 2, 3].into_iter().try_for_each(|number| put(tree, FILES[number], number))
}

fn removed(library: &Library, document: i64) -> Result<(), String> {
    let output = library.run(&["remove", &document.to_string()]);
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}
