//! The plan of a download: each file's address, length and hash, before any of its bytes are fetched.

use std::fs;
use std::path::{Path, PathBuf};

use super::fault::{Fault, fetch_error};
use super::hub::{Hub, Stated};
use super::journal::Journal;
use super::retry::{StopFlag, retry};
use crate::address::without_secrets;
use crate::error::ModelsError;
use crate::known::{Known, KnownFile};
use crate::manifest::{git_blob, sha256};

/// The hash that a file must have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// SHA-256, from the catalogue or, for a large file, from the hub.
    Sha256(String),
    /// Git's blob id, which the hub states for a small file.
    Git(String),
}

impl Wanted {
    /// The hash in hex.
    pub fn hex(&self) -> &str {
        match self {
            Self::Sha256(hex) | Self::Git(hex) => hex,
        }
    }

    /// The hash of the same kind of a local file.
    pub fn of(&self, path: &Path) -> std::io::Result<String> {
        match self {
            Self::Sha256(_) => sha256(path),
            Self::Git(_) => git_blob(path),
        }
    }
}

/// A file to fetch.
#[derive(Debug)]
pub struct Planned {
    /// Its path in the model's folder.
    pub name: String,
    /// Its address on the hub.
    pub url: String,
    /// Where it lies once it is complete.
    pub whole: PathBuf,
    /// Where it lies until then.
    pub part: PathBuf,
    /// Its bytes; `None` if the host does not say.
    pub length: Option<u64>,
    /// Whether the host sends byte ranges.
    pub ranges: bool,
    /// The hash that it must have.
    pub wanted: Wanted,
}

impl Planned {
    /// Bytes that have to be fetched.
    pub fn left(&self) -> u64 {
        if self.whole.is_file() {
            return 0;
        }
        let held = |length| if self.ranges { Journal::held(&self.part, self.wanted.hex(), length) } else { 0 };
        self.length.map_or(0, |length| length - held(length))
    }
}

/// Asks the hub about every file; an optional one that the hub lacks is left out. A file that lies in `place`
/// with the right hash is linked or copied into `staging` and is not fetched again.
pub fn plan(
    hub: &Hub,
    model: &Known,
    repository: &str,
    (place, staging): (&Path, &Path),
    stop: &StopFlag,
) -> Result<Vec<Planned>, ModelsError> {
    let mut planned = Vec::new();
    for file in &model.files {
        if stop.stopped() {
            return Err(ModelsError::Stopped);
        }
        let whole = staging.join(file.place());
        let mut part = whole.as_os_str().to_owned();
        part.push(".part");
        let parent = whole.parent().unwrap_or(staging);
        fs::create_dir_all(parent).map_err(ModelsError::file(parent))?;
        let url = format!("{}/{repository}/resolve/{}/{}", hub.address, model.revision, file.path);
        let asked = match retry(hub.retries, stop, &url, || ask(hub, &url)) {
            Err(ModelsError::NotOnHub { .. }) if file.optional => continue,
            asked => asked?,
        };
        let wanted = wanted(model, file, &url, asked.stated)?;
        let right = |path: &Path| wanted.of(path).is_ok_and(|found| found == wanted.hex());
        if whole.is_file() && !right(&whole) {
            fs::remove_file(&whole).map_err(ModelsError::file(&whole))?;
        }
        let here = place.join(file.place());
        if !whole.is_file() && here.is_file() && right(&here) && fs::hard_link(&here, &whole).is_err() {
            fs::copy(&here, &whole).map_err(ModelsError::file(&here))?;
        }
        if let (Some(length), Some(known)) = (asked.length, file.bytes)
            && length != known
        {
            return Err(fetch_error(&url, &format!("it has {length} bytes there, and should have {known}")));
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

/// Requests one byte: the reply shows whether the host sends byte ranges.
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

/// The catalogue's hash, else the hub's.
///
/// # Errors
/// [`ModelsError::NoHash`] if neither states one, [`ModelsError::Damaged`] if they differ.
fn wanted(model: &Known, file: &KnownFile, url: &str, stated: Stated) -> Result<Wanted, ModelsError> {
    match (&file.sha256, stated.sha256, stated.git) {
        (Some(known), Some(stated), _) if *known != stated => Err(ModelsError::Damaged {
            name: model.name.clone(),
            file: PathBuf::from(without_secrets(url)),
            wanted: known.clone(),
            found: stated,
        }),
        (Some(known), ..) => Ok(Wanted::Sha256(known.clone())),
        (None, Some(stated), _) => Ok(Wanted::Sha256(stated)),
        // Weights are large files on the hub, so it always states their SHA-256.
        (None, None, Some(git)) if !is_weights(&file.path) => Ok(Wanted::Git(git)),
        _ => Err(ModelsError::NoHash { url: url.to_owned() }),
    }
}

fn is_weights(path: &str) -> bool {
    [".safetensors", ".gguf"].iter().any(|end| path.ends_with(end))
}
