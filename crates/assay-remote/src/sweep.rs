//! Deleting objects that nothing names any more, after a grace: a reader may be fetching what the head named before.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::error::RemoteError;
use crate::head::Contents;
use crate::names::{index_file, is_sweepable, list, text};
use crate::publish::Published;
use crate::remote::{Holder, Remote};

/// Objects deleted between two renewals of the lease.
const AT_ONCE: usize = 100;

/// Objects that nothing names, with the second since 1970 when that was first seen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unreferenced(pub HashMap<String, i64>);

/// What a sweep did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Objects that were deleted.
    pub deleted: u64,
    /// Objects that nothing names and that wait for the end of their grace.
    pub waiting: u64,
}

impl Remote {
    /// Deletes objects that nothing has named for so many seconds at this time. The publisher holds the lease before
    /// each few of them. Other objects than those that this format makes are never touched.
    ///
    /// # Errors
    /// What the store reports; [`RemoteError::Lost`] if another publisher has taken over.
    pub async fn sweep(
        &self,
        holder: &Holder,
        published: &Published,
        seen: &mut Unreferenced,
        grace: i64,
        now: i64,
    ) -> Result<Swept, RemoteError> {
        let Some(contents) = &published.contents else { return Ok(Swept::default()) };
        let named = named(contents);
        let loose = self.objects.list("").await?.into_iter().map(|object| object.name);
        let loose: HashSet<String> = loose.filter(|name| is_sweepable(name) && !named.contains(name)).collect();
        seen.0.retain(|name, _| loose.contains(name));
        for name in &loose {
            seen.0.entry(name.clone()).or_insert(now);
        }
        let due: Vec<String> =
            seen.0.iter().filter(|(_, since)| now - **since >= grace).map(|(name, _)| name.clone()).collect();
        for some in due.chunks(AT_ONCE) {
            if self.renew(holder).await? != published.token {
                return Err(RemoteError::Conflict);
            }
            for name in some {
                self.objects.delete(name).await?;
                seen.0.remove(name);
            }
        }
        Ok(Swept { deleted: due.len() as u64, waiting: seen.0.len() as u64 })
    }
}

/// The names of all objects that a head leads to.
fn named(contents: &Contents) -> HashSet<String> {
    let head = &contents.found.head;
    let lists = head.document_lists.iter().chain(&head.file_lists).map(|hash| list(hash));
    let texts = contents.documents.iter().map(|document| text(&document.text));
    let files = contents.files.iter().map(|file| index_file(&head.folder, &file.path));
    lists.chain(texts).chain(files).collect()
}
