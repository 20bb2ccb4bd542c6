//! Searches: words of many languages, scores, filters, ties.

use std::collections::BTreeMap;

use assay_domain::port::{Filter, IndexReader, IndexWriter, Metric};
use assay_domain::{ChunkId, EmbeddedChunk, GenerationId, Hit, IndexIdentity};

use super::{CORPUS, Index, check_questions, excluding, identity, ids, only, query, rows, vector};
use crate::layout::{TABLE, filled_by};
use crate::open;
use crate::open::{connect, open_with};
use crate::table::Scale;

#[tokio::test]
async fn words_of_many_languages_are_found_before_and_after_optimizing() {
    let index = Index::holding(&CORPUS).await;
    check_questions(&index, "before optimizing").await;
    index.writer.optimize().await.unwrap();
    check_questions(&index, "after optimizing").await;
    index.add(20, "default", &["Another row, about penguins."]).await;
    check_questions(&index, "with an unindexed row").await;
    index.writer.optimize().await.unwrap();
    check_questions(&index, "after optimizing twice").await;
    index.writer.remove(vec![GenerationId(20)]).await.unwrap();
    index.writer.optimize().await.unwrap();
    check_questions(&index, "after a purge").await;
    let folder = index.folder.path().join("index");
    let (writer, reader) = open(&folder, &identity()).await.unwrap();
    check_questions(&Index { folder: index.folder, writer, reader }, "after reopening").await;
}

#[tokio::test]
async fn a_row_added_after_optimizing_is_found_with_a_like_score() {
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
async fn a_model_that_is_compared_by_the_dot_product_is_ranked_by_it() {
    let long = |mut rows: Vec<EmbeddedChunk>| {
        for (place, row) in rows.iter_mut().enumerate() {
            row.vector.iter_mut().for_each(|number| *number *= 1.0 + place as f32);
        }
        rows
    };
    let question = vector("question");
    for (metric, from) in [(Metric::Dot, 50_000), (Metric::Dot, 10), (Metric::Cosine, 50_000), (Metric::Cosine, 10)] {
        let folder = tempfile::tempdir().unwrap();
        let identity = IndexIdentity { metric, ..identity() };
        let scale = Scale { vector_index_from: from, partition: 8, ..Scale::default() };
        let (writer, reader) = open_with(folder.path(), &identity, scale).await.unwrap();
        let texts: Vec<String> = (0..40).map(|number| format!("text {number}")).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let all = long(rows(1, "default", &texts));
        let similarity = |row: &EmbeddedChunk| {
            let dot: f32 = row.vector.iter().zip(&question).map(|(a, b)| a * b).sum();
            let length = row.vector.iter().map(|number| number * number).sum::<f32>().sqrt();
            if metric == Metric::Dot { dot } else { dot / length }
        };
        let mut expected: Vec<(u32, f32)> = all.iter().map(|row| (row.chunk.ordinal, similarity(row))).collect();
        expected.sort_by(|a, b| b.1.total_cmp(&a.1));
        writer.add(all.clone()).await.unwrap();
        writer.optimize().await.unwrap();
        let table = connect(folder.path()).await.unwrap().open_table(TABLE).execute().await.unwrap();
        let filled = filled_by(&table.schema().await.unwrap()).unwrap();
        assert_eq!(filled.metric, metric, "the index keeps its metric");
        let hits = reader.nearest(question.clone(), 5, Filter::default()).await.unwrap();
        for (hit, (ordinal, similarity)) in hits.iter().zip(&expected) {
            assert_eq!(hit.passage.chunk.ordinal, *ordinal, "{metric:?} {from}");
            assert!((hit.score - similarity).abs() < 1e-4, "{metric:?} {from}: {} {similarity}", hit.score);
        }
        assert_eq!(hits.len(), 5);
    }
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
            (only(&[2]), vec![2; 5]),
            (only(&[2, 99]), vec![2; 5]),
            (only(&[99]), vec![]),
            (only(&[]), vec![]),
            (Filter { excluded: vec![GenerationId(1)], ..only(&[1, 3]) }, vec![3; 5]),
            (Filter { excluded: vec![GenerationId(3)], ..only(&[3]) }, vec![]),
            (Filter { newest: Some(GenerationId(2)), ..only(&[2, 3]) }, vec![2; 5]),
            (Filter { newest: Some(GenerationId(2)), ..excluding(&[1]) }, vec![2; 5]),
            (Filter { newest: Some(GenerationId(0)), ..Filter::default() }, vec![]),
        ] {
            let found = index.reader.matching(query("fox"), 5, filter.clone()).await.unwrap();
            assert_eq!(ids(&found), expected, "words, {when} optimizing, {filter:?}");
            let found = index.reader.nearest(vector("quick brown fox"), 5, filter.clone()).await.unwrap();
            assert_eq!(ids(&found), expected, "vectors, {when} optimizing, {filter:?}");
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
        let words = index.reader.matching(query("same"), 60, Filter::default()).await.unwrap();
        let near = index.reader.nearest(vector("the same words"), 60, Filter::default()).await.unwrap();
        for hits in [words, near] {
            let found: Vec<_> = hits.iter().map(|hit| hit.passage.chunk).map(|c| (c.generation.0, c.ordinal)).collect();
            let expected: Vec<_> =
                (0..50).map(|ordinal| (3, ordinal)).chain((0..10).map(|ordinal| (5, ordinal))).collect();
            assert_eq!(found, expected, "{when} optimizing");
        }
        index.writer.optimize().await.unwrap();
    }
}

