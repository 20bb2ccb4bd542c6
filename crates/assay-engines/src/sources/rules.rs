//! Ignore files: `.gitignore`, `.ignore` and `.assayignore`, from the named folder downwards.

use std::fs;
use std::path::Path;
use std::rc::Rc;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// The strongest last.
const FILES: [&str; 3] = [".gitignore", ".ignore", ".assayignore"];

/// A longer ignore file is none.
const MOST_BYTES: u64 = 1 << 20;

/// The rules in force in a folder: its own and those of the folders above.
#[derive(Debug, Clone)]
pub(super) struct Level(Rc<Rules>);

#[derive(Debug)]
struct Rules {
    own: Vec<(&'static str, Gitignore)>,
    above: Option<Level>,
}

/// What the rules say of a file or folder.
pub(super) enum Verdict {
    /// Out, by this rule.
    Out(String),
    /// In, although it may be hidden.
    In,
    /// Nothing.
    Open,
}

impl Level {
    /// The rules in a folder. Only regular files are read for that.
    pub(super) fn below(above: Option<Self>, folder: &Path) -> Self {
        let mut own = Vec::new();
        for name in FILES {
            let file = folder.join(name);
            if fs::symlink_metadata(&file).is_ok_and(|meta| meta.is_file() && meta.len() <= MOST_BYTES) {
                let mut builder = GitignoreBuilder::new(folder);
                // A line that makes no sense is left out, and the others count.
                let _ = builder.add(&file);
                own.extend(builder.build().ok().map(|rules| (name, rules)));
            }
        }
        match above {
            Some(above) if own.is_empty() => above,
            above => Self(Rc::new(Rules { own, above })),
        }
    }

    /// The word of the nearest folder that has one.
    pub(super) fn verdict(&self, path: &Path, is_folder: bool) -> Verdict {
        let mut level = Some(self);
        while let Some(Level(rules)) = level {
            for (name, own) in rules.own.iter().rev() {
                match own.matched(path, is_folder) {
                    Match::Ignore(glob) => return Verdict::Out(format!("the rule {} in {name}", glob.original())),
                    Match::Whitelist(_) => return Verdict::In,
                    Match::None => (),
                }
            }
            level = rules.above.as_ref();
        }
        Verdict::Open
    }
}
