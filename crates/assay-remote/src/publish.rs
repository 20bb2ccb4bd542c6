//! Publishing: texts, files of the index, lists, and then the head.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use assay_domain::Failure;
use futures::TryStreamExt;
use futures::stream::FuturesUnordered;
use serde::Serialize;

use crate::error::RemoteError;
use crate::head::{AT_ONCE, Contents, DocumentEntry, Head, PageEntry};
use crate::index_files::IndexFiles;
use crate::marker::{FORMAT, FilledBy, to_json};
use crate::names::{self, HEAD};
use crate::packed::{hash_of, pack};
use crate::remote::{Holder, Remote};

/// Numbers of documents that one list spans.
const SPAN: i64 = 512;
/// Files in a list.
const FILES: usize = 1_024;
/// Time between two renewals of the lease while a publication is under way.
const RENEW: Duration = Duration::from_secs(20);

/// What is to be published.
#[derive(Debug)]
pub struct Publication<'a> {
    /// The publisher.
    pub holder: &'a Holder,
    /// What filled the index.
    pub filled_by: FilledBy,
    /// The documents that were read, without the hashes of their texts.
    pub documents: Vec<DocumentEntry>,
    /// Readings that have rows in the index and do not answer.
    pub silent: Vec<i64>,
    /// The greatest number that a document has had.
    pub newest_document: i64,
    /// The greatest number that a reading has had.
    pub newest_generation: i64,
    /// A folder with the files of the index, which stay as they are.
    pub index: &'a Path,
    /// Folder of this machine in which lists are kept.
    pub lists: &'a Path,
    /// Random number that this publication gets. The caller has it on disk before.
    pub nonce: String,
    /// Numbers of publications of this publisher that may be the last one: the last whose end it knows, and the last
    /// that it began. Another one is of a copy of this library.
    pub own: Vec<String>,
}

/// What was published.
#[derive(Debug, Clone)]
pub struct Published {
    /// Number of the publication.
    pub sequence: u64,
    /// Its random number.
    pub nonce: String,
    /// Token of the lease.
    pub token: u64,
    /// Whether there was anything to publish.
    pub changed: bool,
    /// Files of the index that were sent.
    pub files: u64,
    /// Texts that were sent.
    pub texts: u64,
    pub(crate) contents: Option<Arc<Contents>>,
}

/// Gives the pages of a document's reading.
pub type PagesOf<'a> = dyn FnMut(&DocumentEntry) -> Result<Vec<PageEntry>, Failure> + Send + 'a;

impl Remote {
    /// Publishes. The lease is renewed before, while and right before the head is replaced, so that a publisher which
    /// lost it publishes nothing. `known` is what this publisher knows of its last publication.
    ///
    /// # Errors
    /// [`RemoteError::Lost`] if another publisher has taken over; nothing is published then, or after any other error.
    pub async fn publish(
        &self,
        publication: Publication<'_>,
        known: Option<&Published>,
        pages_of: &mut PagesOf<'_>,
    ) -> Result<Published, RemoteError> {
        let holder = publication.holder.clone();
        let token = self.renew(&holder).await?;
        let work = Box::pin(self.publish_all(publication, token, known, pages_of));
        let renewing = async {
            loop {
                tokio::time::sleep(RENEW).await;
                if let Err(lost @ RemoteError::Lost { .. }) = self.renew(&holder).await {
                    return lost;
                }
            }
        };
        tokio::select! {
            done = work => done,
            lost = renewing => Err(lost),
        }
    }