#[tokio::test]
async fn a_place_goes_on_where_the_limit_of_a_search_ends() {
    let index = Index::new().await;
    for generation in [9, 3, 7, 5] {
        index.add(generation, "default", &["fox and hare", "the same words", "the same words", "hare"]).await;
    }
    let filter = excluding(&[7]);
    for when in ["before", "after"] {
        let near = index.reader.nearest(vector("fox and hare"), 100, filter.clone()).await.unwrap();
        let words = index.reader.matching(query("same fox"), 100, filter.clone()).await.unwrap();
        for (hits, by_vector) in [(near, true), (words, false)] {
            let chunks: Vec<_> = hits.iter().map(|hit| hit.passage.chunk).collect();
            let (all, filter) = (chunks.clone(), filter.clone());
            let places = if by_vector {
                index.reader.places_by_vector(vector("fox and hare"), all, filter).await.unwrap()
            } else {
                index.reader.places_by_words(query("same fox"), all, filter).await.unwrap()
            };
            assert_eq!(places.of, if by_vector { 12 } else { 9 }, "{when}");
            let found: Vec<_> = places.found.iter().map(|place| (place.chunk, place.rank, place.score)).collect();
            let expected: Vec<_> = (1..).zip(&hits).map(|(rank, hit)| (hit.passage.chunk, rank, hit.score)).collect();
            assert_eq!(found, expected, "{when} optimizing");
        }
        let left_out = vec![ChunkId { generation: GenerationId(7), ordinal: 0 }];
        let places = index.reader.places_by_vector(vector("a"), left_out, filter.clone()).await.unwrap();
        assert_eq!(places.found, [], "a passage that the search leaves out has no place");
        index.writer.optimize().await.unwrap();
    }
    assert_eq!(Index::new().await.reader.places_by_words(query("fox"), vec![], excluding(&[])).await.unwrap().of, 0);
}

#[tokio::test]
async fn a_limit_of_nothing_gives_nothing() {
    let index = Index::holding(&CORPUS).await;
    assert_eq!(index.reader.matching(query("fusion"), 0, Filter::default()).await.unwrap(), []);
    assert_eq!(index.reader.nearest(vector("a"), 0, Filter::default()).await.unwrap(), []);
    assert_eq!(index.reader.nearest(vector("a"), 1000, Filter::default()).await.unwrap().len(), CORPUS.len());
}
