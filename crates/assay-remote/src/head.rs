//! The head: what is published now. Its lists are objects of their own, named by their hash, so that publishing one
//! saved file writes one list and not all.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::RemoteError;
use crate::marker::{FORMAT, FilledBy, Format, of_json, to_json};
use crate::names::{self, HEAD};
use crate::objects::Version;
use crate::packed::unpack;
use crate::remote::{Holder, Remote};

/// Lists that are read at once.
pub(crate) const AT_ONCE: usize = 8;
/// Tries to mark a head.
const TRIES: u32 = 4;

/// What is published now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Format of the objects.
    pub format: u32,
    /// Random number of the library.
    pub library: String,
    /// Counts the publications.
    pub sequence: u64,
    /// Random number of the publication: its publisher knows its own.
    pub nonce: String,
    /// Token of the lease under which it was published.
    pub token: u64,
    /// Random number of the publisher.
    pub holder: String,
    /// Name of the publisher's machine.
    pub machine: String,
    /// When it was published, in seconds since 1970 by the publisher's clock.
    pub time: i64,
    /// Documents in it.
    pub documents: u64,
    /// Passages of these documents.
    pub passages: u64,
    /// What filled its index.
    pub filled_by: FilledBy,
    /// Folder of the index below `index/`.
    pub folder: String,
    /// Bytes of the index's files.
    pub index_bytes: u64,
    /// Hashes of the lists of documents.
    pub document_lists: Vec<String>,
    /// Hashes of the lists of files.
    pub file_lists: Vec<String>,
    /// Readings that have rows in the index and do not answer.
    pub silent: Vec<i64>,
    /// The greatest number that a document has had.
    pub newest_document: i64,
    /// The greatest number that a reading has had.
    pub newest_generation: i64,
}

/// A file of the index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Its path below the index's folder.
    pub path: String,
    /// Its length.
    pub bytes: u64,
    /// Its BLAKE3, in hex.
    pub hash: String,
}

/// A document that was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentEntry {
    /// Its number.
    pub id: i64,
    /// Its committed reading.
    pub generation: i64,
    /// Its collection.
    pub collection: String,
    /// Its path on the publisher.
    pub path: String,
    /// The folder on the publisher that it was found in, if that is watched.
    pub root: Option<String>,
    /// Name of its file.
    pub name: String,
    /// Its state.
    pub state: String,
    /// Why it is in that state, or what was not read of it.
    pub reason: Option<String>,
    /// Code of the problem.
    pub problem: Option<String>,
    /// What is incomplete about the reading.
    pub incomplete: Option<String>,
    /// The reader that left something out.
    pub partly_by: Option<String>,
    /// Revision of the reader.
    pub reader_revision: Option<u32>,
    /// Its format.
    pub format: Option<String>,
    /// Its main language.
    pub language: Option<String>,
    /// Length of its file.
    pub bytes: u64,
    /// BLAKE3 of its file, in hex.
    pub hash: String,
    /// Pages that the file has.
    pub pages: u32,
    /// Pages that gave text.
    pub pages_with_text: u32,
    /// Chunks in the index.
    pub chunks: u32,
    /// When it was added, in seconds since 1970.
    pub added: i64,
    /// When its row was last changed, in seconds since 1970.
    pub changed: i64,
    /// When its file was written, in nanoseconds since 1970.
    pub written: Option<i64>,
    /// When its file was found to be missing, in seconds since 1970: it does not answer.
    pub missing_since: Option<i64>,
    /// Why it is missing.
    pub missing_why: Option<String>,
    /// Hash of the object with the text of its pages.
    #[serde(default)]
    pub text: String,
}

/// A page of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageEntry {
    /// Counted from 1.
    pub number: Option<u32>,
    /// Its text.
    pub text: String,
    /// Its headings.
    pub headings: Vec<Heading>,
    /// Code of what gave its text.
    pub extractor: String,
    /// Confidence of recognition.
    pub confidence: Option<u8>,
    /// Code of how it came out.
    pub outcome: String,
    /// Code of its fault.
    pub fault: Option<String>,
    /// Why it was not read.
    pub reason: Option<String>,
}

/// Where the section of a heading begins, with the path of headings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heading(pub usize, pub String);

/// The head with its version at the store.
#[derive(Debug, Clone)]
pub struct FoundHead {
    pub head: Head,
    pub version: Version,
    /// When the store wrote it.
    pub written: i64,
}

