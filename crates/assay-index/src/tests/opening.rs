//! Opening: another model, damage, odd folders, a reader without a writer.

use std::fs;

use assay_domain::port::{Filter, IndexReader, IndexWriter, Metric};
use assay_domain::{EmbeddedChunk, Failure, GenerationId, IndexIdentity, Problem, RowContent};

use super::{CORPUS, Index, check_questions, identity, ids, query, rows, vector};
use crate::layout;
use crate::open::connect;
use crate::{IndexError, Reader, open};

#[tokio::test]
async fn an_index_of_another_model_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (writer, _) = open(folder.path(), &identity()).await.unwrap();
    writer.add(rows(1, "default", &["words"])).await.unwrap();
    let change: [(&str, fn(&mut IndexIdentity)); 9] = [
        ("model", |identity| identity.embedder = "other".into()),
        ("model weights", |identity| identity.weights = "other".into()),
        ("dimension", |identity| identity.dimension = 8),
        ("pooling", |identity| identity.pooling = "cls".into()),
        ("passage prefix", |identity| identity.passage_prefix = "passage: ".into()),
        ("query prefix", |identity| identity.query_prefix = String::new()),
        ("chunk size", |identity| identity.chunk_tokens = 300),
        ("chunk overlap", |identity| identity.chunk_overlap = 0),
        ("context of passages", |identity| identity.rows = RowContent::Words),
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
    assert_eq!(writer.repairs().len(), 1, "{:?}", writer.repairs());
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
        check_questions(&opened, "after the repair").await;
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
async fn an_index_that_names_no_metric_is_compared_by_the_cosine_and_grows_so() {
    let folder = tempfile::tempdir().unwrap();
    let wanted = IndexIdentity { metric: Metric::Dot, ..identity() };
    let mut schema = layout::schema(&wanted).as_ref().clone();
    schema.metadata.remove("assay.metric").unwrap();
    let connection = connect(folder.path()).await.unwrap();
    connection.create_empty_table(layout::TABLE, schema.into()).execute().await.unwrap();
    let (writer, reader) = open(folder.path(), &wanted).await.unwrap();
    let mut all = rows(1, "default", &["short", "long"]);
    all[1].vector = vector("something else").into_iter().map(|number| number * 100.0).collect();
    writer.add(all).await.unwrap();
    let hits = reader.nearest(vector("short"), 1, Filter::default()).await.unwrap();
    assert_eq!((&*hits[0].passage.text, (hits[0].score - 1.0).abs() < 1e-5), ("short", true));
}

#[tokio::test]
async fn the_folder_may_have_any_name() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["数据 文件夹", "100% #1?", "it's (a) [b] {c}", "a%20b+c", "~"] {
        let path = folder.path().join(name).join("index");
        let (writer, reader) = open(&path, &identity()).await.unwrap();
        writer.add(rows(1, "default", &["some words"])).await.unwrap();
        writer.optimize().await.unwrap();
        assert_eq!(reader.matching(query("words"), 5, Filter::default()).await.unwrap().len(), 1, "{name}");
        assert!(path.join("chunks.lance").is_dir(), "{name}");
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions()) & 0o777, 0o700);
    }
}

#[tokio::test]
async fn a_reader_without_a_writer_follows_another_writer() {
    let index = Index::holding(&CORPUS[..1]).await;
    let follower = Reader::open(&index.folder.path().join("index"), &identity()).await.unwrap();
    assert_eq!(follower.count().await.unwrap(), 1);
    index.add(2, "default", &["penguin"]).await;
    assert_eq!(ids(&follower.matching(query("penguin"), 5, Filter::default()).await.unwrap()), [2]);
}
