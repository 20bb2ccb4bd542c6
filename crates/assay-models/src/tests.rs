mod catalogue;
mod prefixes;

use std::fs;
use std::path::Path;

use assay_answer::tiny::TinyModel;

use crate::error::ModelsError;
use crate::import::{ImportMode, import};
use crate::known::Role;
use crate::registry::{ModelRegistry, State};

/// The smallest whole safetensors file: one weight.
fn weights(value: f32) -> Vec<u8> {
    let header = r#"{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#;
    [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), &value.to_le_bytes()].concat()
}

fn fill(folder: &Path) {
    fs::create_dir_all(folder.join("1_Pooling")).unwrap();
    fs::write(folder.join("model.safetensors"), weights(1.0)).unwrap();
    for (file, text) in [
        ("config.json", r#"{"architectures":["BertForSequenceClassification"]}"#),
        ("tokenizer.json", "{}"),
        ("1_Pooling/config.json", "{}"),
        ("pytorch_model.bin", "a pickle"),
    ] {
        fs::write(folder.join(file), text).unwrap();
    }
}

#[test]
fn imported_models_are_found_verified_and_removed_and_damage_is_reported() {
    let parent = tempfile::tempdir().unwrap();
    let (from, own) = (parent.path().join("from"), parent.path().join("models"));
    fill(&from);
    let registry = ModelRegistry::at(own.clone(), Vec::new()).unwrap();
    let place = import(None, "mine", &from, &own, ImportMode::Copy).unwrap();
    assert!(
        matches!(registry.model("mine"), Err(ModelsError::UnknownModel { .. })),
        "an open registry does not change"
    );
    let registry = ModelRegistry::at(own.clone(), Vec::new()).unwrap();
    let mine = registry.model("mine").unwrap();
    assert_eq!((mine.role, registry.state(mine)), (Role::Reranker, State::Installed(place.clone())));
    assert!(!mine.about.is_empty() && !mine.about_zh.is_empty(), "its purpose in both languages: {mine:?}");
    assert!(!place.join("pytorch_model.bin").exists() && place.join("1_Pooling/config.json").is_file());
    registry.verify("mine").unwrap();
    fs::write(place.join("model.safetensors"), weights(2.0)).unwrap();
    assert!(matches!(registry.verify("mine"), Err(ModelsError::Damaged { .. })));
    registry.remove("mine").unwrap();
    assert_eq!(registry.state(registry.model("mine").unwrap()), State::NotInstalled);
    assert!(!place.exists() && from.join("config.json").is_file());
}

#[test]
fn a_folder_that_is_not_a_model_is_refused_and_the_installed_copy_stays() {
    let parent = tempfile::tempdir().unwrap();
    let (from, own) = (parent.path().join("from"), parent.path().join("models"));
    fill(&from);
    import(None, "mine", &from, &own, ImportMode::Copy).unwrap();
    let check = |damage: &dyn Fn(&Path), named: &str| {
        let bad = parent.path().join("bad");
        let _ = fs::remove_dir_all(&bad);
        fill(&bad);
        damage(&bad);
        let error = import(None, "mine", &bad, &own, ImportMode::Copy).unwrap_err().to_string();
        assert!(error.contains(named), "{error} should say {named:?}");
        assert_eq!(fs::read(own.join("mine/model.safetensors")).unwrap(), weights(1.0));
        assert_eq!(fs::read_dir(&own).unwrap().count(), 1, "nothing is left of it");
    };
    check(&|bad| fs::remove_file(bad.join("tokenizer.json")).unwrap(), "no tokenizer.json");
    check(&|bad| fs::remove_file(bad.join("model.safetensors")).unwrap(), "can run code");
    check(&|bad| fs::write(bad.join("model.safetensors"), "weights").unwrap(), "no safetensors file");
    check(&|bad| fs::write(bad.join("config.json"), "<html>").unwrap(), "no JSON");
    for (name, named) in [("", "one word"), ("../up", "one word"), (".hidden", "one word")] {
        let error = import(None, name, &from, &own, ImportMode::Copy).unwrap_err().to_string();
        assert!(error.contains(named), "{error}");
    }
}

#[test]
fn sharded_weights_are_imported_whole_or_not_at_all() {
    let parent = tempfile::tempdir().unwrap();
    let (from, own) = (parent.path().join("from"), parent.path().join("models"));
    fill(&from);
    fs::remove_file(from.join("model.safetensors")).unwrap();
    let index = r#"{"weight_map":{"a":"model-1-of-2.safetensors","b":"model-2-of-2.safetensors"}}"#;
    fs::write(from.join("model.safetensors.index.json"), index).unwrap();
    fs::write(from.join("model-1-of-2.safetensors"), weights(1.0)).unwrap();
    let error = import(None, "parts", &from, &own, ImportMode::Copy).unwrap_err().to_string();
    assert!(error.contains("no model-2-of-2.safetensors"), "{error}");
    fs::write(from.join("model-2-of-2.safetensors"), weights(2.0)).unwrap();
    import(None, "parts", &from, &own, ImportMode::Copy).unwrap();
    let registry = ModelRegistry::at(own, Vec::new()).unwrap();
    assert!(matches!(registry.state(registry.model("parts").unwrap()), State::Installed(_)));
}

#[test]
fn a_gguf_file_is_copied_or_linked() {
    let parent = tempfile::tempdir().unwrap();
    let (from, own) = (parent.path().join("tiny.gguf"), parent.path().join("models"));
    TinyModel::default().write(&from).unwrap();
    for (name, how) in [("copied", ImportMode::Copy), ("linked", ImportMode::Link)] {
        let place = import(None, name, &from, &own, how).unwrap().join("model.gguf");
        assert_eq!(fs::symlink_metadata(&place).unwrap().is_symlink(), cfg!(unix) && how == ImportMode::Link);
        let registry = ModelRegistry::at(own.clone(), Vec::new()).unwrap();
        registry.verify(name).unwrap();
        registry.remove(name).unwrap();
        assert!(from.is_file());
    }
    TinyModel { architecture: "bert", ..TinyModel::default() }.write(&from).unwrap();
    let error = import(None, "bert", &from, &own, ImportMode::Copy).unwrap_err().to_string();
    assert!(error.contains("embedding"), "{error}");
}

#[test]
fn a_known_model_with_the_wrong_weights_is_not_imported() {
    let parent = tempfile::tempdir().unwrap();
    let (from, own) = (parent.path().join("from"), parent.path().join("models"));
    fill(&from);
    let registry = ModelRegistry::at(own.clone(), Vec::new()).unwrap();
    let known = registry.model("all-MiniLM-L6-v2").unwrap();
    let error = import(Some(known), &known.name, &from, &own, ImportMode::Copy).unwrap_err();
    assert!(matches!(error, ModelsError::Damaged { .. }), "{error}");
    assert_eq!(registry.state(known), State::NotInstalled);
    assert_eq!(fs::read_dir(&own).unwrap().count(), 0, "nothing is left of it");
}

#[test]
fn a_crash_during_a_swap_loses_nothing() {
    let parent = tempfile::tempdir().unwrap();
    let (from, own) = (parent.path().join("from"), parent.path().join("models"));
    fill(&from);
    import(None, "mine", &from, &own, ImportMode::Copy).unwrap();
    fs::rename(own.join("mine"), own.join(".mine.previous")).unwrap();
    let registry = ModelRegistry::at(own, Vec::new()).unwrap();
    registry.verify("mine").unwrap();
}
