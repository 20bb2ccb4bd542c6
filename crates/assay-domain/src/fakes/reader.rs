//! A reader of files in memory.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use futures::future::{BoxFuture, FutureExt};

use crate::port::{Reader, Source};
use crate::{Extractor, Failure, FaultKind, Fingerprint, Page, PageOutcome, Problem, ReadDocument};

/// Files by path. Form feeds separate pages, and a page that begins with `?` is read in part. The text
/// `!` is a damaged file, `!!` one that crashes its reader, `!?` one without read permission. A path
/// that ends in `.md` is Markdown.
#[derive(Default)]
pub struct MemoryReader {
    /// Path to text.
    pub files: Mutex<BTreeMap<String, String>>,
    /// Every path that was read, in order.
    pub reads: Mutex<Vec<String>>,
    /// Its [`Reader::identity`].
    pub identity: Mutex<String>,
    /// Its [`Reader::revision`].
    pub revision: AtomicU32,
}

impl Reader for MemoryReader {
    fn fingerprint(&self, source: &Source) -> BoxFuture<'_, Result<Fingerprint, Failure>> {
        let files = self.files.lock().expect("no test panics while holding it");
        let found = files.get(&source.path).map(|text| Fingerprint { hash: text.clone(), bytes: text.len() as u64 });
        let missing = || Failure::new(Problem::MissingFile, format!("{} is gone", source.path), "put it back");
        let result = found.ok_or_else(missing);
        async move { result }.boxed()
    }

    fn read(&self, source: &Source) -> BoxFuture<'_, Result<ReadDocument, Failure>> {
        let files = self.files.lock().expect("no test panics while holding it");
        self.reads.lock().expect("no test panics while holding it").push(source.path.clone());
        let result = match files.get(&source.path).map(String::as_str) {
            Some("!!") => Err(Failure::new(Problem::ReaderDied, "the reader died", "save it anew")),
            Some("!?") => Err(Failure::new(Problem::NoPermission, "the file may not be read", "change that")),
            Some("!") => Err(Failure::new(Problem::UnreadableFile, "the file is damaged", "replace it")),
            None => Err(Failure::new(Problem::MissingFile, "the file is gone", "put it back")),
            Some(text) => Ok(ReadDocument {
                format: if source.path.ends_with(".md") { "Markdown" } else { "text" }.into(),
                pages: (1..).zip(text.split('\u{c}')).map(|(number, text)| page(number, text)).collect(),
                language: None,
                hash: text.to_owned(),
            }),
        };
        async move { result }.boxed()
    }

    fn identity(&self) -> String {
        self.identity.lock().expect("no test panics while holding it").clone()
    }

    fn revision(&self) -> u32 {
        self.revision.load(Ordering::Relaxed)
    }
}

fn page(number: u32, text: &str) -> Page {
    let (text, outcome) = match (text.trim(), text.strip_prefix('?')) {
        ("", _) => ("", PageOutcome::Empty),
        (_, Some(read)) => (read, PageOutcome::Failed(FaultKind::Other.because("unreadable"))),
        _ => (text, PageOutcome::Text),
    };
    Page {
        number: Some(number),
        text: text.to_owned(),
        headings: Vec::new(),
        extractor: Extractor::Format,
        confidence: None,
        outcome,
    }
}
