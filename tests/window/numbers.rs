//! Numbers on the screen equal the engine's to the shown decimals: compares over thirty questions with the
//! stored replies, and one question with the terminal.

use std::fs;

use assay_tests::{Library, root, rows, word};
use serde_json::Value;

use crate::driver::Driver;
use crate::scenarios::{Scenarios, say};
use crate::steps::{QUESTION, ask, deepen, table};

/// Questions in addition to those of the samples.
const MORE: [&str; 4] = [
    "What does the reading room ask of its guests?",
    "Which version raised the limit of the thumbnail cache?",
    "harbour high water north",
    "北港的高潮位是多少？",
];

/// Numbers in the table: cell, object and field in the reply, shown decimals.
const NUMBERS: [(&str, &str, &str, usize); 7] = [
    ("similarity", "vector", "similarity", 3),
    ("vector-rank", "vector", "rank", 0),
    ("bm25", "lexical", "score", 2),
    ("lexical-rank", "lexical", "rank", 0),
    ("fused-rank", "fused", "rank", 0),
    ("logit", "rerank", "logit", 2),
    ("rerank-rank", "rerank", "rank", 0),
];

/// Returns the rows of the page for the question that the terminal is asked too.
pub fn scenarios(all: &mut Scenarios, window: &Driver) -> Vec<Value> {
    let mut page = Vec::new();
    all.run("every number of thirty questions equals the engine's to the shown decimals", window, |window| {
        let text = fs::read_to_string(root().join("samples/questions.jsonl")).unwrap();
        let asked = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap()["question"].as_str().unwrap().to_owned());
        let questions: Vec<String> = asked.chain(MORE.map(str::to_owned)).collect();
        assert!(questions.len() >= 30);
        window.click("[data-test=new-conversation]");
        let mut compared = 0;
        for question in &questions {
            ask(window, question);
            deepen(window, "scores");
            compared += compare(window, question);
        }
        say(&format!("window measure: {compared} numbers of {} questions compared with the engine's", questions.len()));
        assert!(compared > 2_000, "only {compared} numbers were compared");
    });
    all.run("the numbers of one question are recorded for the terminal", window, |window| {
        window.click("[data-test=new-conversation]");
        ask(window, QUESTION);
        page = table(window);
        assert!(!page.is_empty());
    });
    page
}

/// Compares the page's text with the stored reply; returns the number of compared numbers.
fn compare(window: &Driver, question: &str) -> usize {
    let reply = last_reply(window);
    assert_eq!(word(&reply, "question"), question);
    let (page, candidates) = (table(window), rows(&reply, "candidates"));
    assert_eq!(page.len(), candidates.len(), "{question}");
    let mut compared = 0;
    for (row, candidate) in page.iter().zip(candidates) {
        let at = format!("{question}: {}", word(candidate, "chunk"));
        assert_eq!((&row["chunk"], &row["outcome"]), (&candidate["chunk"], &candidate["outcome"]), "{at}");
        for (cell, retriever, field, places) in NUMBERS {
            compared +=
                same(&row["shown"][cell], candidate[retriever][field].as_f64(), places, &format!("{at} {cell}"));
        }
        compared += sigmoid(&row["shown"]["sigmoid"], candidate["rerank"]["probability"].as_f64(), &at);
        compared += tokens(&row["shown"]["tokens"], &candidate["rerank"], &at);
    }
    let stages = window.run("return [...document.querySelector('[data-test=stages]').querySelectorAll('[data-test=stage]')].map((stage) => [stage.dataset.stage, Number(stage.dataset.ms), stage.textContent.trim()]);");
    for (shown, stage) in stages.as_array().unwrap().iter().zip(rows(&reply, "stages")) {
        assert_eq!(shown[0], stage["name"]);
        let ms = stage["ms"].as_f64().unwrap();
        assert!(shown[2].as_str().unwrap().ends_with(&duration(ms)), "{shown} is not {ms} ms");
        compared += 1;
    }
    compared
}

