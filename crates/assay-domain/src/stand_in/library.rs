//! A catalogue in memory.

use std::sync::Mutex;

use crate::socket::{Catalogue, Reading, Source};
use crate::{Document, DocumentId, DocumentState, Failure, GenerationId};

/// Rows in memory, numbered from 1.
#[derive(Default)]
pub struct MemoryCatalogue {
    rows: Mutex<Rows>,
}

#[derive(Default)]
struct Rows {
    documents: Vec<Document>,
    generations: i64,
    dead: Vec<GenerationId>,
}

impl MemoryCatalogue {
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
        let there = |row: &&Document| row.state != DocumentState::Removed;
        Ok(self.with(|rows| rows.documents.iter().filter(there).cloned().collect()))
    }

    fn find(&self, collection: &str, path: &str) -> Result<Option<Document>, Failure> {
        Ok(self.documents()?.into_iter().find(|row| row.collection == collection && row.path == path))
    }

    fn enqueue(&self, collection: &str, source: &Source) -> Result<DocumentId, Failure> {
        if let Some(known) = self.find(collection, &source.path)? {
            self.set_state(known.id, DocumentState::Queued, None)?;
            return Ok(known.id);
        }
        Ok(self.with(|rows| {
            let id = DocumentId(rows.documents.len() as i64 + 1);
            rows.documents.push(Document {
                id,
                collection: collection.to_owned(),
                path: source.path.clone(),
                name: source.name.clone(),
                state: DocumentState::Queued,
                reason: None,
                fingerprint: None,
                generation: None,
                pages: 0,
                pages_with_text: 0,
                chunks: 0,
                language: None,
            });
            id
        }))
    }

    fn set_state(&self, document: DocumentId, state: DocumentState, reason: Option<&str>) -> Result<(), Failure> {
        self.with(|rows| {
            let row = rows.get(document)?;
            row.state = state;
            row.reason = reason.map(str::to_owned);
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
        reading: &Reading,
    ) -> Result<Option<GenerationId>, Failure> {
        self.with(|rows| {
            rows.dead.retain(|dead| *dead != generation);
            let row = rows.get(document)?;
            row.state = DocumentState::Committed;
            row.reason.clone_from(&reading.reason);
            row.fingerprint = Some(reading.fingerprint.clone());
            row.pages = reading.document.pages.len() as u32;
            row.pages_with_text = reading.document.pages_with_text();
            row.chunks = reading.chunks;
            let previous = row.generation.replace(generation);
            rows.dead.extend(previous);
            Ok(previous)
        })
    }

    fn remove(&self, document: DocumentId) -> Result<Option<GenerationId>, Failure> {
        self.with(|rows| {
            let row = rows.get(document)?;
            row.state = DocumentState::Removed;
            let generation = row.generation.take();
            rows.dead.extend(generation);
            Ok(generation)
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
