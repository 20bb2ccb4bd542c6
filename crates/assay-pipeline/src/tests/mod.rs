//! The pipelines and their steps on the fakes.

mod asking;
mod languages;
mod answering_meanwhile;
mod following;
mod drafting;
mod listing;
mod filling;
mod citing;
mod prompting;
mod cascading;
mod explaining;
mod asking_why;
mod index_at_once;
mod ingesting;
mod contexts;
mod retrying;
mod evaluating;
mod measuring;
mod proposing;
mod ranking;
mod caching;
mod verifying;

use std::future::Future;

use assay_domain::fakes::{
    EchoWriter, MemoryCatalogue, MemoryIndex, MemoryReader, MemoryScoreCache, WordEmbedder, WordReranker,
};
use assay_domain::port::{Reranker, Source, Writer};
use assay_domain::{
    Cancel, Document, Failure, IngestControl, OrderRule, Question, QueueReason, RerankMode, Scope, Steps, Threshold,
};
use assay_text::ChunkSize;

use crate::ask::{Ask, AskReport, ask};
use crate::ingest::{FileReport, Ingest, IngestEvent, enqueue, ingest};
use crate::rerank::plan::{MeasuredReranker, RerankPlan};

/// A library in memory.
#[derive(Default)]
pub struct Fixture {
    pub files: MemoryReader,
    pub embedder: WordEmbedder,
    pub index: MemoryIndex,
    pub catalogue: MemoryCatalogue,
    pub score_cache: MemoryScoreCache,
    pub control: IngestControl,
    /// Whether rows get the context of their passages.
    pub context: bool,
}

impl Fixture {
    pub fn with(files: &[(&str, &str)]) -> Self {
        let fixture = Self::default();
        for (path, text) in files {
            fixture.put(path, text);
        }
        fixture
    }

    pub fn put(&self, path: &str, text: &str) {
        self.files.files.lock().unwrap().insert(path.to_owned(), text.to_owned());
    }

    pub fn ingest(&self, paths: &[&str], cancel: &Cancel) -> Result<Vec<FileReport>, Failure> {
        self.ingest_with(paths, &[], cancel, &mut |_| ())
    }

    /// The same with events, and with documents whose files are gone.
    pub fn ingest_with(
        &self,
        paths: &[&str],
        gone: &[Document],
        cancel: &Cancel,
        on: &mut (dyn FnMut(IngestEvent) + Send),
    ) -> Result<Vec<FileReport>, Failure> {
        let with = self.with_library(gone);
        let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
        let sources = paths.iter().map(|path| Source::at(*path, name(path))).collect();
        block_on(ingest(&with, enqueue(&with, sources)?, cancel, on))
    }

    /// What files are taken in with: the fixture's library.
    pub fn with_library<'a>(&'a self, gone: &'a [Document]) -> Ingest<'a> {
        Ingest {
            reader: &self.files,
            embedder: &self.embedder,
            index: &self.index,
            catalogue: &self.catalogue,
            score_cache: Some(&self.score_cache),
            chunking: ChunkSize { tokens: 40, overlap: 4 },
            context: self.context,
            collection: "default",
            why: QueueReason::Added,
            gone,
            optimize: true,
            control: &self.control,
        }
    }

    /// What a question is asked with: the fixture's library, one reranker that nobody measured, and no score cache.
    pub fn models<'a>(&'a self, reranker: &'a dyn Reranker, writer: &'a dyn Writer) -> Ask<'a> {
        Ask {
            embedder: &self.embedder,
            embedder_measured: &[],
            index: &self.index,
            catalogue: &self.catalogue,
            rerankers: RerankPlan::Named(MeasuredReranker::unmeasured(reranker)),
            second_reranker: None,
            score_cache: None,
            writer: (writer, None),
        }
    }
}

pub fn question(text: &str) -> Question {
    Question {
        text: text.into(),
        scope: Scope::default(),
        retrieve: 100,
        context: false,
        rerank_pool: 50,
        second_pool: 3,
        budget: None,
        early_stop: false,
        order: OrderRule::Rerank,
        keep: 2,
        rerank: RerankMode::Auto,
        threshold: Threshold::Fixed(0.5),
        answer: true,
        earlier: Vec::new(),
        steps: Steps::default(),
    }
}

/// Asks with one reranker or two and the fixture's score cache.
pub fn asked_with(
    fixture: &Fixture,
    question: &Question,
    (first, second): (&WordReranker, Option<&WordReranker>),
    cancel: &Cancel,
    writer: &EchoWriter,
) -> AskReport {
    let with = Ask {
        second_reranker: second.map(|second| MeasuredReranker::unmeasured(second)),
        score_cache: Some(&fixture.score_cache),
        ..fixture.models(first, writer)
    };
    block_on(ask(&with, question, cancel, &mut |_| ())).unwrap()
}

pub fn block_on<T>(work: impl Future<Output = T>) -> T {
    futures::executor::block_on(work)
}