    async fn publish_all(
        &self,
        publication: Publication<'_>,
        token: u64,
        known: Option<&Published>,
        pages_of: &mut PagesOf<'_>,
    ) -> Result<Published, RemoteError> {
        let known = known.and_then(|known| known.contents.clone());
        let before = self.contents(publication.lists, known).await?;
        if let Some(head) = before.as_ref().map(|before| &before.found.head) {
            let other = head.token > token || head.holder != publication.holder.id;
            // A copy of this library has the same number and has published since.
            if other || !publication.own.contains(&head.nonce) {
                return Err(RemoteError::Lost { machine: head.machine.clone() });
            }
        }
        let mut documents = publication.documents;
        documents.sort_by_key(|document| document.id);
        let texts = self.texts(&mut documents, before.as_deref(), pages_of).await?;
        let index = IndexFiles::gather(publication.index, before.as_deref()).await?;
        let index = self.index_files(index, token, before.as_deref()).await?;
        let document_lists = self.document_lists(&documents, before.as_deref(), publication.lists).await?;
        let parts = index.files.chunks(FILES);
        let old = before.as_ref().map(|before| before.found.head.file_lists.as_slice());
        let file_lists = self.put_lists(parts, old, publication.lists).await?;
        let Holder { id, machine } = publication.holder.clone();
        let head = Head {
            format: FORMAT,
            library: self.library.clone().unwrap_or_default(),
            sequence: before.as_ref().map_or(1, |before| before.found.head.sequence + 1),
            nonce: publication.nonce,
            token,
            holder: id,
            machine,
            time: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() as i64),
            documents: documents.len() as u64,
            passages: documents.iter().map(|document| u64::from(document.chunks)).sum(),
            filled_by: publication.filled_by,
            folder: index.folder,
            index_bytes: index.files.iter().map(|file| file.bytes).sum(),
            document_lists,
            file_lists,
            silent: publication.silent,
            newest_document: publication.newest_document,
            newest_generation: publication.newest_generation,
        };
        let (files, sent) = (index.sent, index.files);
        if let Some(before) = &before
            && same(&before.found.head, &head)
        {
            let (sequence, nonce) = (before.found.head.sequence, before.found.head.nonce.clone());
            return Ok(Published {
                sequence,
                nonce,
                token,
                changed: false,
                files,
                texts,
                contents: Some(before.clone()),
            });
        }
        if self.renew(publication.holder).await? != token {
            return Err(RemoteError::Conflict);
        }
        let bytes = to_json(&head);
        let put = match &before {
            None => self.objects.create(HEAD, &bytes).await?,
            Some(before) => self.objects.update(HEAD, &bytes, &before.found.version).await?,
        };
        let Some(version) = put else {
            let machine = self.head().await?.filter(|now| now.head.token > token).map(|now| now.head.machine);
            return Err(machine.map_or(RemoteError::Conflict, |machine| RemoteError::Lost { machine }));
        };
        let found = crate::head::FoundHead { written: head.time, head, version };
        let (sequence, nonce) = (found.head.sequence, found.head.nonce.clone());
        let contents = Some(Arc::new(Contents { found, documents, files: sent }));
        Ok(Published { sequence, nonce, token, changed: true, files, texts, contents })
    }

    /// Sends the texts that the store does not have, and sets their hashes in the documents. Returns how many were
    /// sent.
    async fn texts(
        &self,
        documents: &mut [DocumentEntry],
        before: Option<&Contents>,
        pages_of: &mut PagesOf<'_>,
    ) -> Result<u64, RemoteError> {
        let old = before.map_or(&[][..], |before| before.documents.as_slice());
        // A number may have been given twice, to a catalogue that was restored meanwhile: the file tells.
        let reading = |row: &DocumentEntry| (row.id, row.generation, row.hash.clone(), row.reader_revision);
        let known: HashMap<_, &str> = old.iter().map(|row| (reading(row), row.text.as_str())).collect();
        let mut there: HashSet<String> = old.iter().map(|row| row.text.clone()).collect();
        let (mut sending, mut sent) = (FuturesUnordered::new(), 0);
        for document in documents.iter_mut() {
            if let Some(text) = known.get(&reading(document)) {
                document.text = (*text).to_owned();
                continue;
            }
            let packed = pack(&pages_of(document).map_err(RemoteError::Given)?)?;
            document.text = hash_of(&packed);
            if there.insert(document.text.clone()) {
                sent += 1;
                let name = names::text(&document.text);
                sending.push(async move { self.objects.put(&name, &packed).await });
            }
            if sending.len() >= AT_ONCE {
                sending.try_next().await?;
            }
        }
        sending.try_collect::<Vec<_>>().await?;
        Ok(sent)
    }

    async fn document_lists(
        &self,
        documents: &[DocumentEntry],
        before: Option<&Contents>,
        kept: &Path,
    ) -> Result<Vec<String>, RemoteError> {
        let mut parts: BTreeMap<i64, Vec<&DocumentEntry>> = BTreeMap::new();
        for document in documents {
            parts.entry(document.id.div_euclid(SPAN)).or_default().push(document);
        }
        let old = before.map(|before| before.found.head.document_lists.as_slice());
        self.put_lists(parts.into_values(), old, kept).await
    }

    /// Writes lists that were not there before, and returns the hashes of all.
    async fn put_lists<T: Serialize>(
        &self,
        parts: impl Iterator<Item = T>,
        old: Option<&[String]>,
        kept: &Path,
    ) -> Result<Vec<String>, RemoteError> {
        let mut hashes = Vec::new();
        for part in parts {
            let packed = pack(&part)?;
            let hash = hash_of(&packed);
            if old.is_none_or(|old| !old.contains(&hash)) {
                self.objects.put(&names::list(&hash), &packed).await?;
                // A list that cannot be kept is read again.
                drop(std::fs::write(kept.join(&hash), &packed));
            }
            hashes.push(hash);
        }
        Ok(hashes)
    }
}

/// Whether two heads of one publisher say the same but for their number and time.
fn same(before: &Head, now: &Head) -> bool {
    let plain =
        |head: &Head| Head { sequence: 0, time: 0, nonce: String::new(), machine: String::new(), ..head.clone() };
    plain(before) == plain(now)
}
