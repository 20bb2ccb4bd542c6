//! Backups: the settings without secrets, what is left out, and what a restored library still needs.

use std::path::{Path, PathBuf};

use assay_contract::{
    AUTO_RERANKER, BackupChoice, BackupGap, BackupReply, BackupRoot, BackupView, HostedChoice, RestoreReply, Settings,
};
use assay_domain::{Cancel, Failure};
use assay_library::Home;
use assay_library::backup::{self, Archive, BackupOptions, Manifest, OnBytes, Unpacked};

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
        let (settings, mut left_out) = without_secrets(self.settings());
        let engines = self.library.engines().await;
        let options = options(&settings, choice, false)?;
        let data = engines.home().folder().to_owned();
        // The settings may change meanwhile; the copy is of one moment.
        let store = engines.store().clone();
        drop(engines);
        let manifest = backup::write(&data, Some(&store), file, &options, cancel, on)?;
        left_out.extend(not_chosen(choice));
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
    ) -> Result<RestoreReply, Failure> {
        let engines = self.library.engines().await;
        let unpacked = backup::unpack(file, engines.home(), moves, cancel, on)?;
        match settle(&unpacked, moves).and_then(|reply| unpacked.confirm().map(|()| reply)) {
            Ok(reply) => Ok(reply),
            Err(failure) => {
                unpacked.give_up()?;
                Err(failure)
            }
        }
    }
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
    let (settings, mut left_out) = without_secrets(settings::read(&written)?);
    let mut options = options(&settings, choice, force)?;
    // A library of an earlier version that names no embedder gets its name when it is opened.
    if !settings::names(&written, "embedder")? {
        let without = |text: String| {
            text.lines().filter(|line| !line.starts_with("embedder =")).map(|line| format!("{line}\n")).collect()
        };
        options.settings = options.settings.map(without);
    }
    let manifest = backup::write(&data, None, file, &options, cancel, on)?;
    left_out.extend(not_chosen(choice));
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
    let mut reply = backup::restore(file, &data, moves, |unpacked| settle(unpacked, moves), cancel, on)?;
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

fn options(settings: &Settings, choice: BackupChoice, force: bool) -> Result<BackupOptions, Failure> {
    let BackupChoice { index, models } = choice;
    Ok(BackupOptions { settings: Some(settings::text_of(settings)?), index, models, force })
}

fn reply(manifest: &Manifest, file: &Path, left_out: Vec<BackupGap>) -> BackupReply {
    BackupReply {
        documents: manifest.documents,
        questions: manifest.turns,
        judgements: manifest.labels,
        bytes: std::fs::metadata(file).map_or(0, |metadata| metadata.len()),
        left_out,
    }
}

fn not_chosen(choice: BackupChoice) -> impl Iterator<Item = BackupGap> {
    [(choice.index, BackupGap::Index), (choice.models, BackupGap::Models)]
        .into_iter()
        .filter(|(chosen, _)| !chosen)
        .map(|(_, gap)| gap)
}

/// The settings without names and passwords in addresses, and what is not in them. Keys are in no file of Assay.
fn without_secrets(mut settings: Settings) -> (Settings, Vec<BackupGap>) {
    let mut gaps = Vec::new();
    if settings.hosted != HostedChoice::Off {
        gaps.push(BackupGap::Keys);
    }
    let mut found = false;
    for address in [&mut settings.hub, &mut settings.proxy, &mut settings.hosted_url] {
        let plain = without_password(address);
        found |= plain != *address;
        *address = plain;
    }
    if found {
        gaps.push(BackupGap::Passwords);
    }
    (settings, gaps)
}

/// An address without the name and password before its host and without the query after its path.
fn without_password(address: &str) -> String {
    let (address, _) = address.split_once(['?', '#']).unwrap_or((address, ""));
    let (scheme, rest) = address.split_once("://").map_or(("", address), |(scheme, rest)| (scheme, rest));
    let (host, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    if scheme.is_empty() { format!("{host}{path}") } else { format!("{scheme}://{host}{path}") }
}

/// Switches off in the unpacked settings what only the user of this machine may switch on, and says what is missing.
fn settle(unpacked: &Unpacked, moves: &Moves) -> Result<RestoreReply, Failure> {
    let path = unpacked.settings();
    let written = settings::read(&path)?;
    settings::checked(&written)?;
    let hosted_off = written.hosted != HostedChoice::Off;
    if hosted_off {
        settings::set(&path, "hosted", "off")?;
    }
    let manifest = &unpacked.manifest;
    Ok(RestoreReply {
        documents: manifest.documents,
        questions: manifest.turns,
        judgements: manifest.labels,
        index: manifest.index.is_some(),
        roots: roots(manifest, moves, true),
        hosted_off,
        missing_models: Vec::new(),
    })
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
mod tests {
    use assay_contract::{BackupGap, HostedChoice, Settings};

    use super::{without_password, without_secrets};

    #[test]
    fn addresses_lose_names_passwords_and_queries_and_nothing_else() {
        for (address, plain) in [
            ("https://user:secret@hub.example/models", "https://hub.example/models"),
            ("http://secret@proxy:3128", "http://proxy:3128"),
            ("user:p@ss@proxy:3128", "proxy:3128"),
            ("https://rerank.example/v1?key=secret", "https://rerank.example/v1"),
            ("https://rerank.example/v1#secret", "https://rerank.example/v1"),
            ("https://hub.example/a@b", "https://hub.example/a@b"),
            ("", ""),
        ] {
            assert_eq!(without_password(address), plain);
        }
        let written = Settings {
            proxy: "http://me:secret@proxy:3128".into(),
            hosted: HostedChoice::Jina,
            hosted_url: "https://api.jina.ai/v1/rerank".into(),
            ..Settings::default()
        };
        let (plain, left_out) = without_secrets(written.clone());
        assert_eq!(left_out, [BackupGap::Keys, BackupGap::Passwords]);
        assert_eq!(plain, Settings { proxy: "http://proxy:3128".into(), ..written });
        assert_eq!(without_secrets(Settings::default()), (Settings::default(), Vec::new()));
    }
}