fn last_reply(window: &Driver) -> Value {
    let script = "const done = arguments[arguments.length - 1];
        const call = window.__TAURI_INTERNALS__.invoke;
        call('conversations').then((rows) => Math.max(...rows.map((row) => row.id)))
            .then((conversation) => call('turns', { conversation })).then((turns) => done(turns.at(-1).reply), (problem) => done({ question: JSON.stringify(problem) }));";
    window.run_to_end(script, &[])
}

/// Checks that a cell shows the number rounded to `places` decimals, or a dash if there is none; returns 1 or 0.
fn same(shown: &Value, stated: Option<f64>, places: usize, at: &str) -> usize {
    let shown = shown.as_str().unwrap_or_else(|| panic!("{at} is not on the page"));
    let Some(stated) = stated else {
        assert_eq!(shown, "–", "{at}");
        return 0;
    };
    let number = shown.replace('−', "-");
    assert_eq!(number.split_once('.').map_or(0, |(_, after)| after.len()), places, "{at}: {shown}");
    let number: f64 = number.parse().unwrap_or_else(|_| panic!("{at}: {shown} is not a number"));
    let half = 0.5 * 10f64.powi(-(places as i32));
    assert!((number - stated).abs() <= half + 1e-9, "{at}: {shown} is not {stated}");
    1
}

fn sigmoid(shown: &Value, stated: Option<f64>, at: &str) -> usize {
    match (shown.as_str(), stated) {
        (Some("<0.001"), Some(stated)) => assert!(stated < 0.0005, "{at}: {stated}"),
        (Some(">0.999"), Some(stated)) => assert!(stated >= 0.9995, "{at}: {stated}"),
        _ => return same(shown, stated, 3, at),
    }
    1
}

/// Checks the token count: `read`, or `read/total` if they differ.
fn tokens(shown: &Value, rerank: &Value, at: &str) -> usize {
    let (Some(read), Some(total)) = (rerank["tokens_read"].as_u64(), rerank["tokens_total"].as_u64()) else {
        assert_eq!(shown, "–", "{at}");
        return 0;
    };
    let wanted = if read < total { format!("{read}/{total}") } else { read.to_string() };
    assert_eq!(shown.as_str(), Some(wanted.as_str()), "{at}");
    1
}

fn duration(ms: f64) -> String {
    match ms {
        ms if ms < 0.95 => "<1 ms".into(),
        ms if ms < 1000.0 => format!("{} ms", (ms + 0.5).floor()),
        ms if ms < 10_000.0 => format!("{:.2} s", ms / 1000.0),
        ms => format!("{:.1} s", ms / 1000.0),
    }
}

/// Compares the terminal's numbers with the page's. Scores may differ by 1e-4, because batches may differ.
pub fn in_the_terminal(all: &mut Scenarios, library: &Library, page: &[Value]) {
    all.check("the terminal gives the same numbers for the same library", || {
        let (_, reply) = library.json(&["ask", QUESTION]);
        let candidates = rows(&reply, "candidates");
        assert_eq!(page.len(), candidates.len());
        for candidate in candidates {
            let chunk = word(candidate, "chunk");
            let row =
                page.iter().find(|row| row["chunk"] == chunk).unwrap_or_else(|| panic!("{chunk} is not on the page"));
            for (cell, retriever, field, _) in NUMBERS {
                let held =
                    row["held"][cell].as_str().filter(|text| !text.is_empty()).map(|text| text.parse::<f64>().unwrap());
                match (held, candidate[retriever][field].as_f64()) {
                    (None, None) => (),
                    (Some(held), Some(stated)) => {
                        assert!((held - stated).abs() < 1e-4, "{chunk} {cell}: {held} {stated}")
                    }
                    other => panic!("{chunk} {cell}: {other:?}"),
                }
            }
        }
    });
}
