//! A document: a file of the library and what is known about it.

use std::fmt;

use crate::{FolderId, LastHash, PassageContext, Problem};

/// The catalogue's number for a file in a collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DocumentId(pub i64);

/// Number of one reading of a document. Index rows carry it, and they are searched only while the
/// catalogue has it as the document's committed generation. A number is never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GenerationId(pub i64);

impl fmt::Display for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for GenerationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What identifies the content of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    /// BLAKE3 of the bytes, in lower-case hex.
    pub hash: String,
    /// Length in bytes.
    pub bytes: u64,
}

/// How far a document is in the ingest pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DocumentState {
    /// Found and not started.
    Queued,
    /// Its text is being read.
    Reading,
    /// Its chunks are being embedded and written.
    Embedding,
    /// Searchable.
    Committed,
    /// It could not be ingested, for the reason kept. An earlier generation stays searchable.
    Failed,
    /// It crashed its reader twice with the same bytes and is not read again until it changes or the
    /// user asks for another try. An earlier generation stays searchable.
    Quarantined,
    /// Its folder or drive is unreachable now, which does not mean that it was deleted. It stays
    /// searchable.
    Offline,
    /// Its file is gone, or a rule leaves it out by now. It answers nothing and keeps everything for a grace
    /// time: if its bytes come back, under any name, it is again what it was.
    Missing,
    /// Removed from the library.
    Removed,
}

impl DocumentState {
    /// The code in the catalogue and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Reading => "reading",
            Self::Embedding => "embedding",
            Self::Committed => "committed",
            Self::Failed => "failed",
            Self::Quarantined => "quarantined",
            Self::Offline => "offline",
            Self::Missing => "missing",
            Self::Removed => "removed",
        }
    }

    /// The state for a code.
    pub fn parse(code: &str) -> Option<Self> {
        [
            Self::Queued,
            Self::Reading,
            Self::Embedding,
            Self::Committed,
            Self::Failed,
            Self::Quarantined,
            Self::Offline,
            Self::Missing,
            Self::Removed,
        ]
        .into_iter()
        .find(|state| state.as_str() == code)
    }
}

/// A row of the catalogue.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The catalogue's number.
    pub id: DocumentId,
    /// The collection it belongs to.
    pub collection: String,
    /// Absolute path of the original, which is only ever read.
    pub path: String,
    /// File name, for display.
    pub name: String,
    /// How far it is.
    pub state: DocumentState,
    /// Why it failed, or what is incomplete about the committed generation.
    pub reason: Option<String>,
    /// Which problem the reason describes, if it failed or is unreachable.
    pub problem: Option<Problem>,
    /// Hash and length of the file of the committed generation, if there is one.
    pub fingerprint: Option<Fingerprint>,
    /// The committed generation, if there is one.
    pub generation: Option<GenerationId>,
    /// Pages that the file has.
    pub pages: u32,
    /// Pages that gave text.
    pub pages_with_text: u32,
    /// Chunks in the index.
    pub chunks: u32,
    /// The format of the committed generation: [`ReadDocument::format`](crate::ReadDocument).
    pub format: Option<String>,
    /// ISO 639-3 code of the main language, if it was detected.
    pub language: Option<String>,
    /// The watched folder that it belongs to, if any.
    pub folder: Option<FolderId>,
    /// Path of that folder.
    pub root: Option<String>,
    /// Number of the disk that its folder was on at the last scan.
    pub device: Option<u64>,
    /// Hash and stamp of its file when it was last hashed.
    pub last_hash: Option<LastHash>,
    /// The reader of the committed generation ([`Reader::identity`](crate::port::Reader::identity)) if it
    /// left something out, because another one may do better. Empty once the user asks for another try.
    pub partly_by: Option<String>,
    /// [`Reader::revision`](crate::port::Reader::revision) of the reader of the committed generation; `None`
    /// for generations of versions that did not record it.
    pub reader_revision: Option<u32>,
    /// Unix time in seconds when its file was found to be missing, if it is.
    pub missing_since: Option<i64>,
    /// Unix time in seconds when its file was last written; where the file was read within seconds of that, when it was
    /// read. `None` if neither is known.
    pub written: Option<i64>,
    /// When a fault that passes by itself is tried again, if it failed with one.
    pub retry: Option<Retry>,
}

/// The next try at a file that failed with a fault that passes by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// Unix time in seconds.
    pub at: i64,
    /// Tries so far, one after the other.
    pub tries: u32,
}

impl Retry {
    /// Seconds to the next try after so many: short at first, since most such faults pass within a minute.
    pub fn pause(tries: u32) -> i64 {
        const PAUSES: [i64; 6] = [5, 30, 120, 600, 1_800, 7_200];
        let place = usize::try_from(tries.saturating_sub(1)).unwrap_or(usize::MAX);
        PAUSES.get(place).copied().unwrap_or(21_600)
    }
}

impl Document {
    /// Folders that the file lies in, for display and as context, joined by `/`: those below its watched folder, else
    /// the last one of its path. The whole path would tell more of the machine than of the file.
    pub fn folders(&self) -> String {
        let is_separator = |c: char| c == '/' || (cfg!(windows) && c == '\\');
        let above = self.path.rsplit_once(is_separator).map_or("", |(above, _)| above);
        let below_root = self.root.as_ref().and_then(|root| above.strip_prefix(root.trim_end_matches(is_separator)));
        let shown = below_root.unwrap_or_else(|| above.rsplit_once(is_separator).map_or(above, |(_, last)| last));
        shown.split(is_separator).filter(|folder| !folder.is_empty()).collect::<Vec<_>>().join("/")
    }

    /// Where a passage of this document under a heading comes from.
    pub fn context(&self, heading: Option<&str>) -> PassageContext {
        let (folder, name) = (self.folders(), self.name.clone());
        PassageContext { folder, name, heading: heading.map(str::to_owned) }
    }

    /// Whether the committed generation is what the reader `by`, of this revision, gets out of bytes with this
    /// hash. Another revision gets other text; another identity may read pages that were left out.
    pub fn is_read(&self, hash: &str, by: &str, revision: u32) -> bool {
        let same = self.fingerprint.as_ref().is_some_and(|print| print.hash == hash);
        let whole = self.partly_by.as_ref().is_none_or(|earlier| earlier == by);
        same && whole && self.generation.is_some() && self.reader_revision == Some(revision)
    }
}
