//! The catalogue as the pipelines see it.

use assay_domain::port::{Answering, Catalogue, GenerationContent, Source};
use assay_domain::{
    Document, DocumentId, DocumentState, FailedTries, Failure, FolderId, GenerationId, LastHash, Page, QueueReason,
    Scope,
};

use crate::store::Store;
use crate::{document, generation, queue, source};

impl Catalogue for Store {
    fn documents(&self) -> Result<Vec<Document>, Failure> {
        Ok(self.read(document::all)?)
    }

    fn some_documents(&self, documents: &[DocumentId]) -> Result<Vec<Document>, Failure> {
        let found: Result<Vec<_>, _> = documents.iter().map(|&id| self.document(id)).collect();
        Ok(found?.into_iter().flatten().collect())
    }

    fn is_empty(&self) -> Result<bool, Failure> {
        Ok(self.read(document::none)?)
    }

    fn answering(&self, scope: &Scope) -> Result<Answering, Failure> {
        Ok(self.read(|connection| generation::answering(connection, scope))?)
    }

    fn pages_of(&self, document: DocumentId) -> Result<Vec<Page>, Failure> {
        Ok(self.pages(document)?)
    }

    fn find(&self, collection: &str, path: &str) -> Result<Option<Document>, Failure> {
        Ok(self.read(|connection| document::at(connection, collection, path))?)
    }

    fn enqueue(&self, collection: &str, source: &Source) -> Result<DocumentId, Failure> {
        Ok(self.transact(|transaction| document::enqueue(transaction, collection, source))?)
    }

    /// Writes 500 rows in one transaction: enough that the disk is not waited for after each, few enough
    /// that a question does not wait for all of them.
    fn admit(&self, collection: &str, folder: Option<FolderId>, sources: &[Source]) -> Result<Vec<Document>, Failure> {
        let mut rows = Vec::with_capacity(sources.len());
        for some in sources.chunks(500) {
            rows.extend(self.transact(|transaction| source::admit(transaction, collection, folder, some))?);
        }
        Ok(rows)
    }

    fn want(&self, documents: &[DocumentId], why: QueueReason) -> Result<(), Failure> {
        for some in documents.chunks(500) {
            self.transact(|transaction| queue::want(transaction, some, why))?;
        }
        Ok(())
    }

    fn unwant(&self, documents: &[DocumentId]) -> Result<(), Failure> {
        Ok(self.transact(|transaction| queue::unwant(transaction, documents))?)
    }

    fn record_hash(&self, document: DocumentId, seen: &LastHash) -> Result<(), Failure> {
        Ok(self.transact(|transaction| source::record_hash(transaction, document, seen))?)
    }

    fn failed_tries(&self, document: DocumentId, hash: &str) -> Result<Option<FailedTries>, Failure> {
        Ok(self.read(|connection| source::failed_tries(connection, document, hash))?)
    }

    fn record_failed_try(&self, document: DocumentId, hash: &str, by: &str, failure: &Failure) -> Result<u32, Failure> {
        Ok(self.transact(|transaction| source::record_failed_try(transaction, document, hash, by, failure))?)
    }

    fn allow_retry(&self, documents: &[DocumentId]) -> Result<(), Failure> {
        Ok(self.transact(|transaction| source::allow_retry(transaction, documents))?)
    }

    fn rename(&self, document: DocumentId, new: DocumentId, source: &Source) -> Result<(), Failure> {
        Ok(self.transact(|transaction| source::rename(transaction, document, new, source))?)
    }

    fn set_state(&self, document: DocumentId, state: DocumentState, why: Option<&Failure>) -> Result<(), Failure> {
        Ok(self.transact(|transaction| document::set_state(transaction, document, state, why))?)
    }

    fn begin(&self, document: DocumentId) -> Result<GenerationId, Failure> {
        Ok(self.transact(|transaction| generation::begin(transaction, document))?)
    }

    fn commit(
        &self,
        document: DocumentId,
        generation: GenerationId,
        reading: &GenerationContent,
    ) -> Result<Option<GenerationId>, Failure> {
        Ok(self.transact(|transaction| generation::commit(transaction, document, generation, reading))?)
    }

    fn remove(&self, documents: &[DocumentId]) -> Result<Vec<GenerationId>, Failure> {
        Ok(self.transact(|transaction| document::remove_all(transaction, documents))?)
    }

    fn dead_generations(&self) -> Result<Vec<GenerationId>, Failure> {
        Ok(self.read(generation::that_must_not_answer)?)
    }

    fn forget(&self, generations: &[GenerationId]) -> Result<(), Failure> {
        Ok(self.transact(|transaction| generation::forget(transaction, generations))?)
    }
}
