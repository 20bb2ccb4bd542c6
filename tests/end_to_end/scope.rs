//! Tests of questions that search only some documents.

use std::collections::BTreeSet;
use std::fs;

use assay_tests::{Library, rows, word};
use serde_json::{Value, json};

const FILES: [(&str, &str); 4] = [
    (
        "2023/budget.md",
        "# Budget\n\nThe budget of the harbour office is 40 crowns. It pays for lamps, ropes and paint.\n",
    ),
    (
        "2024/budget.md",
        "# Budget\n\nThe budget of the harbour office is 55 crowns. It pays for lamps, ropes and paint.\n",
    ),
    ("2024/memo.txt", "The harbour master asks for a larger budget, because the ropes of the pier are old and wet.\n"),
    (
        "2024/yusuan.txt",
        "港口办公室今年的预算是五十五克朗，用来购买灯具、绳索和油漆。去年的预算只有四十克朗，不够使用。\n",
    ),
];

const QUESTION: &str = "What is the budget of the harbour office?";

fn found(reply: &Value) -> BTreeSet<String> {
    let place = |row: &Value| format!("{}/{}", word(row, "folder"), word(row, "name"));
    rows(reply, "candidates").iter().map(place).collect()
}

#[test]
fn filters_limit_what_is_searched_and_the_reply_says_to_how_much() {
    let library = Library::default();
    let files = library.files.path().canonicalize().unwrap();
    for (name, text) in FILES {
        let path = files.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    assert_eq!(library.json(&["ingest", files.to_str().unwrap()]).0, 0);
    let (_, list) = library.json(&["documents"]);
    let id = |place: &str| {
        let row = rows(&list, "documents").iter().find(|row| word(row, "path").ends_with(place)).unwrap();
        row["id"].to_string()
    };
    let [memo, chinese] = ["memo.txt", "yusuan.txt"].map(id);
    let folder = files.join("2024");
    let folder = folder.to_str().unwrap();
    let ask = |filters: &[&str]| library.json(&[&["ask", QUESTION, "--no-answer"], filters].concat());
    let all = BTreeSet::from(FILES.map(|(name, _)| name.to_owned()));
    let some = |places: &[usize]| -> BTreeSet<String> { places.iter().map(|&at| FILES[at].0.to_owned()).collect() };

    let (_, whole) = ask(&[]);
    assert_eq!((found(&whole), &whole["scope"]), (all.clone(), &Value::Null));
    for (filters, wanted) in [
        (vec!["--folder", "2024"], some(&[1, 2, 3])),
        (vec!["--folder", folder], some(&[1, 2, 3])),
        (vec!["--folder", "2024", "--format", "md"], some(&[1])),
        (vec!["--format", "md"], some(&[0, 1])),
        (vec!["--language", "zh"], some(&[3])),
        (vec!["--document", &memo, "--document", &chinese], some(&[2, 3])),
        (vec!["--since", "2000-01-01"], all),
    ] {
        let (_, reply) = ask(&filters);
        assert_eq!(found(&reply), wanted, "{filters:?}: {}", reply["stages"]);
        assert_eq!(reply["scope"], json!({ "documents": wanted.len(), "of": FILES.len() }), "{filters:?}");
    }
    let why = |flags: &[&str]| library.json(&[&["explain", QUESTION, "--why", "is 40 crowns"], flags].concat()).1;
    assert_eq!(word(&why(&["--folder", "2024"]), "outcome"), "out_of_scope");
    assert_ne!(word(&why(&["--folder", "2023"]), "outcome"), "out_of_scope");
    assert_eq!(library.run(&["explain", QUESTION, "--chunk", "1-0", "--folder", "2023"]).status.code(), Some(2));

    for (filters, says) in [
        (vec!["--before", "2000-01-01"], "meets all filters"),
        (vec!["--folder", "2025"], "meets all filters"),
        (vec!["--since", "yesterday"], "yesterday"),
        (vec!["--language", "klingon"], "klingon"),
    ] {
        let (status, reply) = ask(&filters);
        assert_eq!((status, &reply["problem"]["problem"]), (2, &json!("bad_setting")), "{filters:?}: {reply}");
        assert!(word(&reply["problem"], "message").contains(says), "{reply}");
    }
}
