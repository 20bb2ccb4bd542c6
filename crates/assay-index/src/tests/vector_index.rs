//! The vector index: built, grown in parts, found unfinished.

use assay_domain::GenerationId;
use assay_domain::port::{Filter, IndexReader, IndexWriter};
use lancedb::DistanceType;
use lancedb::index::vector::IvfFlatIndexBuilder;

use super::{identity, rows, vector};
use crate::indexes;
use crate::open::open_with;

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
async fn a_vector_index_grows_in_parts_and_is_built_again_when_the_rows_have_doubled() {
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
async fn a_vector_index_that_a_dead_process_only_defined_is_built_later() {
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
    assert!(writer.repairs().is_empty(), "{:?}", writer.repairs());
    for covered in [0, 120] {
        table.checkout_latest().await.unwrap();
        assert_eq!(indexes::rows_of_parts(&table, "vector_idx").await.unwrap(), [covered]);
        let hits = reader.nearest(vector("text 7"), 120, Filter::default()).await.unwrap();
        assert_eq!((hits.len(), &*hits[0].passage.text), (120, "text 7"));
        writer.optimize().await.unwrap();
    }
}
