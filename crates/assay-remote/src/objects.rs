//! The objects below a prefix: small ones read and written whole, with conditions.

use std::sync::Arc;

use futures::TryStreamExt;
use object_store::path::Path as Place;
use object_store::{Error, GetOptions, ObjectMeta, ObjectStore, ObjectStoreExt, PutMode, PutOptions, UpdateVersion};

use crate::cost::Counts;
use crate::error::RemoteError;

/// The objects below a prefix.
#[derive(Debug, Clone)]
pub struct Objects {
    pub(crate) store: Arc<dyn ObjectStore>,
    pub(crate) counts: Arc<Counts>,
    bucket: String,
    prefix: String,
}

/// A version of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version(UpdateVersion);

impl Version {
    /// The version with a mark.
    pub fn marked(etag: Option<String>) -> Self {
        Self(UpdateVersion { e_tag: etag, version: None })
    }

    /// The store's mark of the version.
    pub fn etag(&self) -> Option<&str> {
        self.0.e_tag.as_deref()
    }
}

/// An object that was read.
#[derive(Debug, Clone)]
pub struct Object {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its version.
    pub version: Version,
    /// When the store wrote it, in seconds since 1970 by the store's clock.
    pub written: i64,
}

/// An object in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its name below the prefix.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// When the store wrote it, in seconds since 1970 by the store's clock.
    pub written: i64,
}

impl Objects {
    /// The objects of a store below a prefix of a bucket.
    pub fn new(store: Arc<dyn ObjectStore>, bucket: &str, prefix: &str) -> Self {
        Self { store, counts: Arc::default(), bucket: bucket.to_owned(), prefix: prefix.to_owned() }
    }

    /// Reads an object; `None` if there is none.
    pub async fn get(&self, name: &str) -> Result<Option<Object>, RemoteError> {
        self.counts.read();
        self.read(name, GetOptions::default()).await
    }

    /// Reads an object unless it has this mark; `None` if it has.
    pub async fn get_unless(&self, name: &str, etag: &str) -> Result<Option<Option<Object>>, RemoteError> {
        self.counts.read();
        let options = GetOptions { if_none_match: Some(etag.to_owned()), ..GetOptions::default() };
        match self.store.get_opts(&self.place(name), options).await {
            Err(Error::NotModified { .. }) => Ok(None),
            found => self.whole(name, found).await.map(Some),
        }
    }

    async fn read(&self, name: &str, options: GetOptions) -> Result<Option<Object>, RemoteError> {
        let found = self.store.get_opts(&self.place(name), options).await;
        self.whole(name, found).await
    }

    async fn whole(
        &self,
        name: &str,
        found: Result<object_store::GetResult, Error>,
    ) -> Result<Option<Object>, RemoteError> {
        let doing = format!("read {name}");
        let found = match found {
            Err(error) => return self.absent(error, &doing),
            Ok(found) => found,
        };
        let (version, written) = (version_of(&found.meta), found.meta.last_modified.timestamp());
        let bytes = found.bytes().await.map_err(|error| self.fault(&error, &doing))?.to_vec();
        self.counts.received(bytes.len() as u64);
        Ok(Some(Object { bytes, version, written }))
    }

    /// Creates an object. Returns its version, or `None` if there is another object of that name. What an earlier try
    /// of the same request wrote counts as written now.
    pub async fn create(&self, name: &str, bytes: &[u8]) -> Result<Option<Version>, RemoteError> {
        match self.put_as(name, bytes, PutMode::Create).await {
            Err(Error::AlreadyExists { .. } | Error::Precondition { .. }) => self.if_own(name, bytes).await,
            done => done.map(Some).map_err(|error| self.fault(&error, &format!("create {name}"))),
        }
    }

    /// Replaces a version of an object. Returns the new one, or `None` if the object is another one by now. What an
    /// earlier try of the same request wrote counts as written now.
    pub async fn update(&self, name: &str, bytes: &[u8], version: &Version) -> Result<Option<Version>, RemoteError> {
        match self.put_as(name, bytes, PutMode::Update(version.0.clone())).await {
            Err(Error::AlreadyExists { .. } | Error::Precondition { .. } | Error::NotFound { .. }) => {
                self.if_own(name, bytes).await
            }
            done => done.map(Some).map_err(|error| self.fault(&error, &format!("replace {name}"))),
        }
    }

