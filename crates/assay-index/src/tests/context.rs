//! Names beside the text, words spelt alike, renames, and indexes without any of them.

use assay_domain::port::{Filter, IndexReader, IndexWriter, Spelling};
use assay_domain::{ChunkWords, EmbeddedChunk, GenerationId, IndexIdentity, RowContent};

use super::{Index, excluding, identity, ids, query, rows, vector};
use crate::layout::NAME_WEIGHT;
use crate::open;

impl Index {
    async fn with(rows: RowContent) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let identity = IndexIdentity { rows, ..identity() };
        let (writer, reader) = open(&folder.path().join("index"), &identity).await.unwrap();
        Self { folder, writer, reader }
    }

    async fn add_named(&self, generation: i64, names: &str, texts: &[&str]) {
        let named = rows(generation, "default", texts).into_iter();
        let named = named.map(|row| EmbeddedChunk { words: ChunkWords { names: names.into(), ..row.words }, ..row });
        self.writer.add(named.collect()).await.unwrap();
    }

    async fn near(&self, words: &[&str], filter: Filter) -> Vec<Spelling> {
        self.reader.spellings(words.iter().map(|word| (*word).to_owned()).collect(), filter).await.unwrap()
    }
}

#[tokio::test]
async fn a_file_is_found_by_its_name_and_by_its_folder() {
    let index = Index::with(RowContent::WordsAndContext).await;
    index.add_named(1, "2024 invoice.pdf", &["total 311.20", "thank you"]).await;
    index.add_named(2, "2025 invoice.pdf", &["total 347.90", "thank you"]).await;
    index.add_named(3, "notes invoice plan.txt", &["the invoice of 2025 is late"]).await;
    for when in ["unindexed", "indexed"] {
        assert_eq!(index.found("total of 2025").await[0], 2, "{when}");
        assert_eq!(index.found("total in 2024").await[0], 1, "{when}");
        assert_eq!(index.found("plan").await, [3], "{when}");
        index.writer.optimize().await.unwrap();
    }
}

/// BM25F as Lance's `combined_fields` defines it, worked out by hand for one word.
#[tokio::test]
async fn the_lexical_score_over_names_and_text_is_bm25f() {
    let index = Index::with(RowContent::WordsAndContext).await;
    index.add_named(1, "red list", &["green fox"]).await;
    index.add_named(2, "blue", &["red red dog barks"]).await;
    let length = |text: f32, names: f32| text + NAME_WEIGHT * names;
    let average = (length(2.0, 2.0) + length(4.0, 1.0)) / 2.0;
    // Documents with the word: the greater of the fields' counts, 1 in either.
    let idf = (1.0_f32 + (2.0 - 1.0 + 0.5) / (1.0 + 0.5)).ln();
    let score = |times: f32, length: f32| idf * 2.2 * times / (times + 1.2 * (0.25 + 0.75 * length / average));
    let expected = [(2, score(2.0, length(4.0, 1.0))), (1, score(NAME_WEIGHT, length(2.0, 2.0)))];
    for when in ["unindexed", "indexed"] {
        let mut hits = index.matching("red").await;
        hits.sort_by_key(|hit| std::cmp::Reverse(hit.passage.chunk.generation));
        assert_eq!(ids(&hits), [2, 1], "{when}");
        for (hit, (generation, score)) in hits.iter().zip(expected) {
            assert!((hit.score - score).abs() < 0.01, "{when}, {generation}: {} is not {score}", hit.score);
        }
        index.writer.optimize().await.unwrap();
    }
}

#[tokio::test]
async fn a_renamed_file_is_found_by_its_new_name_alone_and_keeps_its_vectors() {
    let index = Index::with(RowContent::WordsAndContext).await;
    index.add_named(1, "scan0001.pdf", &["total 311.20", "thank you"]).await;
    index.add_named(2, "other.pdf", &["something else"]).await;
    index.writer.optimize().await.unwrap();
    for (old, new) in [("scan0001", "o'brien's policy.pdf"), ("policy", "last.pdf")] {
        index.writer.rename(GenerationId(1), new.to_owned()).await.unwrap();
        for when in ["unindexed", "indexed"] {
            let word = new.split(['.', ' ']).next_back().map_or("", |_| new.trim_end_matches(".pdf"));
            assert_eq!(index.found(word).await, [1, 1], "{new} {when}");
            assert_eq!(index.found(old).await, Vec::<i64>::new(), "{new} {when}");
            assert_eq!(index.found("something").await, [2], "{new} {when}");
            let near = index.reader.nearest(vector("thank you"), 1, Filter::default()).await.unwrap();
            assert_eq!((near[0].passage.chunk.generation.0, &*near[0].passage.text), (1, "thank you"));
            assert_eq!(index.reader.chunks_of(GenerationId(1)).await.unwrap().len(), 2);
            index.writer.optimize().await.unwrap();
        }
    }
}

