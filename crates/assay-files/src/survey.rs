//! A survey of a watched folder: the files in it, and what became of documents that are not found. A
//! document counts as missing only if it cannot merely be out of reach.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use assay_domain::port::Source;
use assay_domain::{Document, WatchedFolder};

use crate::sources::{Found, Limits, Presence, find_below, is_listed, presence, stamp};

/// What a survey found.
#[derive(Debug, Default)]
pub struct Survey {
    /// Why the whole folder is out of reach, if it is.
    pub unreachable: Option<String>,
    /// The number of the disk that it lies on.
    pub device: Option<u64>,
    /// The files in it.
    pub found: Found,
    /// Documents whose files are gone or renamed, or that a rule leaves out by now, with the reason.
    pub missing: Vec<(Document, String)>,
    /// Documents whose files are out of reach, with the reason.
    pub offline: Vec<(Document, String)>,
    /// Whether a file appeared during the survey.
    pub moving: bool,
}

/// Walks a watched folder and compares the files with the documents that came from it.
pub fn survey(folder: &WatchedFolder, documents: Vec<Document>, limits: &Limits) -> Survey {
    let root = Path::new(&folder.path);
    let (found, device) = match look(root, limits) {
        Ok(looked) => looked,
        Err(why) => return unreachable(documents, why),
    };
    let here: HashMap<&str, &Source> = found.sources.iter().map(|source| (source.path.as_str(), source)).collect();
    let (there, missing): (Vec<_>, Vec<_>) =
        documents.into_iter().partition(|document| here.contains_key(document.path.as_str()));
    if there.is_empty() && !missing.is_empty() && folder.device.is_some() && device != folder.device {
        return unreachable(
            missing,
            format!("{} is empty now and on another disk: its drive is not there", folder.path),
        );
    }
    // A disk can have another number after a restart; then the files that are there show it, too.
    let renumbered: HashSet<(Option<u64>, Option<u64>)> = there
        .iter()
        .filter_map(|document| Some((document.device, here.get(document.path.as_str())?.device)))
        .filter(|(was, is)| was != is)
        .collect();

    let excluded: HashMap<&Path, &str> =
        found.excluded.iter().map(|(path, rule)| (path.as_path(), rule.as_str())).collect();
    let not_reached: HashMap<&Path, &str> =
        found.unreachable.iter().map(|(path, why)| (path.as_path(), why.message.as_str())).collect();
    let (mut gone, mut offline, mut moving) = (Vec::new(), Vec::new(), false);
    for document in missing {
        let place = Path::new(&document.path);
        let above = |list: &HashMap<&Path, &str>| {
            place.ancestors().find_map(|path| list.get(path).map(|why| (*why).to_owned()))
        };
        if let Some(rule) = above(&excluded) {
            gone.push((document, rule));
            continue;
        }
        if let Some(why) = above(&not_reached) {
            offline.push((document, why));
            continue;
        }
        match presence(place) {
            // The walk lists it once it has come to rest.
            Presence::There(_) if is_listed(place) => moving = true,
            Presence::There(_) => gone.push((document, "something else is in its place".into())),
            Presence::Unknown(why) => offline.push((document, why)),
            Presence::Gone(is) => {
                let was = document.device;
                let elsewhere = was.is_some() && is.is_some() && was != is && !renumbered.contains(&(was, is));
                match elsewhere {
                    true => offline.push((document, "the drive that it lies on is not there".into())),
                    false => gone.push((document, "its file is gone".into())),
                }
            }
        }
    }
    Survey { unreachable: None, device, found, missing: gone, offline, moving }
}

/// The folder's files and its disk, or why they are out of reach.
fn look(root: &Path, limits: &Limits) -> Result<(Found, Option<u64>), String> {
    let shown = root.display();
    match presence(root) {
        Presence::There(_) => (),
        Presence::Gone(_) => return Err(format!("{shown} is not there: it was moved, or its drive is unplugged")),
        Presence::Unknown(why) => return Err(why),
    }
    // A link in its place leads to where the folder was moved.
    let folder = std::fs::metadata(root).ok().filter(std::fs::Metadata::is_dir);
    let device = stamp::device(folder.ok_or_else(|| format!("{shown} is no folder any more"))?);
    let found = find_below(root, limits);
    match found.unreachable.iter().find(|(path, _)| path == root) {
        Some((_, failure)) => Err(failure.message.clone()),
        None => Ok((found, device)),
    }
}

fn unreachable(documents: Vec<Document>, why: String) -> Survey {
    let offline = documents.into_iter().map(|document| (document, why.clone())).collect();
    Survey { unreachable: Some(why), offline, ..Survey::default() }
}

#[cfg(test)]
mod tests;
