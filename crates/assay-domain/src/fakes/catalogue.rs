//! A catalogue in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::port::{Answering, Catalogue, GenerationContent, Source};
use crate::{
    Document, DocumentId, DocumentState, FailedTries, Failure, FolderId, GenerationId, LastHash, Page, QueueReason,
    Scope, Scoped,
};

/// Rows in memory, numbered from 1.
#[derive(Default)]
pub struct MemoryCatalogue {
    /// How often all documents were loaded.
    pub loaded: AtomicUsize,
    rows: Mutex<Rows>,
}

#[derive(Default)]
struct Rows {
    documents: Vec<Document>,
    generations: i64,
    dead: Vec<GenerationId>,
    tried: Vec<(DocumentId, String, FailedTries)>,
    wanted: BTreeSet<DocumentId>,
    pages: BTreeMap<DocumentId, Vec<Page>>,
}

impl MemoryCatalogue {
    /// The documents that wait to be read.
    pub fn waiting(&self) -> Vec<DocumentId> {
        self.with(|rows| rows.wanted.iter().copied().collect())
    }

    /// The documents that are not removed.
    fn there(&self) -> Vec<Document> {
        let there = |row: &&Document| row.state != DocumentState::Removed;
        self.with(|rows| rows.documents.iter().filter(there).cloned().collect())
    }

    fn with<T>(&self, work: impl FnOnce(&mut Rows) -> T) -> T {
        work(&mut self.rows.lock().expect("no test panics while holding it"))
    }
}

impl Rows {
    fn get(&mut self, id: DocumentId) -> Result<&mut Document, Failure> {
        self.documents.iter_mut().find(|row| row.id == id).ok_or_else(|| Failure::bug(format!("no document {id}")))
    }
}

impl Catalogue for MemoryCatalogue {
    fn documents(&self) -> Result<Vec<Document>, Failure> {
        self.loaded.fetch_add(1, Ordering::Relaxed);
        Ok(self.there())
    }

    fn some_documents(&self, documents: &[DocumentId]) -> Result<Vec<Document>, Failure> {
        Ok(self.there().into_iter().filter(|row| documents.contains(&row.id)).collect())
    }

    fn is_empty(&self) -> Result<bool, Failure> {
        Ok(self.there().is_empty())
    }

    fn answering(&self, scope: &Scope) -> Result<Answering, Failure> {
        let missing = |row: &&Document| row.state == DocumentState::Missing;
        Ok(self.with(|rows| {
            let missing = rows.documents.iter().filter(missing).filter_map(|row| row.generation);
            let excluded = rows.dead.iter().copied().chain(missing).collect();
            let inside = rows.documents.iter().filter(|row| scope.takes(&Scoped::from(*row)));
            let only = (*scope != Scope::default()).then(|| inside.filter_map(|row| row.generation).collect());
            Answering { only, excluded, newest: GenerationId(rows.generations), narrowed: None }
        }))
    }

    fn pages_of(&self, document: DocumentId) -> Result<Vec<Page>, Failure> {
        Ok(self.with(|rows| rows.pages.get(&document).cloned().unwrap_or_default()))
    }

    fn find(&self, collection: &str, path: &str) -> Result<Option<Document>, Failure> {
        Ok(self.there().into_iter().find(|row| row.collection == collection && row.path == path))
    }

    fn enqueue(&self, collection: &str, source: &Source) -> Result<DocumentId, Failure> {
        if let Some(known) = self.find(collection, &source.path)? {
            self.set_state(known.id, DocumentState::Queued, None)?;
            return Ok(known.id);
        }
        Ok(self.with(|rows| {
            let id = DocumentId(rows.documents.last().map_or(1, |row| row.id.0 + 1));
            rows.documents.push(Document {
                id,
                collection: collection.to_owned(),
                path: source.path.clone(),
                name: source.name.clone(),
                state: DocumentState::Queued,
                reason: None,
                problem: None,
                fingerprint: None,
                generation: None,
                pages: 0,
                pages_with_text: 0,
                chunks: 0,
                format: None,
                language: None,
                folder: None,
                root: None,
                device: source.device,
                last_hash: None,
                partly_by: None,
                reader_revision: None,
                missing_since: None,
                written: None,
                retry: None,
            });
            rows.wanted.insert(id);
            id
        }))
    }

    fn admit(&self, collection: &str, folder: Option<FolderId>, sources: &[Source]) -> Result<Vec<Document>, Failure> {
        let admitted = sources.iter().map(|source| {
            let id = match self.find(collection, &source.path)? {
                Some(known) => known.id,
                None => self.enqueue(collection, source)?,
            };
            self.with(|rows| {
                let row = rows.get(id)?;
                row.folder = folder.or(row.folder);
                row.device = source.device;
                Ok(row.clone())
            })
        });
        admitted.collect()
    }

    fn want(&self, documents: &[DocumentId], _: QueueReason) -> Result<(), Failure> {
        self.with(|rows| rows.wanted.extend(documents));
        Ok(())
    }

