//! Files to objects and back.

use std::path::Path;

use futures::StreamExt;
use object_store::{ObjectStoreExt, PutPayload};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::error::RemoteError;
use crate::objects::Objects;

/// Bytes of a part of a large file. Files up to this length are sent whole.
const PART: usize = 8 << 20;

impl Objects {
    /// Makes an object of a file. Returns whether there was no other object of that name: an object that is there
    /// already counts if it has the file's hash, or where it is large, its length.
    pub async fn upload(&self, name: &str, file: &Path, bytes: u64, hash: &str) -> Result<bool, RemoteError> {
        if bytes <= PART as u64 {
            let read = tokio::fs::read(file).await.map_err(RemoteError::file(file))?;
            if self.create(name, &read).await?.is_some() {
                return Ok(true);
            }
            let there = self.get(name).await?;
            return Ok(there.is_some_and(|there| blake3::hash(&there.bytes).to_hex().as_str() == hash));
        }
        if let Some(there) = self.look(name).await? {
            return Ok(there.bytes == bytes);
        }
        self.upload_parts(name, file).await.map(|()| true)
    }

    async fn upload_parts(&self, name: &str, path: &Path) -> Result<(), RemoteError> {
        let doing = format!("write {name}");
        let mut file = File::open(path).await.map_err(RemoteError::file(path))?;
        self.counts.write(0);
        let mut upload =
            self.store.put_multipart(&self.place(name)).await.map_err(|error| self.fault(&error, &doing))?;
        loop {
            let mut part = Vec::with_capacity(PART);
            (&mut file).take(PART as u64).read_to_end(&mut part).await.map_err(RemoteError::file(path))?;
            if part.is_empty() {
                break;
            }
            self.counts.write(part.len() as u64);
            if let Err(error) = upload.put_part(PutPayload::from(part)).await {
                drop(upload.abort().await);
                return Err(self.fault(&error, &doing));
            }
        }
        self.counts.write(0);
        upload.complete().await.map(drop).map_err(|error| self.fault(&error, &doing))
    }

    /// Writes an object into a new file, which with `synced` is on the disk when this returns. Returns its length and
    /// hash; `None` if there is no such object.
    pub async fn download(&self, name: &str, path: &Path, synced: bool) -> Result<Option<(u64, String)>, RemoteError> {
        let doing = format!("read {name}");
        self.counts.read();
        let found = match self.store.get(&self.place(name)).await {
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            found => found.map_err(|error| self.fault(&error, &doing))?,
        };
        let mut file = File::create(path).await.map_err(RemoteError::file(path))?;
        let (mut hasher, mut length) = (blake3::Hasher::new(), 0);
        let mut pieces = found.into_stream();
        while let Some(piece) = pieces.next().await {
            let piece = piece.map_err(|error| self.fault(&error, &doing))?;
            self.counts.received(piece.len() as u64);
            length += piece.len() as u64;
            hasher.update(&piece);
            file.write_all(&piece).await.map_err(RemoteError::file(path))?;
        }
        file.flush().await.map_err(RemoteError::file(path))?;
        if synced {
            file.sync_all().await.map_err(RemoteError::file(path))?;
        }
        Ok(Some((length, hasher.finalize().to_hex().to_string())))
    }
}