/// A head with its lists.
#[derive(Debug, Clone)]
pub struct Contents {
    pub found: FoundHead,
    pub documents: Vec<DocumentEntry>,
    pub files: Vec<FileEntry>,
}

impl Remote {
    /// The head; `None` before the first publication.
    pub(crate) async fn head(&self) -> Result<Option<FoundHead>, RemoteError> {
        match self.objects.get(HEAD).await? {
            Some(object) => self.understood(object).map(Some),
            None => Ok(None),
        }
    }

    fn understood(&self, object: crate::objects::Object) -> Result<FoundHead, RemoteError> {
        let format: Format = of_json(HEAD, &object.bytes)?;
        if format.format > FORMAT {
            return Err(RemoteError::Newer { url: self.url().to_owned(), found: format.format, known: FORMAT });
        }
        let head: Head = of_json(HEAD, &object.bytes)?;
        if self.library.as_ref().is_some_and(|library| *library != head.library) {
            return Err(RemoteError::OtherLibrary { url: self.url().to_owned() });
        }
        if !names::is_folder(&head.folder) {
            return Err(RemoteError::Damaged { object: HEAD.to_owned(), reason: "it names no folder".to_owned() });
        }
        Ok(FoundHead { head, version: object.version, written: object.written })
    }

    /// The head with its lists. What is known already is not read again, and lists are kept in a folder of this
    /// machine.
    pub(crate) async fn contents(
        &self,
        lists: &Path,
        known: Option<Arc<Contents>>,
    ) -> Result<Option<Arc<Contents>>, RemoteError> {
        let etag = known.as_ref().and_then(|known| known.found.version.etag());
        let object = match etag {
            None => self.objects.get(HEAD).await?,
            Some(etag) => match self.objects.get_unless(HEAD, etag).await? {
                None => return Ok(known),
                Some(object) => object,
            },
        };
        let Some(object) = object else { return Ok(None) };
        let found = self.understood(object)?;
        let documents = self.lists(&found.head.document_lists, lists).await?;
        let files: Vec<FileEntry> = self.lists(&found.head.file_lists, lists).await?;
        if let Some(file) = files.iter().find(|file| !names::is_file(&file.path)) {
            let reason = format!("it names the file {:?}", file.path);
            return Err(RemoteError::Damaged { object: HEAD.to_owned(), reason });
        }
        Ok(Some(Arc::new(Contents { found, documents, files })))
    }

    pub(crate) async fn lists<T: DeserializeOwned + Send>(
        &self,
        hashes: &[String],
        kept: &Path,
    ) -> Result<Vec<T>, RemoteError> {
        let read: Vec<BoxFuture<'_, Result<Vec<T>, RemoteError>>> =
            hashes.iter().map(|hash| self.list(hash, kept).boxed()).collect();
        let parts: Vec<Vec<T>> = stream::iter(read).buffered(AT_ONCE).try_collect().await?;
        Ok(parts.into_iter().flatten().collect())
    }

    async fn list<T: DeserializeOwned + Send>(&self, hash: &str, kept: &Path) -> Result<Vec<T>, RemoteError> {
        let name = names::list(hash);
        if !names::is_sweepable(&name) {
            return Err(RemoteError::Damaged { object: HEAD.to_owned(), reason: format!("it names {name:?}") });
        }
        let file = kept.join(hash);
        if let Ok(bytes) = fs::read(&file)
            && let Ok(list) = unpack(&name, &bytes, hash)
        {
            return Ok(list);
        }
        let gone = || RemoteError::Damaged { object: name.clone(), reason: "it is gone".to_owned() };
        let object = self.objects.get(&name).await?.ok_or_else(gone)?;
        let list = unpack(&name, &object.bytes, hash)?;
        // A list that cannot be kept is read again.
        drop(fs::write(&file, &object.bytes));
        Ok(list)
    }

    /// Puts the token of a new holder on a head of the holder before.
    pub(crate) async fn fence(&self, holder: &Holder, token: u64) -> Result<(), RemoteError> {
        for _ in 0..TRIES {
            let Some(found) = self.head().await? else { return Ok(()) };
            if found.head.token > token {
                return Err(RemoteError::Lost { machine: found.head.machine });
            }
            if found.head.token == token {
                return Ok(());
            }
            let Holder { id, machine } = holder.clone();
            let next = Head { token, holder: id, machine, sequence: found.head.sequence + 1, ..found.head };
            if self.objects.update(HEAD, &to_json(&next), &found.version).await?.is_some() {
                return Ok(());
            }
        }
        Err(RemoteError::Conflict)
    }
}
