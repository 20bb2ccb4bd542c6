//! Which prefixes an embedder gets.

use std::fs;
use std::path::{Path, PathBuf};

use assay_domain::port::{Embedder, Metric};

use crate::open_encoders::{self, Prefixes, Speed};
use crate::prefixes;
use crate::registry::ModelRegistry;

fn model_of_tests(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/models").join(name)
}

/// Copies a model into a folder of models under a name of the catalogue, with these prompts.
fn under_the_name(models: &Path, name: &str, prompts: &str) {
    let (from, to) = (model_of_tests("bert-bge"), models.join(name));
    fs::create_dir_all(to.join("1_Pooling")).unwrap();
    for file in ["model.safetensors", "config.json", "tokenizer.json", "modules.json", "1_Pooling/config.json"] {
        fs::copy(from.join(file), to.join(file)).unwrap();
    }
    fs::write(to.join("config_sentence_transformers.json"), prompts).unwrap();
}

#[test]
fn the_catalogue_gives_the_instruction_that_a_folder_does_not_state() {
    let chinese = "为这个句子生成表示以用于检索相关文章：";
    let english = "Represent this sentence for searching relevant passages: ";
    for (name, prompts, query, passage) in [
        ("bge-small-zh-v1.5", r#"{"__version__":{}}"#, chinese, ""),
        ("bge-small-en-v1.5", r#"{"prompts":{"query":"","document":""}}"#, english, ""),
        ("multilingual-e5-small", "{}", "query: ", "passage: "),
        ("multilingual-e5-small", r#"{"prompts":{"query":"q ","document":"d "}}"#, "q ", "d "),
        ("multilingual-e5-small", r#"{"prompts":{"passage":"p "}}"#, "query: ", "p "),
        ("multilingual-e5-small", r#"{"prompts":{"document":"","passage":"p "}}"#, "query: ", "p "),
        ("multilingual-e5-small", r#"{"prompts":{"query":"","document":""}}"#, "query: ", "passage: "),
        ("granite-embedding-97m-multilingual-r2", "{}", "", ""),
    ] {
        let models = tempfile::tempdir().unwrap();
        under_the_name(models.path(), name, prompts);
        let registry = ModelRegistry::at(models.path().to_owned(), Vec::new()).unwrap();
        let opened = open_encoders::embedder(&registry, name, Speed::default()).unwrap();
        let identity = opened.identity();
        assert_eq!((&*identity.query_prefix, &*identity.passage_prefix), (query, passage), "{name} {prompts}");
    }
}

#[test]
fn the_catalogue_says_how_vectors_are_compared_where_a_folder_does_not() {
    for (name, metric) in [("msmarco-distilbert-dot-v5", Metric::Dot), ("bge-small-en-v1.5", Metric::Cosine)] {
        for prompts in ["{}", r#"{"similarity_fn_name":"dot"}"#] {
            let models = tempfile::tempdir().unwrap();
            under_the_name(models.path(), name, prompts);
            let registry = ModelRegistry::at(models.path().to_owned(), Vec::new()).unwrap();
            let opened = open_encoders::embedder(&registry, name, Speed::default()).unwrap();
            assert_eq!(opened.identity().metric, metric, "{name} {prompts}");
        }
    }
}

#[test]
fn an_index_can_ask_for_the_prefixes_that_filled_it() {
    let models = tempfile::tempdir().unwrap();
    under_the_name(models.path(), "bge-small-zh-v1.5", "{}");
    let registry = ModelRegistry::at(models.path().to_owned(), Vec::new()).unwrap();
    let before = Prefixes::default();
    let opened = open_encoders::embedder_with(&registry, "bge-small-zh-v1.5", before, Speed::default()).unwrap();
    assert_eq!(opened.identity().query_prefix, "");
}

#[test]
fn a_model_without_a_row_has_what_its_folder_states() {
    for (model, query, passage) in [
        ("bert-bge", "为这个句子生成表示以用于检索相关文章：", ""),
        ("xlm-roberta-e5", "query: ", "passage: "),
        ("bert-tiny", "", ""),
    ] {
        let found = prefixes::of(&model_of_tests(model), None);
        assert_eq!((&*found.query, &*found.passage), (query, passage), "{model}");
    }
}
