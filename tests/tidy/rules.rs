//! Tests of rules about single files: vendors, serialisation, names, lengths, the window's permissions.

use std::fs;
use std::path::{Path, PathBuf};

use assay_tests::root;

use crate::sources::sources;

#[test]
fn each_vendor_is_named_in_one_manifest() {
    let members = sources(&["Cargo.toml"]).into_iter().filter(|(path, _)| path != Path::new("Cargo.toml"));
    let members: Vec<_> = members.map(|(path, text)| (path, text.parse::<toml::Table>().unwrap())).collect();
    for (vendor, member) in [
        ("candle-core", "crates/assay-encoder"),
        ("candle-transformers", "crates/assay-encoder"),
        ("lancedb", "crates/assay-index"),
        ("arrow-array", "crates/assay-index"),
        ("object_store", "crates/assay-remote"),
        ("rusqlite", "crates/assay-catalogue"),
        ("llama-cpp-2", "crates/assay-answer"),
        ("tauri", "src-tauri"),
        ("pdf-extract", "crates/assay-text"),
        ("hayro-interpret", "crates/assay-text"),
    ] {
        let holders: Vec<&PathBuf> = members
            .iter()
            .filter(|(_, manifest)| {
                let tables = ["dependencies", "dev-dependencies", "build-dependencies"];
                tables.iter().any(|table| manifest.get(*table).is_some_and(|table| table.get(vendor).is_some()))
            })
            .map(|(path, _)| path)
            .collect();
        assert_eq!(holders, [&Path::new(member).join("Cargo.toml")], "{vendor}");
    }
}

#[test]
fn domain_types_derive_no_serialisation_and_the_contract_knows_no_domain() {
    for (path, text) in sources(&[".rs"]) {
        if path.starts_with("crates/assay-domain") {
            assert!(!text.contains("serde"), "{}", path.display());
        }
        if path.starts_with("crates/assay-contract") {
            for other in ["assay_domain", "assay_library", "assay_models", "assay_files"] {
                assert!(!text.contains(other), "{other} in {}", path.display());
            }
        }
        if path.starts_with("crates/assay-pipeline") {
            for vendor in ["candle", "lancedb", "rusqlite", "llama", "tauri", "serde_json", "std::fs"] {
                assert!(!text.contains(vendor), "{vendor} in {}", path.display());
            }
        }
    }
}

#[test]
fn one_file_of_the_screen_imports_tauri_and_the_contract_has_no_vectors_or_paths() {
    let importing: Vec<PathBuf> = sources(&[".ts", ".svelte"])
        .into_iter()
        .filter(|(path, text)| path.starts_with("ui/src") && text.contains("@tauri-apps/"))
        .map(|(path, _)| path)
        .collect();
    assert_eq!(importing, [Path::new("ui/src/host/tauri.ts")]);
    let contract = fs::read_to_string(root().join("ui/src/contract.ts")).unwrap();
    assert!(
        !contract.contains("Array<number>") && !contract.contains("path:"),
        "the page holds ids, not vectors or paths"
    );
}

#[test]
fn source_files_start_with_a_description_have_at_most_400_lines_and_no_banned_name() {
    for (path, text) in sources(&[".rs"]) {
        let shown = path.display();
        let tests = path.iter().any(|part| part == "tests") || path.ends_with("tests.rs");
        if !tests {
            assert!(text.starts_with("//!"), "{shown} does not start with a description");
            assert!(text.lines().count() <= 400, "{shown} is {} lines long", text.lines().count());
        }
        let name = path.file_stem().unwrap().to_string_lossy();
        for banned in ["manager", "service", "helper", "util", "processor", "common"] {
            assert!(!name.contains(banned), "{shown}");
        }
        for silenced in ["#[ignore", concat!("todo", "!("), concat!("unimplemented", "!("), concat!("dbg", "!(")] {
            assert!(!text.contains(silenced) || path.starts_with("tests/tidy"), "{silenced} in {shown}");
        }
    }
}

#[test]
fn the_window_cannot_reach_the_network() {
    let window = fs::read_to_string(root().join("src-tauri/tauri.conf.json")).unwrap();
    let window: serde_json::Value = serde_json::from_str(&window).unwrap();
    let csp = window["app"]["security"]["csp"].as_str().unwrap();
    for wanted in ["default-src 'self'", "script-src 'self';", "object-src 'none'", "frame-src 'none'"] {
        assert!(csp.contains(wanted), "{csp}");
    }
    assert!(!csp.contains("https:") && !csp.contains("unsafe") && !csp.contains('*'), "{csp}");
    assert_eq!(window["app"]["withGlobalTauri"], false);
    for (path, text) in sources(&[".json"]).into_iter().filter(|(path, _)| path.starts_with("src-tauri/capabilities")) {
        // The key gives pages of other hosts the commands of the window.
        assert!(!text.contains('*') && !text.contains("\"remote\""), "{}", path.display());
        assert!(!text.contains("fs:") && !text.contains("shell:") && !text.contains("http:"), "{}", path.display());
    }
}

#[test]
fn the_architecture_names_every_member_of_the_workspace() {
    let architecture = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let workspace = fs::read_to_string(root().join("Cargo.toml")).unwrap().parse::<toml::Table>().unwrap();
    for member in workspace["workspace"]["members"].as_array().unwrap() {
        let member = member.as_str().unwrap();
        assert!(architecture.contains(&format!("`{member}`")), "{member} is not in ARCHITECTURE.md");
    }
}

#[test]
fn every_path_in_the_architecture_and_the_decisions_exists() {
    let texts = ["ARCHITECTURE.md", "docs/decisions.md"].map(|name| fs::read_to_string(root().join(name)).unwrap());
    let named = texts.iter().flat_map(|text| text.split('`').skip(1).step_by(2));
    let tops = ["crates/", "src-tauri/", "ui/", "tests/", "xtask/"];
    let paths: Vec<&str> = named.filter(|name| tops.iter().any(|top| name.starts_with(top))).collect();
    assert!(paths.len() > 20, "only {} paths were found", paths.len());
    for path in paths {
        assert!(root().join(path).exists(), "{path}");
    }
}
