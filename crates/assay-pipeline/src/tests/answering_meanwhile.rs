//! Questions that are asked while an ingest writes.

use std::sync::Mutex;

use assay_domain::fakes::{EchoWriter, MemoryIndex, WordEmbedder, WordReranker};
use assay_domain::port::{
    Catalogue, Embedder, EmbedderIdentity, Filter, IndexReader, IndexWriter, LexicalQuery, Places, Spelling, TextKind,
};
use assay_domain::{Cancel, Chunk, ChunkId, ChunkWords, EmbeddedChunk, Failure, GenerationId, Hit, Passage};
use futures::future::{BoxFuture, FutureExt};

use super::{Fixture, block_on, question};
use crate::ask::{Ask, ask};

/// Something that happens once, in the middle of a question.
type Meanwhile<'a> = Mutex<Option<Box<dyn FnOnce() + Send + 'a>>>;

fn happen(meanwhile: &Meanwhile<'_>) {
    let event = meanwhile.lock().unwrap().take();
    event.into_iter().for_each(|event| event());
}

struct SlowEmbedder<'a>(&'a WordEmbedder, Meanwhile<'a>);

impl Embedder for SlowEmbedder<'_> {
    fn identity(&self) -> &EmbedderIdentity {
        self.0.identity()
    }

    fn token_starts(&self, text: &str) -> Vec<usize> {
        self.0.token_starts(text)
    }

    fn embed(&self, kind: TextKind, texts: Vec<String>) -> BoxFuture<'_, Result<Vec<Vec<f32>>, Failure>> {
        happen(&self.1);
        self.0.embed(kind, texts)
    }
}

struct SlowIndex<'a>(&'a MemoryIndex, Meanwhile<'a>);

impl IndexReader for SlowIndex<'_> {
    fn nearest(&self, vector: Vec<f32>, limit: usize, filter: Filter) -> BoxFuture<'_, Result<Vec<Hit>, Failure>> {
        let found = self.0.nearest(vector, limit, filter);
        happen(&self.1);
        found
    }

    fn matching(&self, query: LexicalQuery, limit: usize, filter: Filter) -> BoxFuture<'_, Result<Vec<Hit>, Failure>> {
        self.0.matching(query, limit, filter)
    }

    fn places_by_vector(
        &self,
        vector: Vec<f32>,
        chunks: Vec<ChunkId>,
        filter: Filter,
    ) -> BoxFuture<'_, Result<Places, Failure>> {
        self.0.places_by_vector(vector, chunks, filter)
    }

    fn places_by_words(
        &self,
        query: LexicalQuery,
        chunks: Vec<ChunkId>,
        filter: Filter,
    ) -> BoxFuture<'_, Result<Places, Failure>> {
        self.0.places_by_words(query, chunks, filter)
    }

    fn spellings(&self, words: Vec<String>, filter: Filter) -> BoxFuture<'_, Result<Vec<Spelling>, Failure>> {
        self.0.spellings(words, filter)
    }

    fn passages_of(&self, generation: GenerationId) -> BoxFuture<'_, Result<Vec<Passage>, Failure>> {
        self.0.passages_of(generation)
    }

    fn generations(&self) -> BoxFuture<'_, Result<Vec<(GenerationId, u64)>, Failure>> {
        self.0.generations()
    }
}

/// Begins a generation of the first document and writes a row of it, as an ingest does before it commits.
fn write_uncommitted(fixture: &Fixture) {
    let document = fixture.catalogue.documents().unwrap().remove(0).id;
    let generation = fixture.catalogue.begin(document).unwrap();
    let text = "harbour lamp seven".to_owned();
    let vector =
        fixture.embedder.embed(TextKind::Passage, vec![text.clone()]).now_or_never().unwrap().unwrap().remove(0);
    let chunk = Chunk { ordinal: 0, page_index: 0, page: None, range: 0..text.len(), heading: None, text };
    let (collection, words) = ("default".into(), ChunkWords { text: chunk.text.clone(), names: String::new() });
    let row = EmbeddedChunk { document, generation, collection, chunk, words, vector };
    fixture.index.add(vec![row]).now_or_never().unwrap().unwrap();
}

#[test]
fn rows_that_are_not_committed_answer_no_question() {
    for when in ["while the question is embedded", "between the two retrievers"] {
        let fixture = Fixture::with(&[("a", "the harbour has a lamp"), ("b", "pears and plums")]);
        fixture.ingest(&["a", "b"], &Cancel::default()).unwrap();
        let write = || Mutex::new(Some(Box::new(|| write_uncommitted(&fixture)) as Box<dyn FnOnce() + Send>));
        let (first, second) =
            if when.starts_with("while") { (write(), Mutex::default()) } else { (Mutex::default(), write()) };
        let (embedder, index) = (SlowEmbedder(&fixture.embedder, first), SlowIndex(&fixture.index, second));
        let reranker = WordReranker::default();
        let writer = EchoWriter::default();
        let with = Ask { embedder: &embedder, index: &index, ..fixture.models(&reranker, &writer) };
        let asked = block_on(ask(&with, &question("harbour lamp"), &Cancel::default(), &mut |_| ())).unwrap();
        assert_eq!(fixture.index.rows.lock().unwrap().len(), 3, "{when}: the row is in the index");
        let texts: Vec<&str> = asked.candidates.iter().map(|row| row.passage.text.as_str()).collect();
        assert_eq!(texts, ["the harbour has a lamp"], "{when}");
    }
}
