//! Documents of the library and their pages.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::ProblemCode;
use crate::closed_set::closed_set;

closed_set! {
    /// How far a document is in the ingest.
    DocumentState {
        /// Found, not started.
        Queued = "queued",
        /// Its text is being read.
        Reading = "reading",
        /// Its chunks are being embedded and written.
        Embedding = "embedding",
        /// Searchable.
        Committed = "committed",
        /// It could not be ingested. An earlier reading stays searchable.
        Failed = "failed",
        /// It brought its reader down twice, so it waits until it changes or the user retries it.
        Quarantined = "quarantined",
        /// Its folder or drive is not there now. What was read of it stays searchable.
        Offline = "offline",
        /// Its file is gone, or a rule leaves it out by now. It does not answer, and comes back whole with its
        /// file.
        Missing = "missing",
        /// Taken out of the library.
        Removed = "removed",
    }
}

closed_set! {
    /// What a page's text came from.
    Extractor {
        /// pdf-extract, the first reader of PDF.
        PdfExtract = "pdf-extract",
        /// The second reader of PDF, for what the first cannot read.
        Second = "second",
        /// Text recognition.
        Ocr = "ocr",
        /// The only reader of another format.
        Format = "format",
        /// Nothing gave text.
        None = "none",
    }
}

closed_set! {
    /// How a page was read.
    PageOutcome {
        /// It gave text.
        Text = "text",
        /// It holds nothing to read.
        Empty = "empty",
        /// It is a picture of text that was not read.
        Scanned = "scanned",
        /// The reader failed on it, or on a part of it: then it has characters.
        Failed = "failed",
    }
}

closed_set! {
    /// Why a page was not read, or was read only in part.
    FaultKind {
        /// A part of the file is missing or damaged.
        Damaged = "damaged",
        /// The fonts do not say which letters they show.
        Letters = "letters",
        /// Bytes that are not text in the encoding of the rest.
        Encoding = "encoding",
        /// Its reader crashed, hung or gave up.
        ReaderFailed = "reader_failed",
        /// The page is over a limit.
        TooLarge = "too_large",
        /// An attachment could not be read.
        Attachment = "attachment",
        /// A picture, and text recognition is not installed or switched off.
        NoRecognition = "no_recognition",
        /// A picture, and a limit of text recognition was reached.
        RecognitionCap = "recognition_cap",
        /// A picture whose text was recognised with low confidence.
        RecognitionUnsure = "recognition_unsure",
        /// A picture that could not be drawn or recognised.
        RecognitionFailed = "recognition_failed",
        /// An earlier version recorded only the message.
        Other = "other",
    }
}

/// How a page was read. There is one row for every page of a file, also for those without text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PageRow {
    /// The page's own number; absent in formats without pages.
    pub number: Option<u32>,
    /// What the text came from.
    pub extractor: Extractor,
    /// Characters of text.
    pub characters: u32,
    /// Confidence of text recognition, 0 to 100; only for `ocr`.
    pub confidence: Option<u8>,
    /// How the page was read.
    pub outcome: PageOutcome,
    /// Why it was not read, or only in part.
    pub reason: Option<String>,
    /// The same as a code, for translation.
    pub code: Option<FaultKind>,
}

/// A document of the library. Only the terminal gets `path`; the window gets `folder` to show.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct DocumentRow {
    /// The catalogue's number.
    #[ts(type = "number")]
    pub id: i64,
    /// Absolute path of the original.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(skip)]
    pub path: Option<String>,
    /// File name.
    pub name: String,
    /// Name of the folder it lies in, which tells files of one name apart.
    pub folder: String,
    /// Collection.
    pub collection: String,
    /// How far it is in the ingest.
    pub state: DocumentState,
    /// Why it failed, or what is incomplete.
    pub reason: Option<String>,
    /// Which problem that is, if it failed or is offline.
    pub problem: Option<ProblemCode>,
    /// Pages of the file.
    pub pages: u32,
    /// Pages that gave text.
    pub pages_with_text: u32,
    /// How each page was read, in the terminal only: the window asks for one document's rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(skip)]
    pub page_rows: Option<Vec<PageRow>>,
    /// Chunks in the index.
    pub chunks: u32,
    /// Length of the file.
    #[ts(type = "number")]
    pub bytes: u64,
    /// ISO 639-3.
    pub language: Option<String>,
    /// Whether a reading of it (perhaps an earlier one) answers questions.
    pub searchable: bool,
    /// Unix time in seconds at which it leaves the library for good, if its file is missing.
    #[ts(type = "number | null")]
    pub missing_until: Option<i64>,
    /// Unix time in seconds of the next try, if it failed with a fault that passes by itself.
    #[ts(type = "number | null")]
    pub again_at: Option<i64>,
    /// Whether the user stopped it before it was read: it waits until the user goes on.
    pub stopped: bool,
}

/// `assay documents --json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct DocumentList {
    /// One row for every document.
    pub documents: Vec<DocumentRow>,
}

/// A file that the user removed from a watched folder; scans leave it out until it is brought back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RemovedRow {
    /// The number of its mark.
    #[ts(type = "number")]
    pub id: i64,
    /// Absolute path, in the terminal only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(skip)]
    pub path: Option<String>,
    /// File name.
    pub name: String,
    /// Name of the folder it lies in.
    pub folder: String,
    /// The collection it was in.
    pub collection: String,
    /// Unix time of the removal, in seconds.
    #[ts(type = "number")]
    pub removed: i64,
}

/// `assay documents --removed --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RemovedList {
    /// By path.
    pub removed: Vec<RemovedRow>,
}

/// One page of a document as it was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct PageView {
    /// The page's own number.
    pub number: Option<u32>,
    /// Its text.
    pub text: String,
}

/// A passage on its page, for an opened citation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct PassageView {
    /// The chunk.
    pub chunk: String,
    /// Its document.
    #[ts(type = "number")]
    pub document: i64,
    /// File name.
    pub name: String,
    /// The page's own number.
    pub page: Option<u32>,
    /// Pages of the document.
    pub pages: u32,
    /// Heading path.
    pub heading: Option<String>,
    /// The page's text before the passage.
    pub before: String,
    /// The passage.
    pub text: String,
    /// The page's text after the passage.
    pub after: String,
}

/// One page of a document with the spans of its chunks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct DocumentPage {
    /// Index from 0.
    pub index: u32,
    /// The page's own number.
    pub number: Option<u32>,
    /// Its text.
    pub text: String,
    /// How the page was read.
    pub outcome: PageOutcome,
    /// Why it was not read, or only in part.
    pub reason: Option<String>,
    /// The same as a code, for translation.
    pub code: Option<FaultKind>,
    /// What the text came from.
    pub extractor: Extractor,
    /// Characters of text.
    pub characters: u32,
    /// Confidence of text recognition, 0 to 100; only for `ocr`.
    pub confidence: Option<u8>,
    /// Its chunks in order.
    pub chunks: Vec<ChunkSpan>,
}

/// Where a chunk lies on its page, in UTF-16 units. Neighbours may share some text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ChunkSpan {
    /// The chunk.
    pub chunk: String,
    /// Where it begins.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
}

/// A document as it was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct DocumentView {
    /// The catalogue's number.
    #[ts(type = "number")]
    pub document: i64,
    /// File name.
    pub name: String,
    /// Whether the original is a PDF that the page can draw.
    pub pdf: bool,
    /// In order.
    pub pages: Vec<DocumentPage>,
}