    fn unwant(&self, documents: &[DocumentId]) -> Result<(), Failure> {
        self.with(|rows| rows.wanted.retain(|wanted| !documents.contains(wanted)));
        Ok(())
    }

    fn record_hash(&self, document: DocumentId, hash: &LastHash) -> Result<(), Failure> {
        self.with(|rows| {
            rows.get(document)?.last_hash = Some(hash.clone());
            Ok(())
        })
    }

    fn failed_tries(&self, document: DocumentId, hash: &str) -> Result<Option<FailedTries>, Failure> {
        let of = |(id, at, _): &&(DocumentId, String, FailedTries)| *id == document && at == hash;
        Ok(self.with(|rows| rows.tried.iter().find(of).map(|(.., tried)| tried.clone())))
    }

    fn record_failed_try(&self, document: DocumentId, hash: &str, by: &str, failure: &Failure) -> Result<u32, Failure> {
        let before = self.failed_tries(document, hash)?.filter(|tried| tried.by == by).map_or(0, |tried| tried.tries);
        let tried = FailedTries { tries: before + 1, failure: failure.clone(), by: by.to_owned() };
        self.with(|rows| {
            rows.tried.retain(|(id, at, _)| *id != document || at != hash);
            rows.tried.push((document, hash.to_owned(), tried));
        });
        Ok(before + 1)
    }

    fn allow_retry(&self, documents: &[DocumentId]) -> Result<(), Failure> {
        self.with(|rows| {
            rows.tried.retain(|(id, ..)| !documents.contains(id));
            let named = rows.documents.iter_mut().filter(|row| documents.contains(&row.id));
            named.filter_map(|row| row.partly_by.as_mut()).for_each(String::clear);
        });
        Ok(())
    }

    fn rename(&self, document: DocumentId, new: DocumentId, source: &Source) -> Result<(), Failure> {
        self.with(|rows| {
            let folder = rows.get(new)?.folder;
            rows.documents.retain(|row| row.id != new);
            rows.wanted.remove(&new);
            let row = rows.get(document)?;
            (row.path, row.name, row.folder) = (source.path.clone(), source.name.clone(), folder);
            row.device = source.device;
            row.missing_since = None;
            if row.generation.is_some() {
                row.state = DocumentState::Committed;
            }
            Ok(())
        })
    }

    fn set_state(&self, document: DocumentId, state: DocumentState, why: Option<&Failure>) -> Result<(), Failure> {
        self.with(|rows| {
            let row = rows.get(document)?;
            row.state = state;
            row.reason = why.map(Failure::to_string);
            row.problem = why.map(|failure| failure.problem);
            row.missing_since = (state == DocumentState::Missing).then_some(row.missing_since.unwrap_or(1));
            match state {
                DocumentState::Queued => _ = rows.wanted.insert(document),
                DocumentState::Reading | DocumentState::Embedding => (),
                _ => _ = rows.wanted.remove(&document),
            }
            Ok(())
        })
    }

    fn begin(&self, _: DocumentId) -> Result<GenerationId, Failure> {
        Ok(self.with(|rows| {
            rows.generations += 1;
            let generation = GenerationId(rows.generations);
            rows.dead.push(generation);
            generation
        }))
    }

    fn commit(
        &self,
        document: DocumentId,
        generation: GenerationId,
        content: &GenerationContent,
    ) -> Result<Option<GenerationId>, Failure> {
        self.with(|rows| {
            rows.dead.retain(|dead| *dead != generation);
            rows.pages.insert(document, content.document.pages.clone());
            let row = rows.get(document)?;
            row.state = DocumentState::Committed;
            row.missing_since = None;
            row.reason.clone_from(&content.reason);
            row.partly_by = content.reason.is_some().then(|| content.by.clone());
            row.reader_revision = Some(content.revision);
            row.fingerprint = Some(content.fingerprint.clone());
            row.pages = content.document.pages.len() as u32;
            row.pages_with_text = content.document.pages_with_text();
            row.chunks = content.chunks;
            row.format = Some(content.document.format.clone());
            let previous = row.generation.replace(generation);
            rows.dead.extend(previous);
            rows.wanted.remove(&document);
            Ok(previous)
        })
    }

    fn remove(&self, documents: &[DocumentId]) -> Result<Vec<GenerationId>, Failure> {
        self.with(|rows| {
            documents.iter().try_for_each(|document| rows.get(*document).map(drop))?;
            let mut had = Vec::new();
            for document in documents {
                let row = rows.get(*document)?;
                row.state = DocumentState::Removed;
                had.extend(row.generation.take());
                rows.wanted.remove(document);
                rows.pages.remove(document);
            }
            rows.dead.extend(&had);
            Ok(had)
        })
    }

    fn dead_generations(&self) -> Result<Vec<GenerationId>, Failure> {
        Ok(self.with(|rows| rows.dead.clone()))
    }

    fn forget(&self, generations: &[GenerationId]) -> Result<(), Failure> {
        self.with(|rows| rows.dead.retain(|dead| !generations.contains(dead)));
        Ok(())
    }
}
