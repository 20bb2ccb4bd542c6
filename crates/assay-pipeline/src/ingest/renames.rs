//! New files that are old documents under another name.

use std::collections::HashMap;

use assay_domain::{Document, Failure};
use assay_text::fold;

use super::inputs::Ingest;
use super::queue::QueuedFile;

/// Documents whose files are gone, by the hash of their content.
pub(super) struct Renames<'a>(HashMap<&'a str, Vec<&'a Document>>);

impl<'a> Renames<'a> {
    pub(super) fn of(with: &Ingest<'a>) -> Self {
        let mut gone: HashMap<&str, Vec<&Document>> = HashMap::new();
        for document in with.gone {
            if let Some(hash) = content_hash(document) {
                gone.entry(hash).or_default().push(document);
            }
        }
        Self(gone)
    }

    /// Moves a document to the file's path if it had the file's content. Returns the document's old
    /// name. Under another extension the same bytes may be another format, so they are read anew.
    pub(super) async fn take(
        &self,
        with: &Ingest<'_>,
        file: &mut QueuedFile,
        hash: &str,
    ) -> Result<Option<String>, Failure> {
        if file.row.generation.is_some() {
            return Ok(None);
        }
        for document in self.0.get(hash).into_iter().flatten() {
            let same_extension = extension(&document.name) == extension(&file.source.name);
            let there = with.catalogue.find(with.collection, &document.path)?.is_some_and(|row| row.id == document.id);
            if same_extension && there {
                if let Some(generation) = document.generation {
                    // Before the catalogue, so that a crash in between leads here again.
                    with.index.rename(generation, fold(&file.row.context(None).names())).await?;
                }
                with.catalogue.rename(document.id, file.row.id, &file.source)?;
                let lost =
                    || Failure::bug(format!("{} is not in the catalogue after it was renamed", file.source.path));
                file.row = with.catalogue.find(with.collection, &file.source.path)?.ok_or_else(lost)?;
                return Ok(Some(document.name.clone()));
            }
        }
        Ok(None)
    }
}

fn content_hash(document: &Document) -> Option<&str> {
    let last = document.last_hash.as_ref().map(|last| last.hash.as_str());
    last.or(document.fingerprint.as_ref().map(|print| print.hash.as_str()))
}

fn extension(name: &str) -> Option<&str> {
    name.rsplit_once('.').map(|(_, extension)| extension)
}
