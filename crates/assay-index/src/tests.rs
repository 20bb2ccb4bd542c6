//! The index on a real folder, with vectors made from the text by a hash.

mod searching;
mod context;
mod removing;
mod vector_index;
mod opening;

use std::fs;
use std::path::Path;

use assay_domain::port::{Filter, IndexReader, IndexWriter, LexicalQuery, Metric};
use assay_domain::{Chunk, ChunkWords, DocumentId, EmbeddedChunk, GenerationId, Hit, IndexIdentity, RowContent};
use tempfile::TempDir;

use crate::{Reader, Writer, open};

const DIMENSION: usize = 16;

pub struct Index {
    pub folder: TempDir,
    pub writer: Writer,
    pub reader: Reader,
}

impl Index {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (writer, reader) = open(&folder.path().join("index"), &identity()).await.unwrap();
        Self { folder, writer, reader }
    }

    pub async fn holding(texts: &[(i64, &str)]) -> Self {
        let index = Self::new().await;
        for (generation, text) in texts {
            index.add(*generation, "default", &[text]).await;
        }
        index
    }

    pub async fn add(&self, generation: i64, collection: &str, texts: &[&str]) {
        self.writer.add(rows(generation, collection, texts)).await.unwrap();
    }

    async fn matching(&self, words: &str) -> Vec<Hit> {
        self.reader.matching(query(words), 10, Filter::default()).await.unwrap()
    }

    pub async fn found(&self, words: &str) -> Vec<i64> {
        ids(&self.matching(words).await)
    }

    pub fn holds_on_disk(&self, words: &str) -> bool {
        holds(self.folder.path(), words.as_bytes())
    }
}

pub fn identity() -> IndexIdentity {
    IndexIdentity {
        embedder: "pseudo".into(),
        weights: "00ff".into(),
        dimension: DIMENSION,
        pooling: "mean".into(),
        passage_prefix: String::new(),
        query_prefix: "query: ".into(),
        chunk_tokens: 200,
        chunk_overlap: 20,
        metric: Metric::Cosine,
        rows: RowContent::WordsAndContext,
    }
}

/// A direction that depends on the text alone.
pub fn vector(text: &str) -> Vec<f32> {
    let mut state = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let raw: Vec<f32> = (0..DIMENSION)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((state >> 40) as f32 / 8_388_608.0) - 1.0
        })
        .collect();
    let length = raw.iter().map(|number| number * number).sum::<f32>().sqrt();
    raw.into_iter().map(|number| number / length).collect()
}

/// Words as a question has them. The pipelines fold more than case.
pub fn query(words: &str) -> LexicalQuery {
    LexicalQuery { written: words.to_owned(), folded: words.to_lowercase() }
}

pub fn rows(generation: i64, collection: &str, texts: &[&str]) -> Vec<EmbeddedChunk> {
    let row = |(ordinal, text): (usize, &&str)| EmbeddedChunk {
        document: DocumentId(generation * 10),
        generation: GenerationId(generation),
        collection: collection.to_owned(),
        chunk: Chunk {
            ordinal: ordinal as u32,
            page_index: ordinal,
            page: (ordinal > 0).then_some(ordinal as u32),
            range: 3..3 + text.len(),
            heading: (ordinal > 0).then(|| format!("Heading {ordinal}")),
            text: (*text).to_owned(),
        },
        words: ChunkWords { text: text.to_lowercase(), names: String::new() },
        vector: vector(text),
    };
    texts.iter().enumerate().map(row).collect()
}

fn ids(hits: &[Hit]) -> Vec<i64> {
    hits.iter().map(|hit| hit.passage.chunk.generation.0).collect()
}

fn holds(folder: &Path, needle: &[u8]) -> bool {
    fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return holds(&path, needle);
        }
        fs::read(&path).unwrap().windows(needle.len()).any(|window| window == needle)
    })
}

fn only(generations: &[i64]) -> Filter {
    Filter { only: Some(generations.iter().copied().map(GenerationId).collect()), ..Filter::default() }
}

fn excluding(generations: &[i64]) -> Filter {
    Filter { excluded: generations.iter().copied().map(GenerationId).collect(), ..Filter::default() }
}

