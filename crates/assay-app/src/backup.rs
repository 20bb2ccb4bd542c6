//! Backups: the settings without secrets, what is left out, and what a restored library still needs.

use std::path::{Path, PathBuf};

use assay_contract::{
    AUTO_RERANKER, BackupChoice, BackupGap, BackupReply, BackupRoot, BackupView, HostedChoice, RestoreReply, Settings,
};
use assay_domain::{Cancel, Failure, Problem};
use assay_library::Home;
use assay_library::backup::{self, Archive, BackupOptions, Manifest, OnBytes, Unpacked};
use assay_models::{address, blocking};
use futures::StreamExt;
use futures::channel::mpsc::unbounded;
use futures::future::join;

use crate::app::App;
use crate::models::registry_of;
use crate::settings;

/// Folders of the old machine, each with the one that takes its place.
pub type Moves = [(String, String)];

impl App {
    /// Writes a backup of this library into a file, while it is in use.
    ///
    /// # Errors
    /// Fails if the file exists and is no backup, if the catalogue is damaged, or if the disk does; a stop. No part of
    /// the archive is left then.
    pub async fn backup(
        &self,
        file: &Path,
        choice: BackupChoice,
        cancel: &Cancel,
        on: &mut OnBytes<'_>,
    ) -> Result<BackupReply, Failure> {
        let (settings, left_out) = without_secrets(self.settings());
        let engines = self.library.engines().await;
        let options = options(settings::text_of(&settings)?, choice, false);
        let data = engines.home().folder().to_owned();
        // The settings may change meanwhile; the copy is of one moment.
        let store = engines.store().clone();
        drop(engines);
        let (to, cancel) = (file.to_owned(), cancel.clone());
        let write = move |on: &mut OnBytes<'_>| backup::write(&data, Some(&store), &to, &options, &cancel, on);
        let manifest = telling("writing a backup", on, write).await??;
        Ok(reply(&manifest, file, left_out))
    }

    /// Unpacks a backup beside this library, which must be empty. The next opening of the data folder puts it in its
    /// place, so the program has to be started again at once.
    ///
    /// # Errors
    /// As [`restore_backup`].
    pub async fn prepare_restore(
        &self,
        file: &Path,
        moves: &Moves,
        cancel: &Cancel,
        on: &mut OnBytes<'_>,
    ) -> Result<(), Failure> {
        let home = self.library.engines().await.home().clone();
        let (file, moves, cancel) = (file.to_owned(), moves.to_vec(), cancel.clone());
        let unpack = move |on: &mut OnBytes<'_>| {
            let unpacked = backup::unpack(&file, &home, &moves, &cancel, on)?;
            adjust_settings(&unpacked)?;
            Ok(unpacked)
        };
        let unpacked: Result<Unpacked, Failure> = telling("unpacking a backup", on, unpack).await?;
        self.library.confirm_restore(unpacked?).await
    }
}

/// Does work on a thread where it may block, and tells here how far it is.
///
/// # Errors
/// [`Failure::bug`] if the work panicked.
async fn telling<T: Send + 'static>(
    what: &str,
    on: &mut OnBytes<'_>,
    work: impl FnOnce(&mut OnBytes<'_>) -> T + Send + 'static,
) -> Result<T, Failure> {
    let (tell, mut told) = unbounded();
    let work = blocking(what, move || work(&mut |done, total| drop(tell.unbounded_send((done, total)))));
    let listen = async {
        while let Some((done, total)) = told.next().await {
            on(done, total);
        }
    };
    // The work drops its end at its own end.
    join(work, listen).await.0
}

/// Writes a backup of the library in a data folder, the platform's own if none is named. Another Assay may have it
/// open.
///
/// # Errors
/// As [`App::backup`]; there may be no library.
pub fn backup_of(
    data: Option<PathBuf>,
    file: &Path,
    choice: BackupChoice,
    force: bool,
    cancel: &Cancel,
    on: &mut OnBytes<'_>,
) -> Result<BackupReply, Failure> {
    let data = data.unwrap_or_else(Home::usual);
    let written = data.join("settings.toml");
    let read = settings::read(&written)?;
    // A backup of settings that no program takes would not be restored.
    settings::checked(&read)?;
    let (settings, left_out) = without_secrets(read);
    // A library of an earlier version that names no embedder gets its name when it is opened.
    let names_embedder = settings::names(&written, "embedder")?;
    let text = if names_embedder { settings::text_of(&settings)? } else { settings::without(&settings, "embedder")? };
    let manifest = backup::write(&data, None, file, &options(text, choice, force), cancel, on)?;
    Ok(reply(&manifest, file, left_out))
}

/// Restores a backup into an empty or new data folder, the platform's own if none is named.
///
/// # Errors
/// Fails if the folder holds a library that is not empty, if the backup is damaged or of a newer Assay, if a folder to
/// move is not in it, or if the disk does; a stop. Nothing is changed then.
pub fn restore_backup(
    data: Option<PathBuf>,
    file: &Path,
    moves: &Moves,
    cancel: &Cancel,
    on: &mut OnBytes<'_>,
) -> Result<RestoreReply, Failure> {
    let data = data.unwrap_or_else(Home::usual);
    let mut reply = backup::restore(
        file,
        &data,
        moves,
        |unpacked| Ok(restored(&unpacked.manifest, moves, adjust_settings(unpacked)?)),
        cancel,
        on,
    )?;
    reply.missing_models = missing_models(&data)?;
    Ok(reply)
}

