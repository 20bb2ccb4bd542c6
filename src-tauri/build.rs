//! Hands the window's settings, capabilities and commands to Tauri at build time.

/// Every command; one that is not listed here cannot be allowed to any window.
const COMMANDS: &[&str] = &[
    "hello",
    "watch",
    "library",
    "choose_files",
    "choose_folder",
    "add_samples",
    "ingest_again",
    "remove_documents",
    "stop_ingest",
    "rebuild",
    "check",
    "ask",
    "stop_ask",
    "passage",
    "save_settings",
    "choose_writer",
    "shelf",
    "pull_model",
    "stop_pull",
    "import_model",
    "verify_model",
    "remove_model",
    "keep_key",
    "conversations",
    "turns",
    "delete_conversation",
    "explain",
    "stop_explain",
    "what_if",
    "document",
    "original",
    "cost",
    "mark",
    "labels",
    "delete_labels",
    "import_labels",
    "measure",
    "runs",
    "delete_run",
    "triplets",
    "save_text",
    "print",
];

fn main() {
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    if let Err(error) = tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest)) {
        println!("cargo::error={error:#}");
    }
}
