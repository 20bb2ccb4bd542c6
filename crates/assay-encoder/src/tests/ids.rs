//! XLM-RoBERTa's token ids of ten texts, as fairseq and transformers publish them.
//!
//! The excerpt of the tokenizer (`tests/reference/excerpt.py`) has every piece that can occur in the texts, so it
//! tokenises them as the whole vocabulary does. `true-ids.json` has the ids of the whole vocabulary.

use serde::Deserialize;

use super::model;
use crate::tokens::Tokens;

#[derive(Deserialize)]
struct Published {
    true_ids: Vec<u32>,
    texts: Vec<PublishedText>,
    pair: PublishedPair,
}

#[derive(Deserialize)]
struct PublishedText {
    text: String,
    ids: Vec<u32>,
}

#[derive(Deserialize)]
struct PublishedPair {
    question: String,
    passage: String,
    ids: Vec<u32>,
}

#[test]
fn xlm_roberta_tokenises_texts_and_pairs_as_published() {
    let folder = model("xlm-roberta-excerpt");
    let published = std::fs::read_to_string(folder.join("true-ids.json")).unwrap();
    let published: Published = serde_json::from_str(&published).unwrap();
    let tokens = Tokens::open(&folder.join("tokenizer.json"), 1).unwrap();
    let whole = |ids: &[u32]| ids.iter().map(|id| published.true_ids[*id as usize]).collect::<Vec<u32>>();
    for PublishedText { text, ids } in &published.texts {
        let found = tokens.single(&tokens.ids(text).unwrap(), 512).ids;
        assert_eq!(&whole(&found), ids, "{text}");
    }
    let PublishedPair { question, passage, ids } = &published.pair;
    let pair = tokens.pair(&tokens.ids(question).unwrap(), &tokens.ids(passage).unwrap(), 512);
    assert_eq!(&whole(&pair.sequence.ids), ids);
    assert!(pair.sequence.types.iter().all(|kind| *kind == 0));
    assert_eq!(published.texts.len(), 10);
}
