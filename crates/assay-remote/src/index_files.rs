//! The files of an index at the store. A file is never changed there: where a name is taken by another content, the
//! whole index goes on in a new folder, and what is the same is copied at the store.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt, TryStreamExt, stream};

use crate::error::RemoteError;
use crate::head::{AT_ONCE, Contents, FileEntry};
use crate::names::index_file;
use crate::remote::Remote;

/// The files of an index on this machine, with their hashes.
pub struct IndexFiles {
    root: PathBuf,
    files: Vec<FileEntry>,
}

/// The files of an index at the store.
pub struct SentIndex {
    /// Their folder.
    pub folder: String,
    /// All of them, by path.
    pub files: Vec<FileEntry>,
    /// How many were sent.
    pub sent: u64,
}

impl IndexFiles {
    /// Lists the files of a folder. The hash of a file that was published under its name and has its length is known:
    /// all names but those of manifests are random numbers.
    pub async fn gather(root: &Path, before: Option<&Contents>) -> Result<Self, RemoteError> {
        let known: HashMap<String, FileEntry> =
            before.into_iter().flat_map(|before| &before.files).map(|file| (file.path.clone(), file.clone())).collect();
        let folder = root.to_owned();
        let work = move || gather(&folder, &known);
        let files = tokio::task::spawn_blocking(work).await;
        let stopped =
            |_| RemoteError::Other { doing: "read the index".to_owned(), reason: "it was stopped".to_owned() };
        Ok(Self { root: root.to_owned(), files: files.map_err(stopped)?? })
    }
}

fn gather(root: &Path, known: &HashMap<String, FileEntry>) -> Result<Vec<FileEntry>, RemoteError> {
    let (mut files, mut open) = (Vec::new(), vec![(root.to_owned(), String::new())]);
    while let Some((folder, above)) = open.pop() {
        for entry in fs::read_dir(&folder).map_err(RemoteError::file(&folder))? {
            let entry = entry.map_err(RemoteError::file(&folder))?;
            let path = format!("{above}{}", entry.file_name().to_string_lossy());
            let kind = entry.file_type().map_err(RemoteError::file(&entry.path()))?;
            if kind.is_dir() {
                open.push((entry.path(), format!("{path}/")));
            } else if crate::names::is_file(&path) {
                let bytes = entry.metadata().map_err(RemoteError::file(&entry.path()))?.len();
                let same = known.get(&path).filter(|file| file.bytes == bytes && !is_manifest(&path));
                let hash = match same {
                    Some(file) => file.hash.clone(),
                    None => hash(&entry.path())?,
                };
                files.push(FileEntry { path, bytes, hash });
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

fn hash(path: &Path) -> Result<String, RemoteError> {
    let mut hasher = blake3::Hasher::new();
    let file = fs::File::open(path).map_err(RemoteError::file(path))?;
    hasher.update_reader(file).map_err(RemoteError::file(path))?;
    Ok(hasher.finalize().to_hex().to_string())
}

/// Whether a file lists the files of a version. Those are sent last, so that what they name is there.
fn is_manifest(path: &str) -> bool {
    path.contains("/_versions/")
}

impl Remote {
    /// Sends the files that the store does not have.
    pub(crate) async fn index_files(
        &self,
        index: IndexFiles,
        token: u64,
        before: Option<&Contents>,
    ) -> Result<SentIndex, RemoteError> {
        let next = before.map_or(1, |before| before.found.head.sequence + 1);
        if let Some(before) = before {
            let own = before.found.head.folder.split_once('-').is_some_and(|(owner, _)| owner == token.to_string());
            if own && let Some(sent) = self.send(&index, &before.found.head.folder, Some(before)).await? {
                return Ok(sent);
            }
        }
        // What an interrupted publication left in a folder may have other contents.
        for folder in (next..next + 1_000).map(|number| format!("{token}-{number}")) {
            if before.is_some_and(|before| before.found.head.folder == folder) {
                continue;
            }
            if let Some(sent) = self.send(&index, &folder, before).await? {
                return Ok(sent);
            }
        }
        Err(RemoteError::Conflict)
    }

    /// Sends to one folder; `None` if another content has the name of a file there.
    async fn send(
        &self,
        index: &IndexFiles,
        folder: &str,
        before: Option<&Contents>,
    ) -> Result<Option<SentIndex>, RemoteError> {
        let old: HashMap<&str, &FileEntry> =
            before.into_iter().flat_map(|before| &before.files).map(|file| (file.path.as_str(), file)).collect();
        let old_folder = before.map(|before| before.found.head.folder.as_str()).unwrap_or_default();
        let same_folder = old_folder == folder;
        let is_there = |file: &&FileEntry| old.get(file.path.as_str()).is_some_and(|there| there.hash == file.hash);
        let taken = |file: &FileEntry| old.get(file.path.as_str()).is_some_and(|there| there.hash != file.hash);
        if same_folder && index.files.iter().any(taken) {
            return Ok(None);
        }
        let wanted = index.files.iter().filter(|file| !same_folder || !is_there(file));
        let (last, first): (Vec<&FileEntry>, Vec<&FileEntry>) = wanted.partition(|file| is_manifest(&file.path));
        let mut sent = 0;
        for part in [first, last] {
            let mut sending: Vec<BoxFuture<'_, Result<bool, RemoteError>>> = Vec::with_capacity(part.len());
            for file in part {
                let (from, to) = (index_file(old_folder, &file.path), index_file(folder, &file.path));
                let copied = is_there(&file);
                sending.push(
                    async move {
                        if copied {
                            return self.objects.copy(&from, &to).await.map(|()| true);
                        }
                        self.objects.upload(&to, &index.root.join(&file.path), file.bytes, &file.hash).await
                    }
                    .boxed(),
                );
            }
            let done: Vec<bool> = stream::iter(sending).buffer_unordered(AT_ONCE).try_collect().await?;
            if done.contains(&false) {
                return Ok(None);
            }
            sent += done.len() as u64;
        }
        Ok(Some(SentIndex { folder: folder.to_owned(), files: index.files.clone(), sent }))
    }
}
