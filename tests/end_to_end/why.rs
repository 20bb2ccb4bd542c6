//! Why a passage was not found: `assay explain QUESTION --why TEXT`, on the shipped models.

use std::fs;

use assay_tests::{Library, root, rows, word};
use serde_json::Value;

const QUESTION: &str = "How often is the filter of the pond pump cleaned?";

/// Texts on many subjects, so that a small pool leaves some out.
const OTHERS: [(&str, &str); 8] = [
    ("bread.txt", "Mix the rye flour with warm water and leave it in a bowl overnight."),
    ("garden.txt", "Tomatoes are watered in the morning. The fence needs paint before the winter."),
    ("trains.txt", "The night train leaves platform nine at 22:14. A reservation is required."),
    ("choir.txt", "Rehearsals are on Thursdays in the hall. Bring the printed music and a pencil."),
    ("boat.txt", "The boat lies on the slip until May. Its filter for diesel is changed in spring."),
    ("急救常识.txt", "烫伤后立即用流动的凉水冲洗十分钟以上，不要涂抹牙膏或酱油。"),
    ("旅行计划.txt", "第一天乘早班高铁到达，下午参观古城墙。返程车票需提前两周预订。"),
    ("pump.txt", "The filter of the pond pump is rinsed every two weeks in summer and monthly in winter."),
];

fn library() -> Library {
    let library = Library::default();
    for (name, text) in OTHERS {
        fs::write(library.files.path().join(name), text).unwrap();
    }
    let (status, reply) = library.json(&["ingest", library.files.path().to_str().unwrap()]);
    assert_eq!(status, 0, "{reply}");
    library
}

fn explain(library: &Library, text: &str, flags: &[&str]) -> (i32, Value) {
    library.json(&[&["explain", QUESTION, "--why", text], flags].concat())
}

fn stage<'a>(reply: &'a Value, name: &str) -> &'a Value {
    rows(reply, "stages").iter().find(|stage| word(stage, "name") == name).unwrap()
}

#[test]
fn a_text_is_followed_with_the_ranks_and_scores_of_ask() {
    let library = library();
    let (status, reply) = explain(&library, "rinsed every  TWO weeks", &[]);
    assert_eq!((status, word(&reply, "outcome")), (0, "kept"), "{reply}");
    assert_eq!((reply["found"].as_bool(), word(&reply["passage"], "name")), (Some(true), "pump.txt"));
    let (_, asked) = library.json(&["ask", QUESTION, "--no-answer"]);
    let pump = rows(&asked, "candidates").iter().find(|row| word(row, "name") == "pump.txt").unwrap();
    let close = |a: &Value, b: &Value| (a.as_f64().unwrap() - b.as_f64().unwrap()).abs() < 1e-5;
    for (name, part, score) in
        [("vector", "vector", "similarity"), ("lexical", "lexical", "score"), ("fused", "fused", "score")]
    {
        assert_eq!(stage(&reply, name)["rank"], pump[part]["rank"], "{name}: {reply}");
        assert!(close(&stage(&reply, name)["score"], &pump[part][score]), "{name}: {reply}");
    }
    assert_eq!(stage(&reply, "vector")["of"], OTHERS.len(), "every passage of the library is ranked");
    assert!(close(&stage(&reply, "rerank")["score"], &pump["rerank"]["logit"]), "{reply}");

    // With one candidate for each retriever the boat is none; it keeps its rank and is judged by itself.
    let (status, small) = explain(&library, "The boat lies on the slip", &["--candidates", "1"]);
    assert_eq!((status, word(&small, "outcome")), (0, "not_in_pool"), "{small}");
    let (_, whole) = explain(&library, "The boat lies on the slip", &[]);
    for name in ["vector", "lexical"] {
        assert_eq!(stage(&small, name)["rank"], stage(&whole, name)["rank"], "{name}");
        assert_eq!(stage(&small, name)["score"], stage(&whole, name)["score"], "{name}");
        assert_eq!(word(stage(&small, name), "cut"), "not_in_pool");
    }
    assert_eq!(word(stage(&small, "rerank"), "standing"), "outside");
    assert!(close(&stage(&small, "rerank")["score"], &stage(&whole, "rerank")["score"]), "{small} {whole}");
    assert!(stage(&small, "fused")["rank"].is_null() && stage(&small, "fused")["score"].is_null());

    let (_, off) = explain(&library, "The boat lies on the slip", &["--rerank", "off", "--top", "1"]);
    assert_eq!(word(&off, "outcome"), "beyond_top");
    let rerank = stage(&off, "rerank");
    assert!(rerank["score"].is_null() && word(rerank, "code") == "reranking_off", "{rerank}");

    let printed = library.run(&["explain", QUESTION, "--why", "The boat lies on the slip", "--candidates", "1"]);
    let printed = String::from_utf8(printed.stdout).unwrap();
    assert!(printed.contains("boat.txt") && printed.contains("cut: not_in_pool"), "{printed}");
}

#[test]
fn a_text_that_the_question_cannot_reach_says_why() {
    let library = library();
    let (_, elsewhere) = explain(&library, "rinsed every two weeks", &["--collection", "letters"]);
    assert_eq!(word(&elsewhere, "outcome"), "other_collection", "{elsewhere}");

    let (status, nowhere) = explain(&library, "zebras graze on the roof of the opera", &[]);
    assert_eq!((status, nowhere["found"].as_bool()), (3, Some(false)), "{nowhere}");
    assert_eq!(word(&nowhere, "outcome"), "in_no_document");
    assert!(rows(&nowhere, "stages").iter().all(|stage| stage["rank"].is_null() && stage["score"].is_null()));

    let unread = root().join("tests/documents/encrypted.pdf");
    library.json(&["ingest", unread.to_str().unwrap()]);
    let (_, nowhere) = explain(&library, "zebras graze on the roof of the opera", &[]);
    assert_eq!(word(&nowhere, "outcome"), "document_not_read", "{nowhere}");
    assert_eq!(word(&rows(&nowhere, "unread")[0], "name"), "encrypted.pdf");

    let watched = tempfile::tempdir().unwrap();
    fs::write(watched.path().join("kiln.txt"), "The kiln is fired at 1240 degrees for nine hours.").unwrap();
    assert_eq!(library.json(&["watch", watched.path().to_str().unwrap(), "--once"]).0, 0);
    fs::remove_file(watched.path().join("kiln.txt")).unwrap();
    library.json(&["watch", "--once"]);
    let (_, gone) = explain(&library, "fired at 1240 degrees", &[]);
    assert_eq!((word(&gone, "outcome"), word(&gone["passage"], "name")), ("document_missing", "kiln.txt"), "{gone}");
}

#[test]
fn a_question_or_a_text_without_words_is_bad_usage() {
    let library = library();
    assert_eq!(library.run(&["explain", QUESTION, "--why", " … "]).status.code(), Some(2));
    assert_eq!(library.run(&["explain", " ", "--why", "pump"]).status.code(), Some(2));
    assert_eq!(library.run(&["explain", QUESTION]).status.code(), Some(2));
    assert_eq!(library.run(&["explain", QUESTION, "--chunk", "1-0", "--top", "3"]).status.code(), Some(2));
}
