//! Mirroring: everything that the head names, in a folder of this machine.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};

use crate::error::RemoteError;
use crate::head::{AT_ONCE, Contents, DocumentEntry, FileEntry, FoundHead, Head, PageEntry};
use crate::marker::{of_json, to_json};
use crate::names::{HEAD, index_file, is_sweepable, text};
use crate::objects::Version;
use crate::packed::{hash_of, unpack};
use crate::remote::Remote;

/// What is published, as this machine has it.
#[derive(Debug, Clone)]
pub struct Mirrored {
    contents: Arc<Contents>,
    staging: PathBuf,
    /// Files of the index that were fetched.
    pub files: u64,
    /// Texts that were fetched.
    pub texts: u64,
    /// Bytes of both.
    pub bytes: u64,
}

/// A head as this machine keeps it.
#[derive(Serialize, Deserialize)]
struct Note {
    head: Head,
    etag: Option<String>,
    written: i64,
}

/// The head in a note of [`Mirrored::note`].
///
/// # Errors
/// [`RemoteError::Damaged`].
pub fn noted(note: &[u8]) -> Result<(Head, i64), RemoteError> {
    let Note { head, written, .. } = of_json(HEAD, note)?;
    Ok((head, written))
}

/// Receives the bytes that were fetched and those that are to be.
pub type OnStep<'a> = dyn Fn(u64, u64) + Send + Sync + 'a;

impl Mirrored {
    /// The head.
    pub fn head(&self) -> &Head {
        &self.contents.found.head
    }

    /// When the store wrote the head, in seconds since 1970.
    pub fn written(&self) -> i64 {
        self.contents.found.written
    }

    /// What is to be kept of it, for [`Remote::recall`].
    pub fn note(&self) -> Vec<u8> {
        let FoundHead { head, version, written } = self.contents.found.clone();
        to_json(&Note { head, etag: version.etag().map(str::to_owned), written })
    }

    /// The files of the index.
    pub fn entries(&self) -> &[FileEntry] {
        &self.contents.files
    }

    /// The documents.
    pub fn documents(&self) -> &[DocumentEntry] {
        &self.contents.documents
    }

    /// The folder with the files of the index.
    pub fn index(&self) -> PathBuf {
        self.staging.join("index")
    }

    /// The pages of a document whose text was fetched.
    ///
    /// # Errors
    /// Fails if the file cannot be read, or is not what the head says.
    pub fn pages(&self, document: &DocumentEntry) -> Result<Vec<PageEntry>, RemoteError> {
        let path = self.staging.join("texts").join(&document.text);
        unpack(&text(&document.text), &fs::read(&path).map_err(RemoteError::file(&path))?, &document.text)
    }
}

impl Remote {
    /// What is published; `None` if it is what `known` is already.
    ///
    /// # Errors
    /// [`RemoteError::Nothing`] before the first publication.
    pub async fn look(&self, lists: &Path, known: Option<&Mirrored>) -> Result<Option<Mirrored>, RemoteError> {
        let before = known.map(|known| known.contents.clone());
        let contents = self.contents(lists, before.clone()).await?;
        let contents = contents.ok_or_else(|| RemoteError::Nothing { url: self.url().to_owned() })?;
        let same = before.is_some_and(|before| before.found.head == contents.found.head);
        Ok((!same).then(|| Mirrored { contents, staging: PathBuf::new(), files: 0, texts: 0, bytes: 0 }))
    }

    /// What [`Mirrored::note`] noted, with lists that are kept or fetched again.
    ///
    /// # Errors
    /// [`RemoteError::Damaged`]; what the store reports, where a list is not kept.
    pub async fn recall(&self, note: &[u8], lists: &Path) -> Result<Mirrored, RemoteError> {
        let Note { head, etag, written } = of_json(HEAD, note)?;
        let documents = self.lists(&head.document_lists, lists).await?;
        let files = self.lists(&head.file_lists, lists).await?;
        let found = FoundHead { head, version: Version::marked(etag), written };
        let contents = Arc::new(Contents { found, documents, files });
        Ok(Mirrored { contents, staging: PathBuf::new(), files: 0, texts: 0, bytes: 0 })
    }

