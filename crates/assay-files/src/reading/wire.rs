//! The messages between the program and the child process that reads a file.

use serde::{Deserialize, Serialize};

/// The word after `worker` on the child's command line.
pub const ROLE: &str = "read";

/// One file to read.
#[derive(Serialize, Deserialize)]
pub(super) struct Request {
    pub(super) path: String,
    pub(super) name: String,
    pub(super) largest: u64,
    pub(super) ocr: Option<OcrRequest>,
    /// Pages and extractors to leave out; page 0 stands for all pages.
    pub(super) avoid: Vec<(u32, String)>,
}

/// [`OcrSettings`](crate::OcrSettings); times in milliseconds.
#[derive(Serialize, Deserialize)]
pub(super) struct OcrRequest {
    pub(super) program: String,
    pub(super) languages: String,
    pub(super) pages: u32,
    pub(super) pixels: u64,
    pub(super) page_time: u64,
    pub(super) file_time: u64,
}

/// What the child reports: each step before it begins, then the pages and the end, or a failure.
#[derive(Serialize, Deserialize)]
pub(super) enum Reply {
    Step {
        page: u32,
        extractor: String,
    },
    Page {
        number: Option<u32>,
        text: String,
        headings: Vec<(usize, String)>,
        extractor: String,
        confidence: Option<u8>,
        outcome: String,
        fault: Option<String>,
        reason: Option<String>,
    },
    Done {
        format: String,
        language: Option<String>,
        hash: String,
    },
    Failed {
        problem: String,
        message: String,
        action: String,
    },
}
