//! Documents, their states and their committed content.

use super::reader::Source;
use crate::{
    Document, DocumentId, DocumentState, FailedTries, Failure, Fingerprint, FolderId, GenerationId, LastHash, Narrowed,
    Page, QueueReason, ReadDocument, Scope,
};

/// The content of a committed generation.
#[derive(Debug, Clone, PartialEq)]
pub struct GenerationContent {
    /// Hash and length of the file that was read.
    pub fingerprint: Fingerprint,
    /// Its pages, kept so that a citation can be opened and an index filled again.
    pub document: ReadDocument,
    /// Chunks written to the index.
    pub chunks: u32,
    /// What is incomplete about it, if anything.
    pub reason: Option<String>,
    /// What read it ([`Reader::identity`](crate::port::Reader::identity)).
    pub by: String,
    /// The reader's [`Reader::revision`](crate::port::Reader::revision).
    pub revision: u32,
}

/// Which generations answer at one moment: all up to the newest, but for the excluded ones; of a scope those that are
/// listed, or all but more excluded ones. An ingest that goes on meanwhile begins generations with greater numbers, so
/// their rows do not count although they are in the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answering {
    /// The generations of the scope, if they are fewer than all others.
    pub only: Option<Vec<GenerationId>>,
    /// Generations that are not committed, those of missing documents, and those outside the scope.
    pub excluded: Vec<GenerationId>,
    /// The greatest number that was given by then.
    pub newest: GenerationId,
    /// How many documents a narrow scope searches; `None` for any other.
    pub narrowed: Option<Narrowed>,
}

/// The source of truth about documents. Calls are short and synchronous, and their effect is durable
/// when they return. All of them fail if the database does.
pub trait Catalogue: Send + Sync {
    /// All documents that are not removed.
    fn documents(&self) -> Result<Vec<Document>, Failure>;

    /// Those of these documents that are not removed.
    fn some_documents(&self, documents: &[DocumentId]) -> Result<Vec<Document>, Failure>;

    /// Whether there is no document.
    fn is_empty(&self) -> Result<bool, Failure>;

    /// Which generations of a scope answer now. The catalogue alone knows where a document is: rows of the index keep the
    /// collection that it was in when it was read.
    fn answering(&self, scope: &Scope) -> Result<Answering, Failure>;

    /// The pages of a document as they were last read and committed, in order; none before its first reading.
    fn pages_of(&self, document: DocumentId) -> Result<Vec<Page>, Failure>;

    /// The document at a path in a collection, if it is not removed.
    fn find(&self, collection: &str, path: &str) -> Result<Option<Document>, Failure>;

    /// Creates a row if there is none, and queues the document; a committed generation stays.
    fn enqueue(&self, collection: &str, source: &Source) -> Result<DocumentId, Failure>;

    /// The rows of files, in the order of the files. A file without a row gets one and is queued;
    /// the others stay as they are, because only their bytes can tell whether there is work to do.
    fn admit(&self, collection: &str, folder: Option<FolderId>, sources: &[Source]) -> Result<Vec<Document>, Failure>;

    /// Asks for documents to be read. They wait in the queue until a state or a commit says how they ended, also
    /// after the program ended. One that the user stopped waits on, unless the user asks for it now.
    fn want(&self, documents: &[DocumentId], why: QueueReason) -> Result<(), Failure>;

    /// Takes documents off the queue that turned out to be as they were.
    fn unwant(&self, documents: &[DocumentId]) -> Result<(), Failure>;

    /// Records the hash of a file, so that it is not hashed again while its stamp stays the same.
    fn record_hash(&self, document: DocumentId, hash: &LastHash) -> Result<(), Failure>;

    /// Earlier failed tries to read these bytes.
    fn failed_tries(&self, document: DocumentId, hash: &str) -> Result<Option<FailedTries>, Failure>;

    /// Records a failed try by the reader `by`. Returns the number of failed tries of this reader.
    fn record_failed_try(&self, document: DocumentId, hash: &str, by: &str, failure: &Failure) -> Result<u32, Failure>;

    /// Lets documents be read again although their bytes failed or were read in part.
    fn allow_retry(&self, documents: &[DocumentId]) -> Result<(), Failure>;

    /// Moves a document to a new path. It takes the place of `new`, the row that the new path got
    /// and nothing was read for; everything that was read stays.
    fn rename(&self, document: DocumentId, new: DocumentId, source: &Source) -> Result<(), Failure>;

    /// Sets the state of a document, with a reason where there is one. A missing document keeps the state
    /// that it had beneath, and any other state brings it back.
    ///
    /// # Errors
    /// [`Stopped`](crate::Problem::Stopped) if the document was removed.
    fn set_state(&self, document: DocumentId, state: DocumentState, why: Option<&Failure>) -> Result<(), Failure>;

    /// Begins a generation of a document. It is not searched until it is committed.
    fn begin(&self, document: DocumentId) -> Result<GenerationId, Failure>;

    /// Commits a generation: from now on it is searched and the previous one is not. Returns the
    /// previous one.
    fn commit(
        &self,
        document: DocumentId,
        generation: GenerationId,
        content: &GenerationContent,
    ) -> Result<Option<GenerationId>, Failure>;

    /// Removes documents: from now on they are in no answer, kept answers included. If one of them
    /// does not exist, none is removed. Returns the generations they had.
    fn remove(&self, documents: &[DocumentId]) -> Result<Vec<GenerationId>, Failure>;

    /// Generations that are not committed but may have rows in the index.
    fn dead_generations(&self) -> Result<Vec<GenerationId>, Failure>;

    /// Forgets dead generations whose rows are gone from the index.
    fn forget(&self, generations: &[GenerationId]) -> Result<(), Failure>;
}
