//! What the tests of several files share.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use assay_catalogue::Store;
use assay_domain::port::{Catalogue, GenerationContent, Source};
use assay_domain::{DocumentId, Extractor, Fingerprint, FolderId, Page, PageOutcome, ReadDocument};
use assay_encoder::Precision;
use assay_text::ChunkSize;
use tempfile::TempDir;

use crate::home::Home;
use crate::library::Library;
use crate::settings::Settings;

/// What was read of a file of one page.
pub fn reading(text: &str) -> GenerationContent {
    let page = Page {
        number: Some(1),
        text: text.to_owned(),
        headings: Vec::new(),
        extractor: Extractor::Format,
        confidence: None,
        outcome: PageOutcome::Text,
    };
    let document = ReadDocument { format: "text".into(), pages: vec![page], language: None, hash: text.to_owned() };
    let fingerprint = Fingerprint { hash: text.to_owned(), bytes: 9 };
    GenerationContent { fingerprint, document, chunks: 1, reason: None, by: "r".into(), revision: 1 }
}

/// Name of a bi-encoder that is not there.
pub const NO_MODEL: &str = "no-such-model";
/// Name of the shipped bi-encoder.
pub const SHIPPED: &str = "multilingual-e5-small-zh-en";

/// An open library, and a folder of files. No program reads them: one that has to be read fails.
pub struct Opened {
    pub folder: TempDir,
    pub library: Library,
}

impl Opened {
    /// With this bi-encoder; missing documents are kept for so many days.
    pub fn new(embedder: &str, missing_days: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("files")).unwrap();
        let home = Home::open(&folder.path().join("library")).unwrap();
        let settings = Settings {
            embedder: embedder.into(),
            reranker: None,
            second_reranker: None,
            score_cache_bytes: 0,
            writer: None,
            chunking: ChunkSize { tokens: 64, overlap: 8 },
            context: true,
            threads: Some(1),
            precision: Precision::F32,
            read_time: Duration::from_secs(5),
            read_memory: 1 << 30,
            file_bytes: 1 << 20,
            missing_time: Duration::from_secs(missing_days * 86_400),
            ocr: None,
            answer_tokens: 16,
            hub: None,
            proxy: None,
            hosted: None,
        };
        let library = Library::open(home, settings, PathBuf::from("no-such-program")).unwrap();
        Self { folder, library }
    }

    pub fn store(&self) -> &Store {
        &self.library.store
    }

    /// Watches a folder of files, which is created.
    pub fn watch(&self, name: &str, collection: &str) -> FolderId {
        let path = self.path(name);
        fs::create_dir_all(&path).unwrap();
        self.store().watch(path.to_str().unwrap(), collection).unwrap()
    }

    /// A file of a folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join("files").join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    /// A document whose file was read once.
    pub fn read(&self, name: &str, folder: Option<FolderId>) -> DocumentId {
        let path = self.path(name);
        let source = Source::at(path.to_str().unwrap(), path.file_name().unwrap().to_str().unwrap());
        let row = self.store().admit("default", folder, &[source]).unwrap().remove(0);
        let generation = self.store().begin(row.id).unwrap();
        self.store().commit(row.id, generation, &reading(name)).unwrap();
        row.id
    }
}
