use std::fs;

use assay_tests::{Library, rows, word};

fn with_notes() -> Library {
    let library = Library::default();
    let notes = library.files.path().join("notes.md");
    fs::write(&notes, "The harbour pump delivers 40 litres a minute.\n").unwrap();
    library.json(&["ingest", notes.to_str().unwrap()]);
    library
}

/// The same with the tiny model as the writer of these settings.
fn with_tiny_writer(settings: &str) -> Library {
    let library = with_notes();
    let model = library.files.path().join("tiny.gguf");
    assay_answer::tiny::write_tiny_model(&model).unwrap();
    fs::write(library.data.path().join("settings.toml"), format!("writer = \"tiny\"\nthreshold = 0.0\n{settings}"))
        .unwrap();
    let imported =
        library.command(&["models", "import", "tiny", model.to_str().unwrap()]).env_remove("ASSAY_MODELS").status();
    assert!(imported.unwrap().success());
    library
}

/// The tiny model writes noise. The test checks that the answer comes from llama.cpp in a child process,
/// through the model's chat template, and is labelled as written.
#[test]
fn a_chosen_language_model_writes_the_answer() {
    let library = with_tiny_writer("answer_tokens = 24\n");
    let (status, reply) = library.json(&["ask", "How much does the pump deliver?"]);
    assert_eq!(status, 0, "{reply}");
    assert_eq!(word(&reply["answer"], "kind"), "written", "{}", reply["stages"]);
    assert!(!word(&reply["answer"], "text").is_empty());
    let stage = rows(&reply, "stages").iter().find(|stage| stage["name"] == "answer").unwrap();
    // The tiny model never ends by itself: 24 tokens cut its answer, which the stage says.
    assert_eq!((word(stage, "state"), word(stage, "code")), ("stopped", "answer_cut"), "{stage}");
}

/// The passage that the tiny model drafts is noise, too, and the wordings that it should draft never end a line.
#[test]
fn a_drafted_passage_is_searched_with_ranks_of_its_own() {
    let library = with_tiny_writer("answer_tokens = 24\ndrafts = \"on\"\n");
    let (status, reply) = library.json(&["ask", "How much does the pump deliver?"]);
    assert_eq!(status, 0, "{reply}");
    let names: Vec<&str> = rows(&reply, "stages").iter().map(|stage| word(stage, "name")).collect();
    assert_eq!(names[..9], ["embed", "vector", "lexical", "draft", "hypothetical", "fuse", "fold", "rerank", "keep"]);
    let draft = &rows(&reply, "stages")[3];
    assert_eq!((word(draft, "state"), word(draft, "code")), ("done", "drafted"), "{draft}");
    assert_eq!(word(&draft["drafts"][0], "query"), "hypothetical", "{draft}");
    assert!(!word(&draft["drafts"][0], "text").is_empty(), "{draft}");
    let candidate = &rows(&reply, "candidates")[0];
    let drafted = &candidate["drafted"][0];
    assert_eq!((word(drafted, "query"), &drafted["rank"]), ("hypothetical", &1.into()), "{candidate}");
    assert!(drafted["vector"]["similarity"].is_f64() && drafted["lexical"].is_null(), "{candidate}");
    let ranks = [&candidate["vector"], &candidate["lexical"], drafted].map(|score| score["rank"].as_f64());
    let sum: f64 = ranks.iter().flatten().map(|rank| 1.0 / (60.0 + rank)).sum();
    assert!((candidate["fused"]["score"].as_f64().unwrap() - sum).abs() < 1e-12, "{candidate}");
    assert_eq!(word(&reply["answer"], "kind"), "written", "the model goes on after its drafts: {}", reply["stages"]);

    let (_, off) = library.json(&["ask", "How much does the pump deliver?", "--drafts", "off"]);
    assert!(rows(&off, "stages").iter().all(|stage| stage["name"] != "draft"), "{}", off["stages"]);
    assert!(rows(&off, "candidates").iter().all(|candidate| candidate["drafted"].is_null()));
    // Everything reaches a threshold of 0.
    let (_, auto) = library.json(&["ask", "How much does the pump deliver?", "--drafts", "auto"]);
    let draft = rows(&auto, "stages").iter().find(|stage| stage["name"] == "draft").unwrap();
    assert_eq!((word(draft, "state"), word(draft, "code")), ("skipped", "drafts_not_needed"), "{draft}");
}

#[test]
fn drafts_without_a_language_model_are_skipped_with_a_reason() {
    let (status, reply) = with_notes().json(&["ask", "How much does the pump deliver?", "--drafts", "on"]);
    assert_eq!(status, 0, "{reply}");
    let draft = rows(&reply, "stages").iter().find(|stage| stage["name"] == "draft").unwrap();
    assert_eq!((word(draft, "state"), word(draft, "code")), ("skipped", "no_writer"), "{draft}");
    assert_eq!(word(&reply["answer"], "kind"), "extractive");
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