#[tokio::test]
async fn an_empty_index_finds_nothing_and_fails_at_nothing() {
    let index = Index::new().await;
    for _ in 0..2 {
        assert_eq!(index.matching("anything").await, []);
        assert_eq!(index.reader.nearest(vector("a"), 10, Filter::default()).await.unwrap(), []);
        assert_eq!(index.reader.generations().await.unwrap(), []);
        assert_eq!(index.reader.chunks_of(GenerationId(1)).await.unwrap(), []);
        index.writer.add(vec![]).await.unwrap();
        index.writer.remove(vec![]).await.unwrap();
        index.writer.remove(vec![GenerationId(7)]).await.unwrap();
        index.writer.optimize().await.unwrap();
    }
}

#[tokio::test]
async fn a_passage_comes_back_as_it_was_added() {
    let index = Index::new().await;
    let expected = rows(4, "default", &["first words", "第二段文字"]);
    index.writer.add(expected.clone()).await.unwrap();
    let passages = index.reader.chunks_of(GenerationId(4)).await.unwrap();
    assert_eq!(passages.len(), 2);
    for (passage, row) in passages.iter().zip(&expected) {
        assert_eq!((passage.chunk.generation, passage.chunk.ordinal), (row.generation, row.chunk.ordinal));
        assert_eq!(
            (passage.document, passage.page_index, passage.page),
            (row.document, row.chunk.page_index, row.chunk.page)
        );
        assert_eq!(
            (&passage.range, &passage.heading, &passage.text),
            (&row.chunk.range, &row.chunk.heading, &row.chunk.text)
        );
    }
    assert_eq!(index.reader.generations().await.unwrap(), [(GenerationId(4), 2)]);
    assert_eq!(index.reader.count().await.unwrap(), 2);
}

pub const CORPUS: [(i64, &str); 8] = [
    (1, "Reciprocal rank fusion joins the ranked lists of several retrieval systems."),
    (2, "本系统使用向量数据库来保存文档，并通过交叉编码器对检索结果进行重新排序。"),
    (3, "The company's warranty covers hardware faults for twenty-four months."),
    (4, "合同自双方签字之日起生效，有效期为三年。"),
    (5, "Le café est servi près de la Grande Élysée; naïve façade."),
    (6, "Set MAX_BATCH_SIZE before calling embed_all() in version 2.12.5 of the program."),
    (
        7,
        "A very long sentence about nothing in particular, which wanders on past hill and dale, through \
         meadows and over rivers, and which mentions the word ostrich exactly once before it ends.",
    ),
    (8, "東京都の図書館は月曜日に休館します。"),
];

/// (question, generation found best, if any)
const QUESTIONS: [(&str, &[i64]); 22] = [
    ("fusion", &[1]),
    ("RANKED", &[1]),
    ("warranty company", &[3]),
    ("ostrich", &[7]),
    ("文档", &[2]),
    ("数据库", &[2]),
    ("排序", &[2]),
    ("合同", &[4]),
    ("有效期", &[4]),
    ("签字", &[4]),
    ("合同什么时候生效？", &[4]),
    ("図書館", &[8]),
    ("cafe", &[5]),
    ("elysee naive", &[5]),
    ("batch", &[6]),
    ("embed_all", &[6]),
    ("\"fusion\" AND (NOT systems) OR title:x*", &[1]),
    ("fusion\" OR 1=1; --", &[1]),
    ("warranty' OR 'months'='months", &[3]),
    ("zebra", &[]),
    ("?! … -- \"\" **", &[]),
    ("", &[]),
];

async fn check_questions(index: &Index, when: &str) {
    for (question, expected) in QUESTIONS {
        let hits = index.matching(question).await;
        let first: Vec<i64> = ids(&hits).into_iter().take(expected.len().max(1)).collect();
        assert_eq!(first, expected, "{question:?} {when}: {hits:?}");
        assert!(hits.iter().all(|hit| hit.score > 0.0), "{question:?} {when}: {hits:?}");
        assert!(hits.windows(2).all(|two| two[0].score >= two[1].score), "{question:?} {when}");
    }
}
