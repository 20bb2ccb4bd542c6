//! Ignore files: the rules of `.gitignore`, `.ignore` and `.assayignore`, from the named folder downwards.

use std::fs;
use std::path::Path;
use std::rc::Rc;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// Names of ignore files, in ascending order of precedence.
const FILES: [&str; 3] = [".gitignore", ".ignore", ".assayignore"];

/// Ignore files longer than this are not read.
const MOST_BYTES: u64 = 1 << 20;

/// The rules that apply in a folder: its own and those of the folders above.
#[derive(Debug, Clone)]
pub(super) struct Level(Rc<Rules>);

#[derive(Debug)]
struct Rules {
    own: Vec<(&'static str, Gitignore)>,
    above: Option<Level>,
}

/// What the rules say about a file or folder.
pub(super) enum Verdict {
    /// Excluded, by this rule.
    Out(String),
    /// Included, even if it is hidden.
    In,
    /// No rule matches.
    Open,
}

impl Level {
    /// Reads the rules of a folder. Only regular files are read.
    pub(super) fn below(above: Option<Self>, folder: &Path) -> Self {
        let mut own = Vec::new();
        for name in FILES {
            let file = folder.join(name);
            if fs::symlink_metadata(&file).is_ok_and(|meta| meta.is_file() && meta.len() <= MOST_BYTES) {
                let mut builder = GitignoreBuilder::new(folder);
                // A line that cannot be parsed is skipped; the others count.
                let _ = builder.add(&file);
                own.extend(builder.build().ok().map(|rules| (name, rules)));
            }
        }
        match above {
            Some(above) if own.is_empty() => above,
            above => Self(Rc::new(Rules { own, above })),
        }
    }

    /// The verdict of the nearest folder with a matching rule.
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
