//! Removal, compaction, and searches meanwhile.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use assay_domain::GenerationId;
use assay_domain::port::{Filter, IndexReader, IndexWriter};

use lance::index::DatasetIndexExt;

use super::{CORPUS, Index, check_questions, identity, rows, vector};
use crate::indexes;
use crate::layout::TABLE;
use crate::open::open_with;
use crate::table::{Scale, dataset};

#[tokio::test]
async fn what_is_removed_is_gone_at_once_and_from_the_disk_after_optimizing() {
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

/// Identities of the parts of the search indexes, by name, and the rows that they cover.
async fn parts(folder: &Path, name: &str) -> Vec<(String, usize)> {
    let table = crate::open::connect(folder).await.unwrap().open_table(TABLE).execute().await.unwrap();
    let rows = indexes::rows_of_parts(&table, name).await.unwrap();
    let parts = dataset(&table).await.unwrap().load_indices_by_name(name).await.unwrap();
    parts.iter().map(|part| part.uuid.to_string()).zip(rows).filter(|(_, rows)| *rows > 0).collect()
}

#[tokio::test]
async fn a_removal_builds_no_part_of_the_full_text_index_again_that_holds_nothing_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let scale = Scale { full_text_part: 100, ..Scale::default() };
    let (writer, reader) = open_with(folder.path(), &identity(), scale).await.unwrap();
    for generation in 1..=6 {
        let texts: Vec<String> =
            (0..100).map(|row| format!("common words of vol{generation} and row{generation}x{row}")).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        writer.add(rows(generation, "default", &texts)).await.unwrap();
    }
    writer.optimize().await.unwrap();
    let index = Index { folder, writer, reader };
    let before = parts(index.folder.path(), "words_idx").await;
    assert_eq!(before.iter().map(|(_, rows)| *rows).collect::<Vec<_>>(), [100; 6], "a part for a hundred rows");

    index.writer.remove(vec![GenerationId(3)]).await.unwrap();
    index.add(7, "default", &["Another row of words with a zither."]).await;
    index.writer.optimize().await.unwrap();
    let after = parts(index.folder.path(), "words_idx").await;
    let kept = before.iter().filter(|part| after.contains(part)).count();
    assert_eq!(kept, 5, "{before:?} {after:?}");
    assert!(!index.holds_on_disk("vol3") && !index.holds_on_disk("row3x7"), "removed words are still on disk");
    assert_eq!(index.found("vol3").await, Vec::<i64>::new());
    assert_eq!(index.found("zither").await, [7]);
    for generation in [1, 2, 4, 5, 6] {
        assert_eq!(index.found(&format!("row{generation}x42")).await, [generation]);
        assert_eq!(index.found(&format!("vol{generation}")).await, [generation; 10]);
    }

    // A part of which some rows are removed is built again from the others.
    index.add(8, "default", &["The quokka shares a part with others."]).await;
    index.add(9, "default", &["The axolotl shares a part with others."]).await;
    index.writer.optimize().await.unwrap();
    index.writer.remove(vec![GenerationId(8)]).await.unwrap();
    index.writer.optimize().await.unwrap();
    assert!(!index.holds_on_disk("quokka") && !index.holds_on_disk("Quokka"));
    assert_eq!((index.found("axolotl").await, index.found("quokka").await), (vec![9], vec![]));
    let last = parts(index.folder.path(), "words_idx").await;
    assert_eq!(before.iter().filter(|part| last.contains(part)).count(), 5, "{before:?} {last:?}");
}

#[tokio::test]
async fn the_parts_of_a_full_text_index_stay_few_and_of_a_bounded_size() {
    let folder = tempfile::tempdir().unwrap();
    let scale = Scale { full_text_part: 40, ..Scale::default() };
    let (writer, reader) = open_with(folder.path(), &identity(), scale).await.unwrap();
    let index = Index { folder, writer, reader };
    for generation in 1..=60 {
        let text = format!("common words and number{generation} alone");
        index.add(generation, "default", &[&text, "a second row"]).await;
        index.writer.optimize().await.unwrap();
        let parts = parts(index.folder.path(), "words_idx").await;
        let rows: Vec<usize> = parts.iter().map(|(_, rows)| *rows).collect();
        assert_eq!(rows.iter().sum::<usize>(), 2 * generation as usize, "every row once: {rows:?}");
        assert!(rows.iter().all(|rows| *rows <= 40), "{rows:?}");
        assert!(rows.len() <= 9 + 2 * generation as usize / 20, "{rows:?}");
    }
    for generation in 1..=60 {
        assert_eq!(index.found(&format!("number{generation}")).await, [generation]);
    }
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn searches_do_not_fail_while_the_index_is_optimized() {
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
