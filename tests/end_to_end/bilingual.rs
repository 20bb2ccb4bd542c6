//! The shipped embedder for Chinese and English finds passages in the language of the question and in the
//! other one. Where a library holds both, it favours passages in the language of the question.

use std::fs;

use assay_tests::{Library, rows, word};
use serde_json::Value;

const ENGLISH: [(&str, &str); 3] = [
    (
        "boiler.txt",
        "Bleed the radiators before the heating season. The boiler pressure should stay between 1 and 2 bar.",
    ),
    ("bread.txt", "Let the dough rest for twelve hours in the fridge, then bake it at 240 degrees."),
    ("choir.txt", "The choir rehearses on Tuesday evenings in the parish hall."),
];
const CHINESE: [(&str, &str); 3] = [
    ("门禁制度.txt", "访客须在前台登记，领取临时门禁卡，离开时交还。夜间十点以后大门关闭。"),
    ("菜园笔记.txt", "番茄苗在五月初移栽，每周浇水两次，盛夏要遮阴。"),
    ("自行车保养.txt", "链条每两百公里上一次油，刹车片磨到两毫米就要更换。"),
];

#[test]
fn questions_find_passages_of_both_languages_by_their_vectors() {
    for (files, questions) in [
        (ENGLISH, [("锅炉的压力应该是多少？", 0), ("How long does the dough rest?", 1), ("合唱团什么时候排练？", 2)]),
        (
            CHINESE,
            [
                ("Where do visitors get an access card?", 0),
                ("番茄什么时候移栽？", 1),
                ("How often should a bicycle chain be oiled?", 2),
            ],
        ),
    ] {
        let library = Library::default();
        for (name, text) in files {
            fs::write(library.files.path().join(name), text).unwrap();
        }
        let (status, reply) = library.json(&["ingest", library.files.path().to_str().unwrap()]);
        assert_eq!((status, reply["counts"]["committed"].as_u64()), (0, Some(3)), "{reply}");
        for (question, place) in questions {
            let (_, reply) = library.json(&["ask", question, "--no-answer", "--rerank", "off"]);
            let vector = rows(&reply, "stages").iter().find(|stage| stage["name"] == "vector").unwrap();
            assert_eq!(word(vector, "state"), "done", "{question}: {vector}");
            let best = |row: &&Value| row["vector"]["rank"] == 1;
            let found = rows(&reply, "candidates").iter().find(best).unwrap();
            assert_eq!(word(found, "name"), files[place].0, "{question}");
        }
    }
}

#[test]
fn a_library_of_an_earlier_version_keeps_its_embedder_and_is_offered_a_rebuild_once() {
    let library = Library::default();
    let settings = library.data.path().join("settings.toml");
    fs::write(&settings, "embedder = \"all-MiniLM-L6-v2\"\n").unwrap();
    for (name, text) in ENGLISH.iter().chain(&CHINESE) {
        fs::write(library.files.path().join(name), text).unwrap();
    }
    library.json(&["ingest", library.files.path().to_str().unwrap()]);
    // As an earlier version left it: no settings, and an index that its default filled.
    fs::remove_file(&settings).unwrap();
    let asked = |question: &str| library.run(&["ask", question, "--no-answer", "--rerank", "off", "--json"]);
    let first = asked("番茄什么时候移栽？");
    assert_eq!(fs::read_to_string(&settings).unwrap(), "rebuild_offer = false\nembedder = \"all-MiniLM-L6-v2\"\n");
    let said = String::from_utf8_lossy(&first.stderr).into_owned();
    assert!(said.contains("reads English alone") && said.contains("assay rebuild"), "{said}");
    let reply: Value = serde_json::from_slice(&first.stdout).unwrap();
    assert_eq!(word(&reply["models"], "embedder"), "all-MiniLM-L6-v2");
    let vector = rows(&reply, "stages").iter().find(|stage| stage["name"] == "vector").unwrap();
    assert_eq!((word(vector, "state"), word(vector, "code")), ("skipped", "language_unknown_to_embedder"));
    assert_eq!(word(&rows(&reply, "candidates")[0], "name"), "菜园笔记.txt", "words find it");
    let again = asked("How long does the dough rest?");
    assert!(!String::from_utf8_lossy(&again.stderr).contains("English alone"), "said once");

    // What the offer says.
    fs::write(&settings, "embedder = \"multilingual-e5-small-zh-en\"\n").unwrap();
    assert_eq!(library.json(&["rebuild"]).0, 0);
    let reply: Value = serde_json::from_slice(&asked("番茄什么时候移栽？").stdout).unwrap();
    let vector = rows(&reply, "stages").iter().find(|stage| stage["name"] == "vector").unwrap();
    assert_eq!(word(vector, "state"), "done");
}

