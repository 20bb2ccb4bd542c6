//! A store in memory that fails at a chosen request, and publishers and readers on it.

use std::collections::HashSet;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures::stream::BoxStream;
use futures::{FutureExt, StreamExt, future::BoxFuture};
use object_store::memory::InMemory;
use object_store::path::Path as Place;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};

use crate::head::{DocumentEntry, Heading, PageEntry};
use crate::{Address, FilledBy, Holder, Mirrored, Publication, Published, Remote, RemoteError, random};

/// A store that answers so many requests and then none.
#[derive(Debug)]
pub struct Failing {
    pub inner: Arc<InMemory>,
    pub left: AtomicU64,
    /// Whether conditions are honoured.
    pub conditional: bool,
}

impl Failing {
    pub fn over(inner: Arc<InMemory>, requests: u64) -> Arc<Self> {
        Arc::new(Self { inner, left: AtomicU64::new(requests), conditional: true })
    }

    fn pass(&self) -> Result<()> {
        let took = self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        took.map(drop).map_err(|_| Error::Generic { store: "test", source: "the process was killed".into() })
    }
}

impl fmt::Display for Failing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a failing store")
    }
}

impl ObjectStore for Failing {
    fn put_opts<'a, 'b, 'c>(
        &'a self,
        location: &'b Place,
        payload: PutPayload,
        opts: PutOptions,
    ) -> BoxFuture<'c, Result<PutResult>>
    where
        'a: 'c,
        'b: 'c,
        Self: 'c,
    {
        async move {
            self.pass()?;
            let opts = if self.conditional { opts } else { PutOptions::default() };
            self.inner.put_opts(location, payload, opts).await
        }
        .boxed()
    }

    fn put_multipart_opts<'a, 'b, 'c>(
        &'a self,
        location: &'b Place,
        opts: PutMultipartOptions,
    ) -> BoxFuture<'c, Result<Box<dyn MultipartUpload>>>
    where
        'a: 'c,
        'b: 'c,
        Self: 'c,
    {
        async move {
            self.pass()?;
            self.inner.put_multipart_opts(location, opts).await
        }
        .boxed()
    }

    fn get_opts<'a, 'b, 'c>(&'a self, location: &'b Place, options: GetOptions) -> BoxFuture<'c, Result<GetResult>>
    where
        'a: 'c,
        'b: 'c,
        Self: 'c,
    {
        async move {
            self.pass()?;
            self.inner.get_opts(location, options).await
        }
        .boxed()
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Place>>) -> BoxStream<'static, Result<Place>> {
        match self.pass() {
            Ok(()) => self.inner.delete_stream(locations),
            Err(error) => futures::stream::iter([Err(error)]).boxed(),
        }
    }

    fn list(&self, prefix: Option<&Place>) -> BoxStream<'static, Result<ObjectMeta>> {
        match self.pass() {
            Ok(()) => self.inner.list(prefix),
            Err(error) => futures::stream::iter([Err(error)]).boxed(),
        }
    }

    fn list_with_delimiter<'a, 'b, 'c>(&'a self, prefix: Option<&'b Place>) -> BoxFuture<'c, Result<ListResult>>
    where
        'a: 'c,
        'b: 'c,
        Self: 'c,
    {
        async move {
            self.pass()?;
            self.inner.list_with_delimiter(prefix).await
        }
        .boxed()
    }

    fn copy_opts<'a, 'b, 'd, 'c>(
        &'a self,
        from: &'b Place,
        to: &'d Place,
        options: CopyOptions,
    ) -> BoxFuture<'c, Result<()>>
    where
        'a: 'c,
        'b: 'c,
        'd: 'c,
        Self: 'c,
    {
        async move {
            self.pass()?;
            self.inner.copy_opts(from, to, options).await
        }
        .boxed()
    }
}

pub fn address() -> Address {
    Address::new("s3://bucket/team/library", None, None, false).unwrap()
}

/// A machine with a folder of its own.
pub struct Machine {
    pub folder: tempfile::TempDir,
    pub holder: Holder,
    pub remote: Remote,
    pub own: Vec<String>,
    pub documents: Vec<(i64, i64, String)>,
    pub known: Option<Published>,
    pub mirror: Option<Mirrored>,
}

impl Machine {
    pub fn new(name: &str, store: Arc<dyn ObjectStore>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for part in ["lists", "index/chunks.lance/data", "index/chunks.lance/_versions", "staging"] {
            fs::create_dir_all(folder.path().join(part)).unwrap();
        }
        Self {
            folder,
            holder: Holder::new(name),
            remote: Remote::on(store, &address(), None),
            own: Vec::new(),
            documents: Vec::new(),
            known: None,
            mirror: None,
        }
    }

