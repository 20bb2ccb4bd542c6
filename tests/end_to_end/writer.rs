use std::fs;

use assay_tests::{Library, rows, word};

fn with_notes() -> Library {
    let library = Library::default();
    let notes = library.files.path().join("notes.md");
    fs::write(&notes, "The harbour pump delivers 40 litres a minute.\n").unwrap();
    library.json(&["ingest", notes.to_str().unwrap()]);
    library
}

/// The tiny model writes noise. The test checks that the answer comes from llama.cpp in a child process,
/// through the model's chat template, and is labelled as written.
#[test]
fn a_chosen_language_model_writes_the_answer() {
    let library = with_notes();
    let model = library.files.path().join("tiny.gguf");
    assay_answer::tiny::write_tiny_model(&model).unwrap();
    fs::write(library.data.path().join("settings.toml"), "writer = \"tiny\"\nanswer_tokens = 24\nthreshold = 0.0\n")
        .unwrap();

    let imported =
        library.command(&["models", "import", "tiny", model.to_str().unwrap()]).env_remove("ASSAY_MODELS").status();
    assert!(imported.unwrap().success());
    let (status, reply) = library.json(&["ask", "How much does the pump deliver?"]);
    assert_eq!(status, 0, "{reply}");
    assert_eq!(word(&reply["answer"], "kind"), "written", "{}", reply["stages"]);
    assert!(!word(&reply["answer"], "text").is_empty());
    let stage = rows(&reply, "stages").iter().find(|stage| stage["name"] == "answer").unwrap();
    // The tiny model never ends by itself: 24 tokens cut its answer, which the stage says.
    assert_eq!((word(stage, "state"), word(stage, "code")), ("stopped", "answer_cut"), "{stage}");
}

#[test]
fn a_broken_language_model_falls_back_to_a_quoted_answer_with_a_reason() {
    let library = with_notes();
    let folder = library.data.path().join("models/broken");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("model.gguf"), b"GGUF and nothing more").unwrap();
    fs::write(folder.join("assay-model.json"), r#"{"name":"broken","role":"writer","family":"gguf","files":{}}"#)
        .unwrap();
    fs::write(library.data.path().join("settings.toml"), "writer = \"broken\"\nthreshold = 0.0\n").unwrap();
    let (_, reply) = library.json(&["ask", "How much does the pump deliver?"]);
    assert_eq!(word(&reply["answer"], "kind"), "extractive");
    assert!(word(&reply["answer"], "text").contains("40 litres"));
    let stage = rows(&reply, "stages").iter().find(|stage| stage["name"] == "answer").unwrap();
    assert_eq!((word(stage, "state"), word(stage, "code")), ("fell_back", "writer_missing"), "{stage}");
}
