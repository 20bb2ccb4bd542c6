//! The vector index: built, grown in parts, found unfinished.

use assay_domain::GenerationId;
use assay_domain::port::{Filter, IndexReader, IndexWriter};
use lancedb::DistanceType;
use lancedb::index::vector::IvfFlatIndexBuilder;

use super::{identity, rows, vector};
use crate::indexes;
use crate::open::open_with;
use crate::table::Scale;

/// A vector index from this number of rows on.
fn from(rows: usize) -> Scale {
    Scale { vector_index_from: rows, ..Scale::default() }
}

#[tokio::test]
async fn a_filter_that_leaves_few_rows_loses_none_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let scale = Scale { vector_index_from: 1000, partition: 32, ..Scale::default() };
    let (writer, reader) = open_with(folder.path(), &identity(), scale).await.unwrap();
    let texts = |name: &str, count: u32| (0..count).map(|number| format!("{name} {number}")).collect::<Vec<_>>();
    for (generation, collection, count) in [(1, "default", 3000), (2, "small", 200), (3, "smaller", 20)] {
        let texts = texts(collection, count);
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        writer.add(rows(generation, collection, &texts)).await.unwrap();
    }
    writer.optimize().await.unwrap();
    let of = |generations: &[i64]| super::only(generations);
    let without = |generations: &[i64]| super::excluding(generations);
    for (filter, name, count, limit) in [
        (of(&[2]), "small", 200, 100),
        (of(&[2]), "small", 200, 1000),
        (of(&[3]), "smaller", 20, 10),
        (without(&[1, 3]), "small", 200, 100),
        (without(&[1, 2]), "smaller", 20, 100),
    ] {
        for question in ["question", "another one", "a third"] {
            let asked = vector(question);
            let cosine = |text: &String| vector(text).iter().zip(&asked).map(|(a, b)| a * b).sum::<f32>();
            let mut expected = texts(name, count);
            expected.sort_by(|a, b| cosine(b).total_cmp(&cosine(a)));
            expected.truncate(limit);
            let found = reader.nearest(asked.clone(), limit, filter.clone()).await.unwrap();
            let found: Vec<String> = found.into_iter().map(|hit| hit.passage.text).collect();
            assert_eq!(found, expected, "{question} {filter:?} {limit}");
        }
    }
    // A filter that leaves most rows is searched in a part of the partitions.
    assert_eq!(reader.nearest(vector("question"), 3, of(&[1])).await.unwrap().len(), 3);
    // What was counted for a filter does not outlive a write.
    writer.add(rows(4, "smaller", &["question"])).await.unwrap();
    let found = reader.nearest(vector("question"), 21, of(&[3, 4])).await.unwrap();
    assert_eq!((found.len(), &*found[0].passage.text), (21, "question"));
    assert_eq!(reader.count().await.unwrap(), 3221);
}

#[tokio::test]
async fn a_vector_index_above_the_limit_agrees_with_the_brute_force() {
    let folder = tempfile::tempdir().unwrap();
    let texts: Vec<String> = (0..1200).map(|number| format!("text {number}")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let (writer, reader) = open_with(folder.path(), &identity(), from(1000)).await.unwrap();
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
    let chunks = exact.iter().map(|hit| hit.passage.chunk).collect();
    let places = reader.places_by_vector(vector("question"), chunks, Filter::default()).await.unwrap();
    assert_eq!(places.of, 1201, "exact search counts every row");
    assert_eq!(places.found.iter().map(|place| place.rank).collect::<Vec<_>>(), (2..22).collect::<Vec<_>>());
    writer.remove(vec![GenerationId(1)]).await.unwrap();
    writer.optimize().await.unwrap();
    assert_eq!(reader.nearest(vector("question"), 5, Filter::default()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_vector_index_grows_in_parts_and_is_built_again_when_the_rows_have_doubled() {
    let folder = tempfile::tempdir().unwrap();
    let (writer, reader) = open_with(folder.path(), &identity(), from(100)).await.unwrap();
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
    let (writer, reader) = open_with(folder.path(), &identity(), from(100)).await.unwrap();
    writer.add(rows(1, "default", &texts)).await.unwrap();
    drop((writer, reader));
    let table = lancedb::connect(folder.path().to_str().unwrap()).execute().await.unwrap();
    let table = table.open_table("chunks").execute().await.unwrap();
    let flat = IvfFlatIndexBuilder::default().distance_type(DistanceType::Cosine);
    table.create_index(&["vector"], lancedb::index::Index::IvfFlat(flat)).train(false).execute().await.unwrap();

    let (writer, reader) = open_with(folder.path(), &identity(), from(100)).await.unwrap();
    assert!(writer.repairs().is_empty(), "{:?}", writer.repairs());
    for covered in [0, 120] {
        table.checkout_latest().await.unwrap();
        assert_eq!(indexes::rows_of_parts(&table, "vector_idx").await.unwrap(), [covered]);
        let hits = reader.nearest(vector("text 7"), 120, Filter::default()).await.unwrap();
        assert_eq!((hits.len(), &*hits[0].passage.text), (120, "text 7"));
        writer.optimize().await.unwrap();
    }
}
