//! Documents: what is in the library and what happens to a file on its way in.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{ProblemCode, ProblemView};

/// What became of a page: there is one for every page of a file, also for those that gave nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PageRow {
    /// The page's own number; absent in formats without pages.
    pub number: Option<u32>,
    /// `pdf-extract`, `second`, `ocr`, `format` (the only reader of other formats) or `none`.
    pub extractor: String,
    /// Characters of text.
    pub characters: u32,
    /// How sure recognition was of the words, from 0 to 100; only for `ocr`.
    pub confidence: Option<u8>,
    /// `text`, `empty`, `scanned` or `failed`; a page that failed only in part has characters.
    pub outcome: String,
    /// Why it is not read, or not wholly.
    pub reason: Option<String>,
    /// The same as a code, for translation.
    pub code: Option<String>,
}

/// A document of the library. `path` is given in the terminal only; the window gets `folder` to read.
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
    /// Name of the folder it lies in, to tell files of one name apart.
    pub folder: String,
    /// Collection.
    pub collection: String,
    /// `queued`, `reading`, `embedding`, `committed`, `failed`, `quarantined`, `offline`.
    pub state: String,
    /// Why it failed, or what is incomplete.
    pub reason: Option<String>,
    /// Which problem that is, if it failed or is offline.
    pub problem: Option<ProblemCode>,
    /// Pages of the file.
    pub pages: u32,
    /// Pages that gave text.
    pub pages_with_text: u32,
    /// What became of each page, in the terminal only: the window asks for one document's.
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
    /// Whether an (earlier) reading of it answers questions.
    pub searchable: bool,
}

/// `assay documents --json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct DocumentList {
    /// One row for every document.
    pub documents: Vec<DocumentRow>,
}

/// A folder whose changes are followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FolderRow {
    /// The catalogue's number.
    #[ts(type = "number")]
    pub id: i64,
    /// Absolute path, in the terminal only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(skip)]
    pub path: Option<String>,
    /// Its own name.
    pub name: String,
    /// The collection its files join.
    pub collection: String,
    /// `watching` (the system tells of changes), `polling` (looked at every so often, because events
    /// do not work there), `offline` (not there now: its documents stay), `resting` (no window is
    /// open over it).
    pub state: String,
    /// Why it is polled or offline.
    pub reason: Option<String>,
    /// Files found in it at the last full look.
    pub files: u32,
    /// Files and folders left out by rule at the last full look: hidden, ignored, too large.
    pub excluded: u32,
    /// Unix time of the last full look, in seconds; absent before the first.
    #[ts(type = "number | null")]
    pub scanned: Option<i64>,
}

/// `assay folders --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FolderList {
    /// One row for every watched folder.
    pub folders: Vec<FolderRow>,
}

/// Something that happened to the library itself and that its owner should know: healed damage, a
/// snapshot taken, a data folder in a synced place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NoticeRow {
    /// `healed`, `damaged`, `rebuilding`, `snapshot`, `synced_folder`.
    pub kind: String,
    /// One sentence: what happened.
    pub what: String,
    /// What to do about it; empty where there is nothing to do.
    #[serde(rename = "do")]
    pub action: String,
}

/// A copy of the catalogue to go back to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SnapshotRow {
    /// Its name, which says when and before what it was taken.
    pub name: String,
    /// Unix time in seconds.
    #[ts(type = "number")]
    pub taken: i64,
    /// Documents in it.
    pub documents: u32,
    /// Length of its file.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Whether the text of pages is in it; without, it is read from the originals again.
    pub with_text: bool,
}

/// `assay restore --list --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SnapshotList {
    /// The newest first.
    pub snapshots: Vec<SnapshotRow>,
}

/// The library pane.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct LibraryView {
    /// One row for every document.
    pub documents: Vec<DocumentRow>,
    /// Documents per state; they add up to the rows.
    pub counts: BTreeMap<String, u32>,
    /// Whether an ingest is under way.
    pub busy: bool,
    /// Whether the ingest under way is paused.
    pub paused: bool,
    /// Watched folders.
    pub folders: Vec<FolderRow>,
    /// What happened to the library itself since it was opened.
    pub notices: Vec<NoticeRow>,
    /// What keeps the index from answering, if anything.
    pub problem: Option<ProblemView>,
}

/// What became of one file of an ingest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct FileRow {
    /// The path, in the terminal only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(skip)]
    pub path: Option<String>,
    /// File name.
    pub name: String,
    /// `committed`, `unchanged`, `renamed` (the same bytes under another name: nothing was embedded
    /// again), `failed`, `quarantined`, `excluded` (left out by rule: hidden, ignored, too large),
    /// `offline`, `removed` (deleted from a watched folder), `stopped`.
    pub state: String,
    /// Why, where there is a why.
    pub reason: Option<String>,
    /// The problem's code, for a file that failed.
    pub problem: Option<ProblemCode>,
    /// Pages of the file.
    pub pages: u32,
    /// Pages that gave text.
    pub pages_with_text: u32,
    /// What became of each page, in the terminal only: the window asks for one document's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(skip)]
    pub page_rows: Option<Vec<PageRow>>,
    /// Chunks in the index.
    pub chunks: u32,
    /// Wall-clock time from reading to commit.
    pub seconds: f64,
}

/// `assay ingest --json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct IngestReply {
    /// A row for every file.
    pub files: Vec<FileRow>,
    /// Files per state; they add up to the rows.
    pub counts: BTreeMap<String, u32>,
    /// Wall-clock time of the whole.
    pub seconds: f64,
}

/// What happens in the library, as it happens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LibraryEvent {
    /// An ingest begins.
    Started {
        /// Files found.
        files: u32,
    },
    /// A file moves along.
    File {
        /// The catalogue's number.
        #[ts(type = "number")]
        document: i64,
        /// File name.
        name: String,
        /// Its state.
        state: String,
        /// Why it failed.
        reason: Option<String>,
        /// Which problem that is.
        problem: Option<ProblemCode>,
    },
    /// The whole moves along.
    Progress {
        /// Files finished, however they ended.
        done: u32,
        /// Files found.
        files: u32,
        /// Estimated from the bytes still to read; absent until the first file is through.
        seconds_left: Option<f64>,
    },
    /// The ingest under way rests, or goes on after a rest.
    Paused {
        /// Whether it rests now.
        paused: bool,
    },
    /// The ingest ended.
    Finished {
        /// Its reply.
        reply: IngestReply,
    },
    /// The ingest could not begin or go on.
    Failed {
        /// Why.
        problem: ProblemView,
    },
}

/// One page of a document as it was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct PageView {
    /// The page's own number.
    pub number: Option<u32>,
    /// Its text.
    pub text: String,
}

/// A passage in its place, for an opened citation.
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

/// A difference between catalogue and index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CheckProblem {
    /// `missing_rows`, `extra_rows`, `unfinished`, `missing_file`, `other_model`, `damaged`.
    pub kind: String,
    /// The document's name or number, where it is about one.
    pub document: Option<String>,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    #[serde(rename = "do")]
    pub action: String,
}

/// `assay check --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CheckReply {
    /// Whether index and catalogue agree.
    pub ok: bool,
    /// Documents that answer.
    pub documents: u32,
    /// Chunks that answer.
    #[ts(type = "number")]
    pub chunks: u64,
    /// What differs.
    pub problems: Vec<CheckProblem>,
}
