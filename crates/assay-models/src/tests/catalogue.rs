//! The rows, pairs and mirrors of the catalogue that ships with the program.

use std::fs;
use std::path::Path;

use assay_domain::Cancel;
use assay_domain::Failure;

use super::fill;
use crate::error::ModelsError;
use crate::family::{Family, Obstacle};
use crate::known::{Known, Role};
use crate::open_encoders::{self, Speed};
use crate::registry::ModelRegistry;
use crate::scan;

fn registry(folder: &Path) -> ModelRegistry {
    ModelRegistry::at(folder.to_owned(), Vec::new()).unwrap()
}

#[test]
fn every_row_of_the_catalogue_ships_or_can_be_fetched_or_says_why_not() {
    let parent = tempfile::tempdir().unwrap();
    // No page of the hub that was at hand lists the length of its weights or their type.
    let unlisted = ["granite-embedding-reranker-english-r2"];
    for model in registry(parent.path()).models() {
        let name = model.name.as_str();
        assert_ne!(model.shipped, model.repository.is_some(), "{name}");
        assert!(model.shipped || !model.files.is_empty(), "{name}");
        assert!(model.files.iter().all(|file| !scan::is_pickle(Path::new(&file.path))), "{name}");
        let writes = model.files.iter().any(|file| file.place() == "model.gguf");
        assert_eq!(model.role == Role::Writer, writes, "{name}");
        assert!(model.shipped || model.memory.is_some(), "{name} does not say what memory it needs");
        assert!(model.shipped || model.download.is_some() || unlisted.contains(&name), "{name} does not say its size");
        let most = architecture(model.family).and_then(assay_encoder::longest_prompt);
        let reads = most.filter(|_| model.role == Role::Reranker).is_none_or(|most| model.max_tokens as usize <= most);
        assert!(reads, "{name} says {} tokens, and the engine reads {most:?}", model.max_tokens);
        let embeds = model.role == Role::Embedder;
        assert!(!embeds || (model.metric.is_some() && model.dimension.is_some()), "{name}");
        assert!(embeds || (model.query_prefix.is_none() && model.passage_prefix.is_none()), "{name}");
        let chinese = model.about_zh.chars().any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter));
        assert!(chinese && !model.about.is_empty(), "{name} does not say its purpose in both languages");
    }
}

#[test]
fn the_models_that_are_asked_for_most_are_listed() {
    let parent = tempfile::tempdir().unwrap();
    let registry = registry(parent.path());
    for (name, obstacle) in [
        ("bge-small-zh-v1.5", None),
        ("bge-base-zh-v1.5", Some(Obstacle::Pickle)),
        ("bge-large-zh-v1.5", Some(Obstacle::Pickle)),
        ("bge-m3", Some(Obstacle::Pickle)),
        ("multilingual-e5-small", None),
        ("multilingual-e5-base", None),
        ("granite-embedding-97m-multilingual-r2", None),
        ("granite-embedding-311m-multilingual-r2", None),
        ("Qwen3-Embedding-0.6B", None),
        ("gte-multilingual-base", Some(Obstacle::Family)),
        ("mmarco-mMiniLMv2-L12-H384-v1", None),
        ("ettin-reranker-17m-v1", Some(Obstacle::Family)),
        ("ettin-reranker-400m-v1", Some(Obstacle::Family)),
        ("granite-embedding-reranker-english-r2", None),
        ("mxbai-rerank-base-v2", Some(Obstacle::Family)),
        ("Qwen3-Reranker-0.6B", None),
        ("bge-reranker-v2-m3", None),
    ] {
        assert_eq!(registry.model(name).unwrap().obstacle(), obstacle, "{name}");
    }
}

#[test]
fn a_model_that_is_not_offered_is_not_fetched_and_the_message_says_why() {
    let parent = tempfile::tempdir().unwrap();
    let registry = registry(parent.path()).through(Some("http://127.0.0.1:9"), None);
    for (name, why) in [("gte-multilingual-base", "opens its family"), ("bge-m3", "only as a pickle")] {
        let error = registry.pull(name, &Cancel::default(), &mut |_| ()).unwrap_err();
        assert!(matches!(error, ModelsError::NotOffered { .. }) && error.to_string().contains(why), "{error}");
    }
    assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 0);
}

