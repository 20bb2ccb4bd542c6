//! The real window: files dropped, a question asked, both scores read from the page, a citation
//! opened. Its display, window manager and driver are started here, one set for each test.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, reason = "test code")]
#![cfg(target_os = "linux")]

mod driver;

use std::time::{Duration, Instant};

use assay_tests::{Library, built, rows, samples, word};
use driver::Driver;
use serde_json::{Value, json};

const QUESTION: &str = "When did Ottilie Brandvold die?";

/// Every number that a row of the table shows, as the page holds it.
const READ_ROWS: &str = "
    return [...document.querySelectorAll('[data-test=candidate-row]')].map((row) => {
        const value = (name) => row.querySelector(`[data-test=${name}]`)?.dataset.value ?? null;
        return {
            chunk: row.dataset.chunk, outcome: row.dataset.outcome,
            similarity: value('similarity'), 'vector-rank': value('vector-rank'),
            bm25: value('bm25'), 'lexical-rank': value('lexical-rank'), 'fused-rank': value('fused-rank'),
            logit: value('logit'), sigmoid: value('sigmoid'), 'rerank-rank': value('rerank-rank'),
        };
    });";

#[test]
fn files_are_dropped_asked_and_cited() {
    let library = Library::default();
    let window = Driver::start(&built("assay-desktop"), library.data.path());

    window.wait("the empty library", Duration::from_secs(60), "document.querySelector('[data-test=ask-box]')");
    drop_files(&window, &[&samples(), "/no/such/file.txt"]);
    window.wait("the ingest's end", Duration::from_secs(240), DONE);
    let states = window
        .run("return [...document.querySelectorAll('[data-test=document-row]')].map((row) => row.dataset.state);");
    let states: Vec<&str> = states.as_array().unwrap().iter().map(|state| state.as_str().unwrap()).collect();
    assert!(states.len() >= 12 && states.iter().all(|state| *state == "committed"), "{states:?}");
    window.picture("library");

    ask(&window);
    let page = window.run(READ_ROWS);
    window.picture("answer");

    let cited = window.run("return document.querySelector('[data-test=citation]').dataset.number;");
    assert!(cited.as_str().is_some_and(|number| number.parse::<u32>().is_ok()), "{cited}");
    window.run("document.querySelector('[data-test=citation]').click();");
    window.wait(
        "the passage",
        Duration::from_secs(10),
        "document.querySelector('[data-test=passage-mark]')?.textContent",
    );
    let marked = window.run("return document.querySelector('[data-test=passage-mark]').textContent;");
    let chunk = window.run("return document.querySelector('[data-test=passage]').dataset.chunk;");
    window.picture("passage");
    look_closer(&window);
    drop(window);
    let begun = Instant::now();
    while !library.run(&["documents"]).status.success() {
        assert!(begun.elapsed() < Duration::from_secs(20), "the window still holds the library after it was closed");
    }

    // The terminal over the same library says the same, number for number.
    let (_, reply) = library.json(&["ask", QUESTION]);
    same(page.as_array().unwrap(), rows(&reply, "candidates"));
    let passage = rows(&reply, "candidates").iter().find(|row| row["chunk"] == chunk).unwrap();
    assert_eq!(marked.as_str().unwrap(), word(passage, "text"));
}

