//! What has to come before a byte of it does: each file's address, length and the hash it must have.

use std::fs;
use std::path::{Path, PathBuf};

use super::super::known::{Known, KnownFile};
use super::super::manifest::{git_blob, sha256};
use super::hub::{Fault, Hub, Stated, fault};
use super::journal::Journal;
use super::{Watch, patiently};
use crate::EnginesError;

/// The hash that a file must have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// From the catalogue, or the hub's own word on a large file.
    Sha256(String),
    /// The hub's own word on a small file: git's id of the blob.
    Git(String),
}

impl Wanted {
    /// In hex.
    pub fn hex(&self) -> &str {
        match self {
            Self::Sha256(hex) | Self::Git(hex) => hex,
        }
    }

    /// The same hash of a file that is here.
    pub fn of(&self, path: &Path) -> std::io::Result<String> {
        match self {
            Self::Sha256(_) => sha256(path),
            Self::Git(_) => git_blob(path),
        }
    }
}

/// A file to come.
#[derive(Debug)]
pub struct Planned {
    /// As its folder names it.
    pub name: String,
    /// Its address on the hub.
    pub url: String,
    /// Where it will lie when it is whole.
    pub whole: PathBuf,
    /// Where it lies until then.
    pub part: PathBuf,
    /// Its bytes; `None` if the host does not say.
    pub length: Option<u64>,
    /// Whether the host sends parts.
    pub ranges: bool,
    /// What it must be.
    pub wanted: Wanted,
}

impl Planned {
    /// Bytes that have to come.
    pub fn left(&self) -> u64 {
        if self.whole.is_file() {
            return 0;
        }
        let held = |length| if self.ranges { Journal::held(&self.part, self.wanted.hex(), length) } else { 0 };
        self.length.map_or(0, |length| length - held(length))
    }
}

/// Asks the hub about every file. One that is in `place` already with the right hash is linked or
/// copied into `staging` and does not come again.
pub fn plan(
    hub: &Hub,
    model: &Known,
    repository: &str,
    (place, staging): (&Path, &Path),
    watch: &Watch,
) -> Result<Vec<Planned>, EnginesError> {
    let mut planned = Vec::new();
    for file in &model.files {
        if watch.stopped() {
            return Err(EnginesError::Stopped);
        }
        let whole = staging.join(file.place());
        let mut part = whole.as_os_str().to_owned();
        part.push(".part");
        let parent = whole.parent().unwrap_or(staging);
        fs::create_dir_all(parent).map_err(EnginesError::file(parent))?;
        let url = format!("{}/{repository}/resolve/{}/{}", hub.address, model.revision, file.path);
        let asked = patiently(hub.patience, watch, &url, || ask(hub, &url))?;
        let wanted = wanted(model, file, &url, asked.stated)?;
        let right = |path: &Path| wanted.of(path).is_ok_and(|found| found == wanted.hex());
        if whole.is_file() && !right(&whole) {
            fs::remove_file(&whole).map_err(EnginesError::file(&whole))?;
        }
        let here = place.join(file.place());
        if !whole.is_file() && here.is_file() && right(&here) && fs::hard_link(&here, &whole).is_err() {
            fs::copy(&here, &whole).map_err(EnginesError::file(&here))?;
        }
        if let (Some(length), Some(known)) = (asked.length, file.bytes)
            && length != known
        {
            return Err(fault(&url, &format!("it has {length} bytes there, and should have {known}")));
        }
        let (name, part, length) = (file.place().to_owned(), PathBuf::from(part), asked.length);
        planned.push(Planned { name, url, whole, part, length, ranges: asked.ranges, wanted });
    }
    Ok(planned)
}

struct Asked {
    length: Option<u64>,
    ranges: bool,
    stated: Stated,
}

/// One byte is asked for; whether one or all are promised says if the host sends parts.
fn ask(hub: &Hub, url: &str) -> Result<Asked, Fault> {
    let answered = hub.get(url, Some((0, 1)))?;
    if answered.response.status().as_u16() == 206 {
        let Some((0, length)) = answered.range() else {
            return Err(Fault::passing("the host sent another part than was asked for"));
        };
        return Ok(Asked { length: Some(length), ranges: true, stated: answered.stated });
    }
    let length = answered.response.body().content_length();
    Ok(Asked { length, ranges: false, stated: answered.stated })
}

/// The catalogue's hash if it has one, else the hub's own; never none.
fn wanted(model: &Known, file: &KnownFile, url: &str, stated: Stated) -> Result<Wanted, EnginesError> {
    match (&file.sha256, stated.sha256, stated.git) {
        (Some(known), Some(stated), _) if *known != stated => Err(EnginesError::Damaged {
            name: model.name.clone(),
            file: PathBuf::from(url),
            wanted: known.clone(),
            found: stated,
        }),
        (Some(known), ..) => Ok(Wanted::Sha256(known.clone())),
        (None, Some(stated), _) => Ok(Wanted::Sha256(stated)),
        // Weights are always large files on the hub, so their SHA-256 can be demanded.
        (None, None, Some(git)) if !is_weights(&file.path) => Ok(Wanted::Git(git)),
        _ => Err(EnginesError::NoHash { url: url.to_owned() }),
    }
}

fn is_weights(path: &str) -> bool {
    [".safetensors", ".gguf"].iter().any(|end| path.ends_with(end))
}