    /// Fetches what `wanted` names into a folder, where what an earlier try fetched is used. Files that lie in `have`
    /// already are linked from there, and texts with the hashes in `texts` are not fetched.
    ///
    /// # Errors
    /// [`RemoteError::Damaged`] if an object is gone or is not what the head says; [`RemoteError::File`] if the disk
    /// is full.
    pub async fn fetch(
        &self,
        wanted: Mirrored,
        have: Option<(&Path, &[FileEntry])>,
        texts: &HashSet<String>,
        staging: &Path,
        on: &OnStep<'_>,
    ) -> Result<Mirrored, RemoteError> {
        let contents = wanted.contents;
        let (index, text_folder) = (staging.join("index"), staging.join("texts"));
        for folder in [&index, &text_folder] {
            fs::create_dir_all(folder).map_err(RemoteError::file(folder))?;
        }
        prune(&index, &contents.files)?;
        let missing = link(&contents.files, have, &index)?;
        let lacking: HashSet<&str> =
            contents.documents.iter().map(|row| row.text.as_str()).filter(|hash| !texts.contains(*hash)).collect();
        if let Some(hash) = lacking.iter().find(|hash| !is_sweepable(&text(hash))) {
            let reason = format!("a list names the text {hash:?}");
            return Err(RemoteError::Damaged { object: "lists".to_owned(), reason });
        }
        let total: u64 = missing.iter().map(|file| file.bytes).sum();
        let (done, bytes) = (AtomicU64::new(0), AtomicU64::new(0));
        let folder = &contents.found.head.folder;
        let mut getting: Vec<BoxFuture<'_, Result<(), RemoteError>>> = Vec::with_capacity(missing.len());
        for file in &missing {
            let (done, bytes, index) = (&done, &bytes, &index);
            getting.push(
                async move {
                    let name = index_file(folder, &file.path);
                    let wanted = |length: u64, hash: &str| length == file.bytes && hash == file.hash;
                    let got = self.get_file(&name, &index.join(&file.path), true, wanted).await?;
                    bytes.fetch_add(got, Ordering::Relaxed);
                    on(done.fetch_add(file.bytes, Ordering::Relaxed) + file.bytes, total);
                    Ok(())
                }
                .boxed(),
            );
        }
        stream::iter(getting).buffer_unordered(AT_ONCE).try_collect::<Vec<_>>().await?;
        // Texts go into the catalogue, so they are not synced here, and what an earlier try left is looked at.
        let is_whole = |hash: &str| fs::read(text_folder.join(hash)).is_ok_and(|bytes| hash_of(&bytes) == hash);
        let to_get: Vec<&str> = lacking.into_iter().filter(|hash| !is_whole(hash)).collect();
        let mut getting: Vec<BoxFuture<'_, Result<(), RemoteError>>> = Vec::with_capacity(to_get.len());
        for hash in &to_get {
            let (bytes, path) = (&bytes, text_folder.join(hash));
            getting.push(
                async move {
                    let got = self.get_file(&text(hash), &path, false, |_, found| found == *hash).await?;
                    bytes.fetch_add(got, Ordering::Relaxed);
                    Ok(())
                }
                .boxed(),
            );
        }
        stream::iter(getting).buffer_unordered(AT_ONCE).try_collect::<Vec<_>>().await?;
        let (files, texts) = (missing.len() as u64, to_get.len() as u64);
        sync_folders(&index).map_err(RemoteError::file(&index))?;
        Ok(Mirrored { contents, staging: staging.to_owned(), files, texts, bytes: bytes.into_inner() })
    }

    /// Fetches one file. It has its name once it is whole.
    async fn get_file(
        &self,
        name: &str,
        path: &Path,
        synced: bool,
        is_whole: impl Fn(u64, &str) -> bool + Send,
    ) -> Result<u64, RemoteError> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(RemoteError::file(folder))?;
        }
        let damaged = |reason: &str| RemoteError::Damaged { object: name.to_owned(), reason: reason.to_owned() };
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        let (length, hash) = self.objects.download(name, &part, synced).await?.ok_or_else(|| damaged("it is gone"))?;
        if !is_whole(length, &hash) {
            return Err(damaged("it is not what the list says"));
        }
        fs::rename(&part, path).map_err(RemoteError::file(path))?;
        Ok(length)
    }
}

/// Deletes what an earlier try left of files that are no longer wanted.
fn prune(index: &Path, wanted: &[FileEntry]) -> Result<(), RemoteError> {
    let wanted: HashMap<&str, u64> = wanted.iter().map(|file| (file.path.as_str(), file.bytes)).collect();
    let mut open = vec![(index.to_owned(), String::new())];
    while let Some((folder, above)) = open.pop() {
        for entry in fs::read_dir(&folder).map_err(RemoteError::file(&folder))? {
            let entry = entry.map_err(RemoteError::file(&folder))?;
            let path = format!("{above}{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                open.push((entry.path(), format!("{path}/")));
            // A manifest may have had other contents under its name.
            } else if !wanted.contains_key(path.as_str()) || path.contains("/_versions/") {
                fs::remove_file(entry.path()).map_err(RemoteError::file(&entry.path()))?;
            }
        }
    }
    Ok(())
}

/// Links the files that this machine has. Returns the others that are not staged yet.
fn link(
    wanted: &[FileEntry],
    have: Option<(&Path, &[FileEntry])>,
    index: &Path,
) -> Result<Vec<FileEntry>, RemoteError> {
    let known: HashMap<&str, &str> =
        have.iter().flat_map(|(_, files)| *files).map(|file| (file.path.as_str(), file.hash.as_str())).collect();
    let mut missing = Vec::new();
    for file in wanted {
        let to = index.join(&file.path);
        if fs::metadata(&to).is_ok_and(|there| there.len() == file.bytes) {
            continue;
        }
        let from = have.map(|(folder, _)| folder.join(&file.path));
        let from = from.filter(|_| known.get(file.path.as_str()) == Some(&file.hash.as_str()));
        let from = from.filter(|from| fs::metadata(from).is_ok_and(|there| there.len() == file.bytes));
        match from {
            Some(from) => link_one(&from, &to).map_err(RemoteError::file(&to))?,
            None => missing.push(file.clone()),
        }
    }
    Ok(missing)
}

fn link_one(from: &Path, to: &Path) -> io::Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    match fs::hard_link(from, to) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            fs::remove_file(to).and_then(|()| fs::hard_link(from, to))
        }
        // A disk without links.
        Err(_) => fs::copy(from, to).map(drop),
        Ok(()) => Ok(()),
    }
}

/// Puts the names in a folder and below it on the disk.
fn sync_folders(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            sync_folders(&path)?;
        }
    }
    #[cfg(unix)]
    fs::File::open(folder)?.sync_all()?;
    Ok(())
}