#[tokio::test]
async fn words_that_no_row_has_are_told_with_those_spelt_alike() {
    let index = Index::with(RowContent::WordsAndContext).await;
    index.add_named(1, "bicycle-service.txt", &["change the brake pads of the bicycle", "pads again"]).await;
    index.add_named(2, "coffee-machine.txt", &["descale the coffee machine", "the café"]).await;
    index.add_named(3, "removed.txt", &["cofee with an error"]).await;
    index.writer.optimize().await.unwrap();
    let near = |word: &str, near: &[&str]| Spelling {
        word: word.into(),
        near: near.iter().map(|word| (*word).to_owned()).collect(),
    };
    assert_eq!(
        index
            .near(&["coffee", "cofee", "bycicle", "desclae", "padds", "pdas", "pans", "cat", "zebra"], excluding(&[3]))
            .await,
        [
            near("cofee", &["coffee"]),
            near("bycicle", &["bicycle"]),
            near("desclae", &["descale"]),
            near("padds", &["pads"]),
            near("pdas", &["pads"]),
            near("pans", &[]),
            near("cat", &[]),
            near("zebra", &[]),
        ]
    );
    assert_eq!(index.near(&["cofee"], Filter::default()).await, [], "a row has the word as it is");
}

#[tokio::test]
async fn a_word_of_any_length_leaves_the_others_their_corrections() {
    let index = Index::with(RowContent::WordsAndContext).await;
    index.add_named(1, "coffee-machine.txt", &["descale the coffee machine"]).await;
    index.writer.optimize().await.unwrap();
    let coffee = Spelling { word: "cofee".into(), near: vec!["coffee".into()] };
    for letter in ["x", "ü"] {
        for letters in [31, 32, 33, 47, 64, 255, 300, 5000] {
            let long = letter.repeat(letters);
            let found = index.near(&[&long, "cofee"], Filter::default()).await;
            let unknown = Spelling { word: long.clone(), near: Vec::new() };
            assert_eq!(found, [unknown, coffee.clone()], "{letters} times {letter}");
        }
    }
}

#[tokio::test]
async fn an_index_of_an_earlier_layout_answers_and_grows_as_it_was_filled() {
    let index = Index::with(RowContent::TextAlone).await;
    index.add_named(1, "names.txt", &["Some Words", "那只狐狸"]).await;
    let folder = index.folder.path().join("index");
    let Index { folder: _kept, writer, reader } = index;
    drop((writer, reader));
    let wanted = identity();
    let (writer, reader, filled) = crate::open_any(&folder, &wanted).await.unwrap();
    assert_eq!(filled.rows, RowContent::TextAlone);
    assert_eq!(filled.difference(&wanted), None, "it takes in documents as it was filled");
    let index = Index { folder: _kept, writer, reader };
    index.add_named(2, "names.txt", &["More Words"]).await;
    index.writer.rename(GenerationId(1), "other.txt".into()).await.unwrap();
    for when in ["unindexed", "indexed"] {
        let mut found = index.found("words").await;
        found.sort_unstable();
        assert_eq!(found, [1, 2], "{when}");
        assert_eq!(index.found("狐狸").await, [1], "{when}");
        assert_eq!(index.found("names").await, Vec::<i64>::new(), "{when}");
        assert_eq!(index.near(&["wordz"], Filter::default()).await, [], "{when}");
        index.writer.optimize().await.unwrap();
    }
    let other = IndexIdentity { rows: RowContent::Words, ..wanted.clone() };
    assert!(other.difference(&wanted).unwrap().contains("context"), "{:?}", other.difference(&wanted));
    let failure = index.reader.matching(query("?!"), 5, Filter::default()).await.unwrap();
    assert_eq!(failure, []);
}