    /// The same machine after its program was started again, on another connection.
    pub fn again(&mut self, store: Arc<dyn ObjectStore>) {
        let (library, seconds) = (self.remote.library.clone(), self.remote.lease_seconds);
        self.remote = Remote::on(store, &address(), library.as_deref());
        self.remote.lease_seconds = seconds;
        (self.known, self.mirror) = (None, None);
    }

    pub fn index(&self) -> PathBuf {
        self.folder.path().join("index")
    }

    /// Takes a document in, as a version of the index with one file more.
    pub fn add(&mut self, words: &str) {
        let id = self.documents.len() as i64 + 1;
        self.documents.push((id, id * 10, words.to_owned()));
        let table = self.index().join("chunks.lance");
        if self.documents.len().is_multiple_of(8) {
            // As a compaction does.
            for part in ["data", "_versions"] {
                for entry in fs::read_dir(table.join(part)).unwrap() {
                    fs::remove_file(entry.unwrap().path()).unwrap();
                }
            }
        }
        fs::write(table.join(format!("data/{}.lance", random())), words.repeat(50)).unwrap();
        let all: Vec<&str> = self.documents.iter().map(|(_, _, words)| words.as_str()).collect();
        fs::write(table.join(format!("_versions/{}.manifest", 1_000 - id)), all.join("\n")).unwrap();
    }

    pub async fn publish(&mut self) -> std::result::Result<Published, RemoteError> {
        let nonce = random();
        self.own.push(nonce.clone());
        let row = |(id, generation, words): &(i64, i64, String)| DocumentEntry {
            id: *id,
            generation: *generation,
            name: format!("{id}.md"),
            chunks: 1,
            hash: words.clone(),
            ..DocumentEntry::default()
        };
        let publication = Publication {
            holder: &self.holder,
            filled_by: FilledBy::default(),
            documents: self.documents.iter().map(row).collect(),
            silent: Vec::new(),
            newest_document: self.documents.len() as i64,
            newest_generation: self.documents.len() as i64 * 10,
            index: &self.folder.path().join("index"),
            lists: &self.folder.path().join("lists"),
            nonce,
            own: self.own.clone(),
        };
        let mut pages = |row: &DocumentEntry| Ok(vec![page(&row.hash)]);
        let done = self.remote.publish(publication, self.known.as_ref(), &mut pages).await?;
        self.known = Some(done.clone());
        Ok(done)
    }

    /// Mirrors what is published, and returns whether anything was new. The files of the index are then what the
    /// head says, and all texts are there.
    pub async fn sync(&mut self) -> std::result::Result<bool, RemoteError> {
        let lists = self.folder.path().join("lists");
        let Some(wanted) = self.remote.look(&lists, self.mirror.as_ref()).await? else { return Ok(false) };
        let old = self.mirror.as_ref().map(|mirror| mirror.entries().to_vec());
        let index = self.index();
        let have = old.as_deref().map(|files| (index.as_path(), files));
        let texts: HashSet<String> =
            self.mirror.iter().flat_map(Mirrored::documents).map(|row| row.text.clone()).collect();
        let staging = self.folder.path().join("staging");
        let got = self.remote.fetch(wanted, have, &texts, &staging, &|_, _| ()).await?;
        for row in got.documents().iter().filter(|row| !texts.contains(&row.text)) {
            assert_eq!(got.pages(row).unwrap(), [page(&row.hash)]);
        }
        fs::remove_dir_all(&index).unwrap();
        fs::rename(got.index(), &index).unwrap();
        fs::remove_dir_all(staging.join("texts")).unwrap();
        self.documents = got.documents().iter().map(|row| (row.id, row.generation, row.hash.clone())).collect();
        self.mirror = Some(got);
        Ok(true)
    }
}

pub fn page(words: &str) -> PageEntry {
    PageEntry {
        number: Some(1),
        text: words.to_owned(),
        headings: vec![Heading(0, "A heading".into())],
        extractor: "format".into(),
        confidence: None,
        outcome: "text".into(),
        fault: None,
        reason: None,
    }
}

/// The files below a folder with their contents.
pub fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push((path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap()));
        }
    }
    found.sort();
    found
}

/// A publisher that made a library with one document, and its store.
pub async fn published() -> (Arc<InMemory>, Machine) {
    let store = Arc::new(InMemory::new());
    let mut publisher = Machine::new("desktop", store.clone());
    publisher.remote.create(&publisher.holder, FilledBy::default()).await.unwrap();
    publisher.add("the first words");
    publisher.publish().await.unwrap();
    (store, publisher)
}

/// A reader of the same store.
pub async fn reader(store: Arc<dyn ObjectStore>) -> Machine {
    let mut reader = Machine::new("laptop", store);
    reader.remote.find().await.unwrap();
    reader
}