/// What is in a backup. Only the terminal gets the paths of its folders.
///
/// # Errors
/// Fails if the file is no whole backup, or of a newer Assay.
pub fn backup_view(file: &Path, moves: &Moves, with_paths: bool) -> Result<BackupView, Failure> {
    let manifest = Archive::open(file)?.manifest;
    Ok(BackupView {
        created: manifest.created,
        documents: manifest.documents,
        questions: manifest.turns,
        judgements: manifest.labels,
        index: manifest.index.is_some(),
        models: manifest.models,
        roots: roots(&manifest, moves, with_paths),
    })
}

/// The folders of a backup, by their numbers in it.
pub fn backup_folders(file: &Path) -> Result<Vec<String>, Failure> {
    Ok(Archive::open(file)?.manifest.roots.into_iter().map(|root| root.path).collect())
}

fn options(settings: String, choice: BackupChoice, force: bool) -> BackupOptions {
    BackupOptions { settings: Some(settings), index: choice.index, models: choice.models, force }
}

/// What is in a backup, and what is not, whatever was asked for.
fn reply(manifest: &Manifest, file: &Path, mut left_out: Vec<BackupGap>) -> BackupReply {
    let gaps = [
        (manifest.index.is_none(), BackupGap::Index),
        (!manifest.models, BackupGap::Models),
        (manifest.models_left_out > 0, BackupGap::ModelFiles),
    ];
    left_out.extend(gaps.into_iter().filter(|(missing, _)| *missing).map(|(_, gap)| gap));
    BackupReply {
        documents: manifest.documents,
        questions: manifest.turns,
        judgements: manifest.labels,
        bytes: std::fs::metadata(file).map_or(0, |metadata| metadata.len()),
        left_out,
    }
}

/// The settings without names and passwords in addresses, and what is not in them. Keys are in no file of Assay.
pub(crate) fn without_secrets(mut settings: Settings) -> (Settings, Vec<BackupGap>) {
    let mut gaps = Vec::new();
    if settings.hosted != HostedChoice::Off {
        gaps.push(BackupGap::Keys);
    }
    let mut found = false;
    for address in [&mut settings.hub, &mut settings.proxy, &mut settings.hosted_url] {
        let plain = address::without_secrets(address);
        found |= plain != *address;
        *address = plain;
    }
    if found {
        gaps.push(BackupGap::Passwords);
    }
    (settings, gaps)
}

/// Switches off in the unpacked settings what only the user of this machine may switch on, and checks them. Returns
/// whether a hosted reranker was switched off.
fn adjust_settings(unpacked: &Unpacked) -> Result<bool, Failure> {
    let path = unpacked.settings();
    let unusable = |failure: Failure| {
        let message = format!("the settings in the backup cannot be used: {}", failure.message);
        Failure::new(Problem::BackupUnusable, message, "use another copy of the backup; nothing was changed")
    };
    let hosted_off = settings::read(&path).map_err(unusable)?.hosted != HostedChoice::Off;
    if hosted_off {
        settings::set(&path, "hosted", "off")?;
    }
    let adjusted = settings::read(&path).map_err(unusable)?;
    if adjusted.hosted != HostedChoice::Off {
        return Err(Failure::bug("the hosted reranker of the backup is still on"));
    }
    settings::checked(&adjusted).map_err(unusable)?;
    Ok(hosted_off)
}

fn restored(manifest: &Manifest, moves: &Moves, hosted_off: bool) -> RestoreReply {
    RestoreReply {
        documents: manifest.documents,
        questions: manifest.turns,
        judgements: manifest.labels,
        index: manifest.index.is_some(),
        roots: roots(manifest, moves, true),
        hosted_off,
        missing_models: Vec::new(),
    }
}

/// The models of the settings that are not on this machine.
fn missing_models(data: &Path) -> Result<Vec<String>, Failure> {
    let (registry, written) = (registry_of(data)?, settings::read(&data.join("settings.toml"))?);
    let named = [&written.embedder, &written.reranker, &written.second_reranker, &written.writer];
    let missing =
        named.into_iter().filter(|name| !name.is_empty() && *name != AUTO_RERANKER && registry.place(name).is_err());
    Ok(missing.cloned().collect())
}

fn roots(manifest: &Manifest, moves: &Moves, with_paths: bool) -> Vec<BackupRoot> {
    let root = |(id, root): (u32, &backup::RootEntry)| {
        let place = backup::new_place(&root.path, moves);
        let name = place.rsplit(['/', '\\']).find(|part| !part.is_empty()).unwrap_or(&place);
        let name = name.to_owned();
        BackupRoot {
            id,
            name,
            documents: root.documents,
            watched: root.watched,
            found: Path::new(&place).is_dir(),
            folder: with_paths.then(|| place.clone()),
        }
    };
    (0..).zip(&manifest.roots).map(root).collect()
}

#[cfg(test)]
mod tests;