/// Every view that looks closer, over the real engines: what carries the score, the document as it
/// was printed, two set-ups, a measurement on a mark, what asking costs.
fn look_closer(window: &Driver) {
    let click = |test: &str| {
        let there = format!("document.querySelector('{test}') && !document.querySelector('{test}').disabled");
        window.wait(test, Duration::from_secs(30), &there);
        window.run(&format!("document.querySelector('{test}').click();"));
    };
    let wait = |test: &str| window.wait(test, Duration::from_secs(90), &format!("document.querySelector('{test}')"));

    click("[data-test=explain]");
    wait("[data-test=explained]");
    let shaded = window.run("return document.querySelectorAll('[data-test=passage-mark] .raises').length;");
    assert!(shaded.as_u64().is_some_and(|count| count > 0), "no sentence carries the score: {shaded}");
    window.picture("explained");
    click("[data-test=mark-yes]");
    wait("[data-test=mark-yes][aria-pressed=true]");

    click("[data-test=open-document]");
    wait("[data-test=document-mark]");
    window.picture("document");
    click("[data-test=printed] input[value=pages]");
    wait("[data-test=drawn], [data-test=not-drawn]");
    let drawn =
        window.run("return document.querySelector('[data-test=drawn]')?.dataset.located ?? document.body.innerText;");
    window.picture("printed");
    assert_eq!(drawn, "true", "the passage is marked on its printed page");

    click("[data-view=inspect]");
    wait("[data-test=cut]");
    window.picture("inspect");
    click("[data-view=compare]");
    click("[data-test=compare]");
    wait("[data-test=differences]");
    window.picture("compare");
    click("[data-view=measure]");
    click("[data-test=measure]");
    wait("[data-test=run]");
    window.picture("measure");
    click("[data-view=cost]");
    wait("[data-test=cost]");
    window.picture("cost");
}

/// No file row is under way and at least one is through.
const DONE: &str = "(() => {
    const rows = [...document.querySelectorAll('[data-test=document-row]')];
    const busy = document.querySelector('[data-test=ingest-progress]')?.dataset.busy === 'true';
    return rows.length >= 12 && !busy && rows.every((row) => ['committed', 'failed'].includes(row.dataset.state));
})()";

/// The event that Tauri makes of files dropped from the desktop.
fn drop_files(window: &Driver, paths: &[&str]) {
    let payload = json!({ "paths": paths, "position": { "x": 400, "y": 300 } });
    let script = "return window.__TAURI_INTERNALS__.invoke('plugin:event|emit', { event: 'tauri://drag-drop', payload: arguments[0] });";
    window.run_with(script, &[payload]);
}

fn ask(window: &Driver) {
    let script = "
        const box = document.querySelector('[data-test=ask-box]');
        Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value').set.call(box, arguments[0]);
        box.dispatchEvent(new Event('input', { bubbles: true }));";
    window.run_with(script, &[json!(QUESTION)]);
    window.wait("the ask button", Duration::from_secs(5), "!document.querySelector('[data-test=ask-button]').disabled");
    window.run("document.querySelector('[data-test=ask-button]').click();");
    window.wait("the cited answer", Duration::from_secs(120), "document.querySelector('[data-test=answer][data-kind] [data-test=citation], [data-test=answer] ~ * [data-test=citation], [data-test=citation]')");
}

/// Each number on the page equals the one in the terminal's JSON; scores of the encoders within
/// what their batches may differ by.
fn same(page: &[Value], candidates: &[Value]) {
    assert_eq!(page.len(), candidates.len());
    for candidate in candidates {
        let chunk = word(candidate, "chunk");
        let row = page.iter().find(|row| row["chunk"] == chunk).unwrap_or_else(|| panic!("{chunk} is not on the page"));
        assert_eq!(row["outcome"], candidate["outcome"], "{chunk}");
        for (cell, leg, field) in [
            ("similarity", "vector", "similarity"),
            ("vector-rank", "vector", "rank"),
            ("bm25", "lexical", "score"),
            ("lexical-rank", "lexical", "rank"),
            ("fused-rank", "fused", "rank"),
            ("logit", "rerank", "logit"),
            ("sigmoid", "rerank", "probability"),
            ("rerank-rank", "rerank", "rank"),
        ] {
            let shown = row[cell].as_str().filter(|text| !text.is_empty()).map(|text| text.parse::<f64>().unwrap());
            let stated = candidate[leg][field].as_f64();
            match (shown, stated) {
                (None, None) => (),
                (Some(shown), Some(stated)) => {
                    assert!((shown - stated).abs() < 1e-4, "{chunk} {cell}: {shown} {stated}")
                }
                other => panic!("{chunk} {cell}: {other:?}"),
            }
        }
    }
}