/// What `config.json` of a family names as its architecture.
fn architecture(family: Family) -> Option<&'static str> {
    Some(match family {
        Family::BertBiEncoder => "BertModel",
        Family::DistilBertBiEncoder => "DistilBertModel",
        Family::XlmRobertaBiEncoder => "XLMRobertaModel",
        Family::ModernBertBiEncoder | Family::ModernBertModularCrossEncoder => "ModernBertModel",
        Family::NewBiEncoder => "NewModel",
        Family::Qwen3BiEncoder | Family::Qwen3Judge => "Qwen3ForCausalLM",
        Family::BertCrossEncoder => "BertForSequenceClassification",
        Family::XlmRobertaCrossEncoder => "XLMRobertaForSequenceClassification",
        Family::ModernBertCrossEncoder => "ModernBertForSequenceClassification",
        Family::GemmaJudge => "GemmaForCausalLM",
        Family::Qwen2Judge => "Qwen2ForCausalLM",
        Family::Colbert => "HF_ColBERT",
        Family::Gguf | Family::Imported => return None,
    })
}

#[test]
fn a_family_is_offered_if_and_only_if_the_engine_knows_its_architecture() {
    let parent = tempfile::tempdir().unwrap();
    let registry = registry(parent.path());
    for model in registry.models() {
        let Some(architecture) = architecture(model.family) else { continue };
        let folder = parent.path().join("folder");
        fill(&folder);
        fs::write(folder.join("config.json"), format!(r#"{{"architectures":["{architecture}"]}}"#)).unwrap();
        let failure = opened(&registry, model, &folder).unwrap();
        // The files are no model, so opening fails in any case: of an unknown family before anything else.
        let unknown = failure.message.contains("is needed");
        assert_eq!(model.family.is_loadable(), !unknown, "{}: {failure}", model.name);
    }
}

fn opened(registry: &ModelRegistry, model: &Known, folder: &Path) -> Option<Failure> {
    let (folder, speed) = (folder.to_str().unwrap(), Speed::default());
    match model.role {
        Role::Embedder => open_encoders::embedder(registry, folder, speed).err(),
        _ => open_encoders::reranker(registry, folder, speed).err(),
    }
}

#[test]
fn recommended_pairs_can_be_had_fit_the_machine_and_read_its_languages() {
    let parent = tempfile::tempdir().unwrap();
    let registry = registry(parent.path());
    for pair in registry.pairs() {
        let (embedder, reranker) = (registry.model(&pair.embedder).unwrap(), registry.model(&pair.reranker).unwrap());
        assert_eq!((embedder.role, reranker.role), (Role::Embedder, Role::Reranker), "{}", pair.name);
        let needs: u64 = [embedder, reranker].into_iter().filter_map(|model| model.memory).sum();
        assert!(needs <= pair.memory / 2, "{} needs {needs} bytes, and an answer needs memory too", pair.name);
        for model in [embedder, reranker] {
            assert_eq!(model.obstacle(), None, "{}", model.name);
            let reads = |language| model.languages.is_empty() || model.languages.contains(language);
            assert!(pair.languages.iter().all(reads), "{} in {}", model.name, pair.name);
        }
    }
    let sizes: Vec<u64> = registry.pairs().iter().map(|pair| pair.memory).collect();
    assert_eq!(sizes, [8_000_000_000, 16_000_000_000, 32_000_000_000]);
}

#[test]
fn the_pair_of_a_machine_is_the_largest_that_fits_it() {
    let parent = tempfile::tempdir().unwrap();
    let registry = registry(parent.path());
    for (memory, wanted) in [
        (None, "zh-en-8gb"),
        (Some(4 << 30), "zh-en-8gb"),
        (Some(8_200_000_000), "zh-en-8gb"),
        // 16 GiB of which the system and the graphics keep some.
        (Some(15_200_000_000), "zh-en-16gb"),
        (Some(33_000_000_000), "zh-en-32gb"),
        (Some(1 << 40), "zh-en-32gb"),
    ] {
        assert_eq!(registry.recommended(memory).unwrap().name, wanted, "{memory:?}");
    }
    assert!(matches!(registry.pair("none"), Err(ModelsError::UnknownPair { .. })));
}

#[test]
fn a_mirror_goes_by_its_name() {
    let parent = tempfile::tempdir().unwrap();
    for (hub, wanted) in [
        ("hf-mirror", "https://hf-mirror.com"),
        ("https://hub.example", "https://hub.example"),
        ("https://hf-mirror.com", "https://hf-mirror.com"),
    ] {
        assert_eq!(registry(parent.path()).through(Some(hub), None).hub(), wanted);
    }
}
