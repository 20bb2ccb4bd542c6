//! The index on a real folder, with vectors made from the text by a hash.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use assay_domain::port::{Filter, IndexReader, IndexWriter};
use assay_domain::{Chunk, DocumentId, EmbeddedChunk, Failure, GenerationId, Hit, IndexIdentity, Problem};
use lancedb::DistanceType;
use lancedb::index::vector::IvfFlatIndexBuilder;
use tempfile::TempDir;

use crate::open::open_with;
use crate::{IndexError, Reader, Writer, indexes, open};

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
        self.reader.matching(words.to_owned(), 10, Filter::default()).await.unwrap()
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

fn excluding(generations: &[i64]) -> Filter {
    Filter { collection: None, excluded: generations.iter().copied().map(GenerationId).collect() }
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

#[tokio::test]
async fn words_of_many_languages_are_found_before_and_after_settling() {
    let index = Index::holding(&CORPUS).await;
    check_questions(&index, "before settling").await;
    index.writer.optimize().await.unwrap();
    check_questions(&index, "after settling").await;
    index.add(20, "default", &["Another row, about penguins."]).await;
    check_questions(&index, "with an unindexed row").await;
    index.writer.optimize().await.unwrap();
    check_questions(&index, "after settling twice").await;
    index.writer.remove(vec![GenerationId(20)]).await.unwrap();
    index.writer.optimize().await.unwrap();
    check_questions(&index, "after a purge").await;
    let folder = index.folder.path().join("index");
    let (writer, reader) = open(&folder, &identity()).await.unwrap();
    check_questions(&Index { folder: index.folder, writer, reader }, "after reopening").await;
}

#[tokio::test]
async fn a_row_added_after_settling_is_found_with_a_like_score() {
    let index = Index::holding(&CORPUS).await;
    index.writer.optimize().await.unwrap();
    index.add(21, "default", &["The penguin huddles against the cold wind."]).await;
    index.add(22, "default", &["Fusion of ranked lists, said once more."]).await;
    assert_eq!(index.found("penguin").await, [21]);
    assert_eq!(index.reader.chunks_of(GenerationId(21)).await.unwrap().len(), 1);

    let before = index.matching("fusion lists").await;
    index.writer.optimize().await.unwrap();
    let after = index.matching("fusion lists").await;
    assert_eq!(ids(&before).len(), 2);
    let scores = |hits: &[Hit]| hits.iter().map(|hit| (hit.passage.chunk, hit.score)).collect::<BTreeMap<_, _>>();
    let (before, after) = (scores(&before), scores(&after));
    for (chunk, score) in &before {
        assert!((score / after[chunk] - 1.0).abs() < 0.5, "{chunk}: {score} unindexed, {} indexed", after[chunk]);
    }
}

/// BM25 with k1 = 1.2, b = 0.75 and Lucene's never-negative idf, worked out by hand.
#[tokio::test]
async fn the_lexical_score_is_bm25() {
    let index = Index::new().await;
    index.add(1, "default", &["red fox", "red red dog barks", "blue whale"]).await;
    let idf = |documents: f32, with: f32| (1.0 + (documents - with + 0.5) / (with + 0.5)).ln();
    let weight = |times: f32, length: f32| 2.2 * times / (times + 1.2 * (0.25 + 0.75 * length / (8.0 / 3.0)));
    let expected = [(1_u32, idf(3.0, 2.0) * weight(2.0, 4.0)), (0, idf(3.0, 2.0) * weight(1.0, 2.0))];
    for when in ["unindexed", "indexed"] {
        let hits = index.matching("red").await;
        assert_eq!(hits.len(), 2, "{when}");
        for (hit, (ordinal, score)) in hits.iter().zip(expected) {
            assert_eq!(hit.passage.chunk.ordinal, ordinal, "{when}: {hits:?}");
            assert!((hit.score - score).abs() < 0.01, "{when}: {} is not {score}", hit.score);
        }
        index.writer.optimize().await.unwrap();
    }
}

#[tokio::test]
async fn the_vector_score_is_the_cosine() {
    let index = Index::new().await;
    let mut all = rows(1, "default", &["a", "b", "c", "d", "e"]);
    all[3].vector = vector("d").into_iter().map(|number| number * 5.0).collect();
    index.writer.add(all).await.unwrap();
    let question = vector("question");
    let hits = index.reader.nearest(question.clone(), 5, Filter::default()).await.unwrap();
    assert_eq!(hits.len(), 5);
    for hit in &hits {
        let cosine: f32 = vector(&hit.passage.text).iter().zip(&question).map(|(a, b)| a * b).sum();
        assert!((hit.score - cosine).abs() < 1e-5, "{}: {} is not {cosine}", hit.passage.text, hit.score);
    }
    assert!(hits.windows(2).all(|two| two[0].score >= two[1].score));
    assert_eq!(index.reader.nearest(vector("c"), 1, Filter::default()).await.unwrap()[0].passage.text, "c");
    let failure = index.reader.nearest(vec![1.0; 3], 5, Filter::default()).await.unwrap_err();
    assert!(failure.message.contains("3 numbers") && failure.message.contains("16"), "{failure}");
}

#[tokio::test]
async fn the_filter_is_applied_before_the_cut() {
    let index = Index::new().await;
    let same = vec!["quick brown fox"; 40];
    for (generation, collection) in [(1, "default"), (2, "it's \"theirs\""), (3, "库")] {
        index.add(generation, collection, &same).await;
    }
    index.add(4, "default", &["quick brown fox jumps over"]).await;
    for when in ["before", "after"] {
        for (filter, expected) in [
            (excluding(&[1, 2, 3]), vec![4]),
            (excluding(&[1, 2, 3, 4, 99]), vec![]),
            (Filter { collection: Some("it's \"theirs\"".into()), excluded: vec![] }, vec![2; 5]),
            (Filter { collection: Some("库".into()), excluded: vec![GenerationId(1)] }, vec![3; 5]),
            (Filter { collection: Some("库".into()), excluded: vec![GenerationId(3)] }, vec![]),
            (Filter { collection: Some("' OR 1=1 --".into()), excluded: vec![] }, vec![]),
        ] {
            let found = index.reader.matching("fox".into(), 5, filter.clone()).await.unwrap();
            assert_eq!(ids(&found), expected, "words, {when} settling, {filter:?}");
            let found = index.reader.nearest(vector("quick brown fox"), 5, filter.clone()).await.unwrap();
            assert_eq!(ids(&found), expected, "vectors, {when} settling, {filter:?}");
        }
        index.writer.optimize().await.unwrap();
    }
}

#[tokio::test]
async fn equal_scores_are_cut_by_generation_and_ordinal() {
    let index = Index::new().await;
    for generation in [9, 3, 7, 5] {
        index.add(generation, "default", &vec!["the same words"; 50]).await;
    }
    for when in ["before", "after"] {
        let words = index.reader.matching("same".into(), 60, Filter::default()).await.unwrap();
        let near = index.reader.nearest(vector("the same words"), 60, Filter::default()).await.unwrap();
        for hits in [words, near] {
            let found: Vec<_> = hits.iter().map(|hit| hit.passage.chunk).map(|c| (c.generation.0, c.ordinal)).collect();
            let expected: Vec<_> =
                (0..50).map(|ordinal| (3, ordinal)).chain((0..10).map(|ordinal| (5, ordinal))).collect();
            assert_eq!(found, expected, "{when} settling");
        }
        index.writer.optimize().await.unwrap();
    }
}

#[tokio::test]
async fn a_limit_of_nothing_gives_nothing() {
    let index = Index::holding(&CORPUS).await;
    assert_eq!(index.reader.matching("fusion".into(), 0, Filter::default()).await.unwrap(), []);
    assert_eq!(index.reader.nearest(vector("a"), 0, Filter::default()).await.unwrap(), []);
    assert_eq!(index.reader.nearest(vector("a"), 1000, Filter::default()).await.unwrap().len(), CORPUS.len());
}

#[tokio::test]
async fn what_is_removed_is_gone_at_once_and_from_the_disk_after_settling() {
    let index = Index::holding(&CORPUS).await;
    index.add(30, "default", &["The xylophone treaty of Zanzibar.", "Quokkas sign nothing."]).await;
    index.writer.optimize().await.unwrap();
    index.add(31, "default", &["Nothing but the axolotl remains here."]).await;
    for words in ["xylophone treaty", "xylophone", "Quokkas", "axolotl"] {
        assert!(index.holds_on_disk(words), "{words} should be on disk");
    }
    index.writer.remove(vec![GenerationId(30), GenerationId(31), GenerationId(77)]).await.unwrap();
    assert_eq!(index.found("xylophone").await, Vec::<i64>::new());
    assert_eq!(index.found("axolotl").await, Vec::<i64>::new());
    assert!(index.writer.purge_is_due());
    let counted: Vec<_> = index.reader.generations().await.unwrap().into_iter().map(|(id, _)| id.0).collect();
    assert_eq!(counted, [1, 2, 3, 4, 5, 6, 7, 8]);

    index.writer.optimize().await.unwrap();
    assert!(!index.writer.purge_is_due());
    for words in ["xylophone", "Xylophone", "quokka", "Quokka", "Zanzibar", "zanzibar", "axolotl"] {
        assert!(!index.holds_on_disk(words), "{words} is still on disk");
    }
    assert!(index.holds_on_disk("ostrich"));
    check_questions(&index, "after the purge").await;
}

#[tokio::test]
async fn many_small_additions_are_compacted_without_loss() {
    let index = Index::new().await;
    for round in 0..3 {
        for each in 0..9 {
            let generation = round * 9 + each + 1;
            let text = format!("common words and number{generation} alone");
            index.add(generation, "default", &[&text]).await;
        }
        index.writer.optimize().await.unwrap();
        for generation in 1..=(round + 1) * 9 {
            assert_eq!(index.found(&format!("number{generation}")).await, [generation], "round {round}");
        }
        assert_eq!(index.found("common").await.len(), 10.min(9 * (round as usize + 1)));
    }
    let files = fs::read_dir(index.folder.path().join("index/chunks.lance/data")).unwrap().count();
    assert!(files < 12, "{files} data files are left of 27");
}

#[tokio::test]
async fn a_vector_index_above_the_limit_agrees_with_the_brute_force() {
    let folder = tempfile::tempdir().unwrap();
    let texts: Vec<String> = (0..1200).map(|number| format!("text {number}")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let (writer, reader) = open_with(folder.path(), &identity(), 1000).await.unwrap();
    writer.add(rows(1, "default", &texts)).await.unwrap();
    let exact = reader.nearest(vector("question"), 20, Filter::default()).await.unwrap();
    writer.optimize().await.unwrap();
    writer.add(rows(2, "default", &["question"])).await.unwrap();
    let found = reader.nearest(vector("question"), 21, Filter::default()).await.unwrap();
    assert_eq!(found[0].passage.text, "question", "a row that is not in the vector index yet");
    assert_eq!(found.len(), 21);
    for (found, exact) in found[1..].iter().zip(&exact) {
        assert_eq!(found.passage.chunk, exact.passage.chunk);
        assert!((found.score - exact.score).abs() < 1e-5);
    }
    writer.remove(vec![GenerationId(1)]).await.unwrap();
    writer.optimize().await.unwrap();
    assert_eq!(reader.nearest(vector("question"), 5, Filter::default()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_vector_index_grows_in_parts_and_is_built_anew_when_the_rows_have_doubled() {
    let folder = tempfile::tempdir().unwrap();
    let (writer, reader) = open_with(folder.path(), &identity(), 100).await.unwrap();
    let mut parts = Vec::new();
    for (generation, count) in [(1, 100), (2, 60), (3, 50)].into_iter().chain((4..14).map(|generation| (generation, 5)))
    {
        let texts: Vec<String> = (0..count).map(|number| format!("text {generation}-{number}")).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        writer.add(rows(generation, "default", &texts)).await.unwrap();
        writer.optimize().await.unwrap();
        let table = lancedb::connect(folder.path().to_str().unwrap()).execute().await.unwrap();
        let table = table.open_table("chunks").execute().await.unwrap();
        parts.push(indexes::rows_of_parts(&table, "vector_idx").await.unwrap());
        let last = *texts.last().unwrap();
        let hits = reader.nearest(vector(last), 300, Filter::default()).await.unwrap();
        assert_eq!(hits[0].passage.text, last);
        let scores: Vec<f32> = hits.iter().map(|hit| hit.score).collect();
        assert!(scores.is_sorted_by(|before, after| before >= after));
    }
    assert_eq!(reader.nearest(vector("x"), 300, Filter::default()).await.unwrap().len(), 260, "each row once");
    assert_eq!(parts[..3], [vec![100], vec![100, 60], vec![210]]);
    let last = parts.last().unwrap();
    assert_eq!((last[0], last.iter().sum()), (210, 260));
    assert!(last.len() <= 9, "{parts:?}");
}

#[tokio::test]
async fn a_vector_index_that_a_dead_process_only_named_is_no_hindrance_and_is_built() {
    let folder = tempfile::tempdir().unwrap();
    let texts: Vec<String> = (0..120).map(|number| format!("text {number}")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let (writer, reader) = open_with(folder.path(), &identity(), 100).await.unwrap();
    writer.add(rows(1, "default", &texts)).await.unwrap();
    drop((writer, reader));
    let table = lancedb::connect(folder.path().to_str().unwrap()).execute().await.unwrap();
    let table = table.open_table("chunks").execute().await.unwrap();
    let flat = IvfFlatIndexBuilder::default().distance_type(DistanceType::Cosine);
    table.create_index(&["vector"], lancedb::index::Index::IvfFlat(flat)).train(false).execute().await.unwrap();

    let (writer, reader) = open_with(folder.path(), &identity(), 100).await.unwrap();
    assert!(writer.healed().is_empty(), "{:?}", writer.healed());
    for covered in [0, 120] {
        table.checkout_latest().await.unwrap();
        assert_eq!(indexes::rows_of_parts(&table, "vector_idx").await.unwrap(), [covered]);
        let hits = reader.nearest(vector("text 7"), 120, Filter::default()).await.unwrap();
        assert_eq!((hits.len(), &*hits[0].passage.text), (120, "text 7"));
        writer.optimize().await.unwrap();
    }
}

#[tokio::test]
async fn an_index_of_another_model_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (writer, _) = open(folder.path(), &identity()).await.unwrap();
    writer.add(rows(1, "default", &["words"])).await.unwrap();
    let change: [(&str, fn(&mut IndexIdentity)); 8] = [
        ("model", |identity| identity.embedder = "other".into()),
        ("model weights", |identity| identity.weights = "other".into()),
        ("dimension", |identity| identity.dimension = 8),
        ("pooling", |identity| identity.pooling = "cls".into()),
        ("passage prefix", |identity| identity.passage_prefix = "passage: ".into()),
        ("query prefix", |identity| identity.query_prefix = String::new()),
        ("chunk size", |identity| identity.chunk_tokens = 300),
        ("chunk overlap", |identity| identity.chunk_overlap = 0),
    ];
    for (what, change) in change {
        let mut other = identity();
        change(&mut other);
        let error = open(folder.path(), &other).await.unwrap_err();
        assert!(matches!(&error, IndexError::AnotherModel { difference } if difference.starts_with(what)), "{error}");
        let failure = Failure::from(error);
        assert_eq!(failure.problem, Problem::IndexOfAnotherModel);
        assert!(failure.action.contains("--rebuild"));
    }
    let (_, reader) = open(folder.path(), &identity()).await.unwrap();
    assert_eq!(reader.count().await.unwrap(), 1);
    let failure = writer.add(vec![EmbeddedChunk { vector: vec![1.0], ..rows(2, "c", &["x"])[0].clone() }]).await;
    assert!(failure.unwrap_err().message.contains("1 numbers"));
}

#[tokio::test]
async fn a_damaged_index_is_named() {
    for damage in ["empty the manifest", "lose the manifests"] {
        let index = Index::holding(&CORPUS).await;
        index.writer.optimize().await.unwrap();
        let versions = index.folder.path().join("index/chunks.lance/_versions");
        for entry in fs::read_dir(versions).unwrap() {
            let path = entry.unwrap().path();
            if damage == "empty the manifest" {
                fs::write(path, b"").unwrap();
            } else {
                fs::remove_file(path).unwrap();
            }
        }
        let error = open(&index.folder.path().join("index"), &identity()).await.unwrap_err();
        assert!(matches!(error, IndexError::Damaged { .. }), "{damage}: {error:?}");
        let failure = Failure::from(error);
        assert_eq!(failure.problem, Problem::IndexDamaged);
        assert!(failure.action.contains("nothing is lost"));
    }
    let index = Index::holding(&CORPUS).await;
    fs::remove_dir_all(index.folder.path().join("index/chunks.lance/data")).unwrap();
    let (writer, reader) = open(&index.folder.path().join("index"), &identity()).await.unwrap();
    assert_eq!(reader.chunks_of(GenerationId(1)).await.unwrap(), []);
    assert_eq!(writer.healed().len(), 1, "{:?}", writer.healed());
}

/// What a power cut leaves: the newest manifest has a name and no bytes.
#[tokio::test]
async fn a_manifest_that_was_cut_short_costs_only_its_own_version() {
    for left in [0, 40] {
        let index = Index::holding(&CORPUS).await;
        let versions = index.folder.path().join("index/chunks.lance/_versions");
        index.add(50, "default", &["never made it to the disk"]).await;
        let names = fs::read_dir(&versions).unwrap().map(|entry| entry.unwrap().path());
        let newest = names.filter(|path| path.extension().is_some_and(|end| end == "manifest")).min().unwrap();
        let bytes = fs::read(&newest).unwrap();
        fs::write(&newest, &bytes[..left]).unwrap();
        let (writer, reader) = open(&index.folder.path().join("index"), &identity()).await.unwrap();
        let opened = Index { folder: index.folder, writer, reader };
        assert_eq!(opened.reader.count().await.unwrap(), CORPUS.len() as u64);
        opened.add(51, "default", &["after the cut"]).await;
        opened.writer.optimize().await.unwrap();
        assert_eq!(opened.found("cut").await, [51]);
        check_questions(&opened, "after healing").await;
    }
}

#[tokio::test]
async fn an_unfinished_creation_is_begun_again() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("chunks.lance/_versions")).unwrap();
    fs::write(folder.path().join("chunks.lance/_versions/half.tmp"), b"x").unwrap();
    let (writer, reader) = open(folder.path(), &identity()).await.unwrap();
    writer.add(rows(1, "default", &["words"])).await.unwrap();
    assert_eq!(reader.count().await.unwrap(), 1);
}

#[tokio::test]
async fn the_folder_may_have_any_name() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["数据 文件夹", "100% #1?", "it's (a) [b] {c}", "a%20b+c", "~"] {
        let path = folder.path().join(name).join("index");
        let (writer, reader) = open(&path, &identity()).await.unwrap();
        writer.add(rows(1, "default", &["some words"])).await.unwrap();
        writer.optimize().await.unwrap();
        assert_eq!(reader.matching("words".into(), 5, Filter::default()).await.unwrap().len(), 1, "{name}");
        assert!(path.join("chunks.lance").is_dir(), "{name}");
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions()) & 0o777, 0o700);
    }
}

