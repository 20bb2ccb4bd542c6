//! Removal, compaction, and searches meanwhile.

use std::fs;
use std::sync::Arc;

use assay_domain::GenerationId;
use assay_domain::port::{Filter, IndexReader, IndexWriter};

use super::{CORPUS, Index, check_questions, vector};

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
