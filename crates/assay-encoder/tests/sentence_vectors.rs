//! Compares the vectors of the real all-MiniLM-L6-v2 with those of transformers.
//!
//! It needs the model's folder below the one that `ASSAY_MODELS` names; `cargo xtask test` sets it.

use std::path::{Path, PathBuf};

use assay_domain::port::{Embedder, TextKind};
use assay_encoder::{EncoderOptions, open_embedder};
use serde::Deserialize;

#[derive(Deserialize)]
struct Reference {
    max_length: usize,
    texts: Vec<ReferenceText>,
}

#[derive(Deserialize)]
struct ReferenceText {
    text: String,
    input_ids: Vec<u32>,
    vector: Vec<f32>,
}

#[test]
fn all_minilm_gives_the_vectors_of_transformers() {
    let models = std::env::var_os("ASSAY_MODELS").map(PathBuf::from);
    let folder = models.map(|models| models.join("all-MiniLM-L6-v2")).filter(|folder| folder.is_dir());
    let folder = folder.expect(
        "ASSAY_MODELS names no folder with all-MiniLM-L6-v2 in it: run `cargo xtask set-up` once, then `cargo xtask test`",
    );
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/models/all-minilm-l6-v2.reference.json");
    let reference: Reference = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let embedder = open_embedder(&folder, "all-MiniLM-L6-v2", None, EncoderOptions::default()).unwrap();
    assert_eq!(embedder.identity().max_tokens, reference.max_length);

    let texts: Vec<String> = reference.texts.iter().map(|text| text.text.clone()).collect();
    let vectors = futures::executor::block_on(embedder.embed(TextKind::Passage, texts)).unwrap();
    let mut tokens = 0;
    for (wanted, vector) in reference.texts.iter().zip(&vectors) {
        let cosine: f32 = wanted.vector.iter().zip(vector).map(|(a, b)| a * b).sum();
        assert!(cosine >= 0.99999, "{}: cosine {cosine}", wanted.text);
        let counted = (embedder.token_starts(&wanted.text).len() + 2).min(reference.max_length);
        assert_eq!(counted, wanted.input_ids.len(), "{}", wanted.text);
        tokens += wanted.input_ids.len() as u64;
    }
    assert_eq!(embedder.counters().tokens_computed, tokens);
}