#[test]
fn an_earlier_library_without_passages_takes_the_new_embedder() {
    let library = Library::default();
    let settings = library.data.path().join("settings.toml");
    fs::write(&settings, "embedder = \"all-MiniLM-L6-v2\"\n").unwrap();
    library.json(&["check"]);
    assert!(library.data.path().join("index").is_dir());
    fs::remove_file(&settings).unwrap();
    fs::write(library.files.path().join("choir.txt"), ENGLISH[2].1).unwrap();
    let (status, reply) = library.json(&["ingest", library.files.path().to_str().unwrap()]);
    assert_eq!(status, 0, "{reply}");
    let (_, reply) = library.json(&["ask", "合唱团什么时候排练？", "--no-answer", "--rerank", "off"]);
    assert_eq!(word(&reply["models"], "embedder"), "multilingual-e5-small-zh-en");
    assert!(!rows(&reply, "candidates")[0]["vector"].is_null());
}

#[test]
fn each_passage_is_judged_by_the_reranker_of_its_language_and_the_questions() {
    let library = Library::default();
    // The reranker reads the name of the folder, too, which must not be another one in each run.
    let notes = library.files.path().join("notes");
    fs::create_dir(&notes).unwrap();
    for (name, text) in ENGLISH.iter().chain(&CHINESE) {
        fs::write(notes.join(name), text).unwrap();
    }
    library.json(&["ingest", notes.to_str().unwrap()]);
    let (english, bilingual) = ("ms-marco-MiniLM-L-12-v2", "assay-reranker-zh-en");
    for (question, of_english, right) in [
        ("How long does the dough rest?", english, "bread.txt"),
        ("番茄什么时候移栽？", bilingual, "菜园笔记.txt"),
        ("合唱团什么时候排练？", bilingual, "choir.txt"),
        ("When are the tomatoes planted out?", english, "菜园笔记.txt"),
    ] {
        let (_, reply) = library.json(&["ask", question, "--no-answer"]);
        let candidates = rows(&reply, "candidates");
        let kept: Vec<&str> =
            candidates.iter().filter(|row| row["outcome"] == "kept").map(|row| word(row, "name")).collect();
        assert_eq!(kept, [right], "{question}");
        for row in candidates {
            let is_english = ENGLISH.iter().any(|(name, _)| *name == word(row, "name"));
            let model = if is_english { of_english } else { bilingual };
            assert_eq!(word(&row["rerank"], "model"), model, "{question}: {row}");
        }
        let rerank = rows(&reply, "stages").iter().find(|stage| stage["name"] == "rerank").unwrap();
        assert_eq!((word(rerank, "state"), &rerank["code"]), ("done", &Value::Null), "{question}");
        assert_eq!(reply["threshold"]["rule"], "measured");
    }
    // A model that was named reads what it was made for, and the rest keeps the order of retrieval.
    let (_, reply) = library.json(&["ask", "番茄什么时候移栽？", "--no-answer", "--model", english]);
    let rerank = rows(&reply, "stages").iter().find(|stage| stage["name"] == "rerank").unwrap();
    assert_eq!((word(rerank, "state"), word(rerank, "code")), ("skipped", "language_unknown_to_model"));
}
