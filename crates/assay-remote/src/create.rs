//! Making a library at an address, and finding one.

use crate::error::RemoteError;
use crate::marker::{FORMAT, FilledBy, Marker, to_json};
use crate::names::{self, MARKER};
use crate::remote::{Holder, Remote, random};

impl Remote {
    /// Makes a library here and takes its lease. Returns its number. Nothing is published yet.
    ///
    /// # Errors
    /// [`RemoteError::Taken`] if other objects lie here, [`RemoteError::Exists`] if a library does,
    /// [`RemoteError::NoConditionalPut`] if the store lacks what keeps two publishers apart.
    pub async fn create(&mut self, holder: &Holder, filled_by: FilledBy) -> Result<String, RemoteError> {
        let url = self.url().to_owned();
        if let Some(object) = self.objects.get(MARKER).await? {
            Marker::read(&object.bytes, &url)?;
            return Err(RemoteError::Exists { url });
        }
        // What an earlier probe left behind is ours.
        let found = self.objects.list("").await?.into_iter().find(|object| !names::is_sweepable(&object.name));
        if let Some(found) = found {
            return Err(RemoteError::Taken { url, found: found.name });
        }
        self.probe(holder).await?;
        let marker = Marker { format: FORMAT, library: random(), filled_by };
        if self.objects.create(MARKER, &to_json(&marker)).await?.is_none() {
            return Err(RemoteError::Exists { url });
        }
        self.library = Some(marker.library.clone());
        self.take(holder).await?;
        Ok(marker.library)
    }

    /// Finds the library that lies here. Returns what its marker says.
    ///
    /// # Errors
    /// [`RemoteError::NoLibrary`], [`RemoteError::Newer`].
    pub async fn find(&mut self) -> Result<(String, FilledBy), RemoteError> {
        let url = self.url().to_owned();
        let object = self.objects.get(MARKER).await?.ok_or_else(|| RemoteError::NoLibrary { url: url.clone() })?;
        let marker = Marker::read(&object.bytes, &url)?;
        self.library = Some(marker.library.clone());
        Ok((marker.library, marker.filled_by))
    }

    /// Makes sure that the store refuses to create an object twice and to replace a version that is gone.
    async fn probe(&self, holder: &Holder) -> Result<(), RemoteError> {
        let name = names::clock(&holder.id);
        let lacks = |what| RemoteError::NoConditionalPut { url: self.url().to_owned(), what };
        let put = |text: &str| text.as_bytes().to_vec();
        self.objects.delete(&name).await?;
        let probed = async {
            let created = self.objects.create(&name, &put("first")).await;
            let first = conditional(created, &lacks)?.ok_or_else(|| lacks("it found an object that was not there"))?;
            if conditional(self.objects.create(&name, &put("second")).await, &lacks)?.is_some() {
                return Err(lacks("it created the same object twice"));
            }
            let replaced = conditional(self.objects.update(&name, &put("third"), &first).await, &lacks)?;
            replaced.ok_or_else(|| lacks("it did not replace the version that it had"))?;
            if conditional(self.objects.update(&name, &put("fourth"), &first).await, &lacks)?.is_some() {
                return Err(lacks("it replaced a version that was gone"));
            }
            Ok(())
        };
        let probed = probed.await;
        self.objects.delete(&name).await?;
        probed
    }
}

/// An answer that a store gives which does not know the condition of a request.
fn conditional<T>(
    done: Result<T, RemoteError>,
    lacks: &impl Fn(&'static str) -> RemoteError,
) -> Result<T, RemoteError> {
    match done {
        Err(RemoteError::Other { reason, .. }) if reason.contains("501") || reason.contains("NotImplemented") => {
            Err(lacks("it does not know the condition"))
        }
        other => other,
    }
}
