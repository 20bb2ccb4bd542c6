use std::fs;
use std::path::{Path, PathBuf};

use assay_domain::GenerationId;
use assay_domain::port::{Filter, IndexReader, IndexWriter};

use crate::tests::{CORPUS, Index, identity, rows, vector};
use crate::{IndexError, open};

fn table(index: &Index) -> PathBuf {
    index.folder.path().join("index/chunks.lance")
}

async fn reopened(index: Index) -> Index {
    let Index { folder, writer, reader } = index;
    drop((writer, reader));
    let (writer, reader) = open(&folder.path().join("index"), &identity()).await.unwrap();
    Index { folder, writer, reader }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

fn newest_manifest(index: &Index) -> PathBuf {
    let ends = |path: &PathBuf| path.extension().is_some_and(|end| end == "manifest");
    files(&table(index).join("_versions")).into_iter().find(ends).unwrap()
}

async fn generations(index: &Index) -> Vec<i64> {
    index.reader.generations().await.unwrap().into_iter().map(|(generation, _)| generation.0).collect()
}

/// Kinds of damage to a file.
const DAMAGES: [(&str, fn(&Path)); 5] = [
    ("emptied", |path| fs::write(path, b"").unwrap()),
    ("cut to a half", |path| cut(path, 2)),
    ("cut to its first bytes", |path| cut(path, usize::MAX)),
    ("written over", |path| {
        let length = fs::metadata(path).unwrap().len() as usize;
        fs::write(path, vec![0x5a; length]).unwrap();
    }),
    ("gone", |path| fs::remove_file(path).unwrap()),
];

fn cut(path: &Path, by: usize) {
    let bytes = fs::read(path).unwrap();
    fs::write(path, &bytes[..(bytes.len() / by).max(7)]).unwrap();
}

#[tokio::test]
async fn any_damage_to_the_newest_list_of_files_costs_only_its_own_version() {
    let inside: (&str, fn(&Path)) = ("written over but for its end", |path| {
        let mut bytes = fs::read(path).unwrap();
        let keep = bytes.len() - 16;
        bytes[..keep].fill(0x5a);
        fs::write(path, bytes).unwrap();
    });
    for (what, damage) in DAMAGES.into_iter().chain([inside]) {
        let index = Index::holding(&CORPUS).await;
        index.add(50, "default", &["never made it to the disk"]).await;
        damage(&newest_manifest(&index));
        let index = reopened(index).await;
        assert_eq!(index.reader.count().await.unwrap(), CORPUS.len() as u64, "{what}");
        if what != "gone" {
            assert_eq!(index.writer.repairs().len(), 1, "{what}: {:?}", index.writer.repairs());
            assert_eq!(files(&index.folder.path().join("index/damaged")).len(), 1, "{what}");
        }
        index.add(51, "default", &["after the cut"]).await;
        index.writer.optimize().await.unwrap();
        assert_eq!(index.found("cut").await, [51], "{what}");
    }
}

#[tokio::test]
async fn a_damaged_data_file_costs_the_rows_in_it_and_no_others() {
    for optimized in [false, true] {
        for (what, damage) in DAMAGES {
            let index = Index::new().await;
            for generation in 1..=3 {
                index.add(generation, "default", &[&format!("common words and number{generation}")]).await;
            }
            if optimized {
                index.writer.optimize().await.unwrap();
            }
            let data = files(&table(&index).join("data"));
            assert_eq!(data.len(), 3);
            damage(&data[1]);
            let index = reopened(index).await;
            let left = generations(&index).await;
            assert_eq!(left.len(), 2, "{what}, optimized: {optimized}");
            assert_eq!(index.writer.repairs().len(), 1, "{what}");
            let mut found = index.found("common").await;
            found.sort_unstable();
            assert_eq!(found, left, "{what}, optimized: {optimized}");
            let near = index.reader.nearest(vector("common"), 9, Filter::default()).await.unwrap();
            assert_eq!(near.len(), 2, "{what}");
            let lost: i64 = (1..=3).find(|generation| !left.contains(generation)).unwrap();
            index.add(lost, "default", &["common words written again"]).await;
            index.writer.optimize().await.unwrap();
            assert_eq!(index.found("again").await, [lost], "{what}");
            let index = reopened(index).await;
            assert!(index.writer.repairs().is_empty(), "what was repaired stays so");
            assert_eq!(generations(&index).await, [1, 2, 3]);
        }
    }
}

#[tokio::test]
async fn a_damaged_full_text_index_is_built_again() {
    for (what, damage) in DAMAGES {
        for place in 0..4 {
            let index = Index::holding(&CORPUS).await;
            index.writer.optimize().await.unwrap();
            let found = files(&table(&index).join("_indices"));
            damage(&found[place % found.len()]);
            let index = reopened(index).await;
            assert_eq!(index.writer.repairs().len(), 1, "{what}, {}", found[place % found.len()].display());
            assert_eq!(index.found("ostrich").await, [7], "{what}");
            assert_eq!(index.found("合同").await, [4], "{what}");
            index.writer.optimize().await.unwrap();
            assert_eq!(index.found("ostrich").await, [7], "{what}");
        }
    }
}

#[tokio::test]
async fn a_lost_list_of_deleted_rows_brings_them_back_to_be_purged() {
    for (what, damage) in DAMAGES {
        let index = Index::new().await;
        let mut both = rows(1, "default", &["kept words"]);
        both.extend(rows(2, "default", &["removed words"]));
        index.writer.add(both).await.unwrap();
        index.writer.remove(vec![GenerationId(2)]).await.unwrap();
        assert_eq!(generations(&index).await, [1]);
        let deletions = files(&table(&index).join("_deletions"));
        damage(&deletions[0]);
        let index = reopened(index).await;
        assert_eq!(generations(&index).await, [1, 2], "{what}");
        index.writer.remove(vec![GenerationId(2)]).await.unwrap();
        index.writer.optimize().await.unwrap();
        assert_eq!(index.found("words").await, [1], "{what}");
        assert!(!index.holds_on_disk("removed"), "{what}");
    }
}

#[tokio::test]
async fn leftovers_of_a_process_that_died_harm_nothing() {
    let index = Index::holding(&CORPUS).await;
    index.writer.optimize().await.unwrap();
    let table = table(&index);
    fs::write(table.join("data/half.lance"), b"half a file").unwrap();
    fs::write(table.join("_versions/.tmp_half.manifest_0"), b"half").unwrap();
    fs::create_dir_all(table.join("_indices/00000000-0000-0000-0000-000000000000")).unwrap();
    let index = reopened(index).await;
    assert!(index.writer.repairs().is_empty(), "{:?}", index.writer.repairs());
    assert_eq!(index.reader.count().await.unwrap(), CORPUS.len() as u64);
    index.writer.optimize().await.unwrap();
    assert!(!table.join("data/half.lance").exists());
}

#[tokio::test]
async fn an_index_without_any_list_of_files_is_named() {
    let index = Index::holding(&CORPUS).await;
    for manifest in files(&table(&index).join("_versions")) {
        fs::write(manifest, b"").unwrap();
    }
    let Index { folder, writer, reader } = index;
    drop((writer, reader));
    for _ in 0..2 {
        let error = open(&folder.path().join("index"), &identity()).await.unwrap_err();
        assert!(matches!(error, IndexError::Damaged { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn what_was_written_is_read_back_and_finds_itself() {
    let index = Index::holding(&CORPUS).await;
    let texts: Vec<String> = (0..40).map(|number| format!("text number {number}")).collect();
    let written = rows(60, "default", &texts.iter().map(String::as_str).collect::<Vec<_>>());
    index.writer.add(written.clone()).await.unwrap();
    for when in ["at once", "after optimizing"] {
        let sample = [0, 20, 39].map(|place: usize| (place as u32, written[place].vector.clone()));
        let back = index.writer.read_back(GenerationId(60), sample.to_vec()).await.unwrap();
        assert_eq!(back.rows, 40, "{when}");
        for (sampled, place) in back.sampled.iter().zip([0, 20, 39]) {
            assert_eq!(sampled.text.as_deref(), Some(texts[place].as_str()), "{when}");
            assert_eq!(sampled.nearest.len(), 8, "{when}");
            assert_eq!(sampled.nearest[0].0, place as u32, "{when}: {:?}", sampled.nearest);
            assert!((sampled.nearest[0].1 - 1.0).abs() < 1e-5, "{when}");
        }
        let none = index.writer.read_back(GenerationId(61), vec![(0, vector("x"))]).await.unwrap();
        assert_eq!((none.rows, &none.sampled[0].text), (0, &None), "{when}");
        index.writer.optimize().await.unwrap();
    }
}

#[tokio::test]
async fn many_additions_in_one_run_leave_few_files() {
    let index = Index::new().await;
    for generation in 1..=300 {
        index.add(generation, "default", &[&format!("common words and number{generation}")]).await;
    }
    let count = files(&table(&index)).len();
    assert!(count < 350, "{count} files for 300 documents");
    index.writer.optimize().await.unwrap();
    let count = files(&table(&index)).len();
    assert!(count < 60, "{count} files are left");
    for generation in [1, 63, 64, 65, 128, 200, 300] {
        assert_eq!(index.found(&format!("number{generation}")).await, [generation]);
    }
}

#[tokio::test]
async fn coming_and_going_leaves_no_more_than_what_lives() {
    let index = Index::holding(&CORPUS).await;
    index.writer.optimize().await.unwrap();
    let bytes = |index: &Index| -> u64 {
        files(index.folder.path()).iter().map(|file| fs::metadata(file).unwrap().len()).sum()
    };
    let live = bytes(&index);
    for generation in 100..150 {
        index.add(generation, "default", &[&format!("passing words of {generation} and the xylophone")]).await;
        index.writer.remove(vec![GenerationId(generation)]).await.unwrap();
        index.writer.optimize().await.unwrap();
    }
    assert!(bytes(&index) * 2 <= live * 3, "{} bytes of {live}", bytes(&index));
    assert!(!index.holds_on_disk("xylophone"));
}