#[tokio::test]
async fn a_reader_alone_follows_the_writer() {
    let index = Index::holding(&CORPUS[..1]).await;
    let alone = Reader::open(&index.folder.path().join("index"), &identity()).await.unwrap();
    assert_eq!(alone.count().await.unwrap(), 1);
    index.add(2, "default", &["penguin"]).await;
    assert_eq!(ids(&alone.matching("penguin".into(), 5, Filter::default()).await.unwrap()), [2]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn searches_do_not_fail_while_the_index_settles() {
    let index = Arc::new(Index::holding(&CORPUS).await);
    let searching = tokio::spawn({
        let index = index.clone();
        async move {
            let mut searches = 0;
            while !index.writer.purge_is_due() || searches < 10 {
                assert_eq!(index.found("ostrich").await, [7]);
                searches += 1;
                if searches > 500 {
                    break;
                }
            }
            for _ in 0..20 {
                assert_eq!(index.found("合同").await, [4]);
                assert!(!index.reader.nearest(vector("a"), 3, Filter::default()).await.unwrap().is_empty());
            }
        }
    });
    for generation in 40..44 {
        index.add(generation, "default", &["passing words"]).await;
        index.writer.optimize().await.unwrap();
        index.writer.remove(vec![GenerationId(generation)]).await.unwrap();
        index.writer.optimize().await.unwrap();
    }
    searching.await.unwrap();
}