    /// Writes an object, whatever was there: for objects whose name follows from their bytes.
    pub async fn put(&self, name: &str, bytes: &[u8]) -> Result<(), RemoteError> {
        let done = self.put_as(name, bytes, PutMode::Overwrite).await;
        done.map(drop).map_err(|error| self.fault(&error, &format!("write {name}")))
    }

    async fn put_as(&self, name: &str, bytes: &[u8], mode: PutMode) -> Result<Version, Error> {
        self.counts.write(bytes.len() as u64);
        let options = PutOptions { mode, ..PutOptions::default() };
        let done = self.store.put_opts(&self.place(name), bytes.to_vec().into(), options).await?;
        Ok(Version(done.into()))
    }

    /// A request whose answer was lost is sent again by the connection and finds what it wrote itself.
    async fn if_own(&self, name: &str, bytes: &[u8]) -> Result<Option<Version>, RemoteError> {
        Ok(self.get(name).await?.filter(|found| found.bytes == bytes).map(|found| found.version))
    }

    /// Length of an object and when the store wrote it; `None` if there is none.
    pub async fn look(&self, name: &str) -> Result<Option<Listed>, RemoteError> {
        self.counts.read();
        match self.store.head(&self.place(name)).await {
            Err(error) => self.absent(error, &format!("look at {name}")),
            Ok(meta) => Ok(Some(listed(name.to_owned(), &meta))),
        }
    }

    /// All objects whose names begin with a folder's, or all below the prefix.
    pub async fn list(&self, folder: &str) -> Result<Vec<Listed>, RemoteError> {
        let place = self.place(folder);
        let own = format!("{}/", Place::from(self.prefix.as_str()));
        let found: Result<Vec<ObjectMeta>, Error> = self.store.list(Some(&place)).try_collect().await;
        let found = found.map_err(|error| self.fault(&error, "list objects"))?;
        // A list comes in pages of a thousand.
        (0..=found.len() / 1_000).for_each(|_| self.counts.write(0));
        let name = |meta: &ObjectMeta| meta.location.as_ref().strip_prefix(&own).map(str::to_owned);
        Ok(found.iter().filter_map(|meta| Some(listed(name(meta)?, meta))).collect())
    }

    /// Copies an object at the store.
    pub async fn copy(&self, from: &str, to: &str) -> Result<(), RemoteError> {
        self.counts.write(0);
        let done = self.store.copy(&self.place(from), &self.place(to)).await;
        done.map_err(|error| self.fault(&error, &format!("copy {from}")))
    }

    /// Deletes an object; one that is gone is no error.
    pub async fn delete(&self, name: &str) -> Result<(), RemoteError> {
        self.counts.delete();
        match self.store.delete(&self.place(name)).await {
            Err(error) => self.absent::<()>(error, &format!("delete {name}")).map(drop),
            Ok(()) => Ok(()),
        }
    }

    /// What an error of the store means.
    pub(crate) fn fault(&self, error: &Error, doing: &str) -> RemoteError {
        RemoteError::of_store(error, doing, &self.bucket)
    }

    /// An object that is not there is none, but a bucket that is not there is an error.
    fn absent<T>(&self, error: Error, doing: &str) -> Result<Option<T>, RemoteError> {
        match (&error, self.fault(&error, doing)) {
            (Error::NotFound { .. }, RemoteError::Other { .. }) => Ok(None),
            (_, fault) => Err(fault),
        }
    }

    pub(crate) fn place(&self, name: &str) -> Place {
        Place::from(format!("{}/{name}", self.prefix))
    }
}

fn version_of(meta: &ObjectMeta) -> Version {
    Version(UpdateVersion { e_tag: meta.e_tag.clone(), version: meta.version.clone() })
}

fn listed(name: String, meta: &ObjectMeta) -> Listed {
    Listed { name, bytes: meta.size, written: meta.last_modified.timestamp() }
}
