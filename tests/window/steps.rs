//! Steps shared by scenarios.

use std::time::Duration;

use serde_json::{Value, json};

use crate::driver::Driver;

pub const QUESTION: &str = "When did Ottilie Brandvold die?";

/// An expression that is true when the current turn asks this question and has ended.
fn answered(question: &str) -> String {
    format!(
        "(() => {{ const turn = document.querySelector('[data-test=turn]');
            return turn?.dataset.phase === 'done' && turn.querySelector('.question').textContent === {}; }})()",
        json!(question)
    )
}

/// Puts a question into the box.
pub fn fill(window: &Driver, question: &str) {
    let script = "
        const box = document.querySelector('[data-test=ask-box]');
        Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value').set.call(box, arguments[0]);
        box.dispatchEvent(new Event('input', { bubbles: true }));";
    window.run_with(script, &[json!(question)]);
}

/// Asks a question and waits for the end of the answer.
pub fn ask(window: &Driver, question: &str) {
    go(window, "ask");
    fill(window, question);
    window.click("[data-test=ask-button]");
    window.wait("the answer", Duration::from_secs(60), &answered(question));
}

/// Opens a view by its tab; those of the lab have tabs of their own.
pub fn go(window: &Driver, view: &str) {
    if ["compare", "measure", "cost"].contains(&view) {
        window.click("[data-test=tab][data-view=lab]");
        window.see("[data-test=tab][data-view=lab][aria-current=page]");
    }
    window.click(&format!("[data-test=tab][data-view={view}]"));
    window.see(&format!("[data-test=tab][data-view={view}][aria-current=page]"));
}

/// Shows the question at a depth: answer, why or scores.
pub fn deepen(window: &Driver, depth: &str) {
    window.click(&format!("[data-test=depth] input[value={depth}]"));
    let chosen = format!("document.querySelector('[data-test=depth] input[value={depth}]').checked");
    window.wait(depth, Duration::from_secs(10), &chosen);
}

/// The names of the documents in a state.
pub fn names(window: &Driver, state: &str) -> Vec<String> {
    let script = "return [...document.querySelectorAll('[data-test=document-row]')]
        .filter((row) => row.dataset.state === arguments[0]).map((row) => row.querySelector('.name').textContent);";
    let names = window.run_with(script, &[json!(state)]);
    names.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
}

/// Waits until no file is being read and a document of this name is committed.
pub fn arrived(window: &Driver, name: &str) {
    let there = format!(
        "document.querySelector('[data-test=ingest-progress]')?.dataset.busy === 'false' &&
        [...document.querySelectorAll('[data-test=document-row][data-state=committed] .name')].some((row) => row.textContent === {})",
        json!(name)
    );
    window.wait(name, Duration::from_secs(180), &there);
}

/// Waits until no file is being read and every document has a final state.
pub fn rested(window: &Driver) {
    let done = "document.querySelector('[data-test=ingest-progress]')?.dataset.busy === 'false' &&
        [...document.querySelectorAll('[data-test=document-row]')].every((row) => ['committed', 'failed', 'quarantined', 'offline'].includes(row.dataset.state))";
    window.wait("the end of the ingest", Duration::from_secs(240), done);
}

/// The rows of the first table of candidates: shown text and exact values.
pub fn table(window: &Driver) -> Vec<Value> {
    let script = "
        const table = document.querySelector('[data-test=candidates]');
        return [...table.querySelectorAll('[data-test=candidate-row]')].map((row) => {
            const cell = (name) => row.querySelector(`[data-test=${name}]`);
            const cells = ['similarity', 'vector-rank', 'bm25', 'lexical-rank', 'fused-rank', 'logit', 'sigmoid', 'rerank-rank'];
            return {
                chunk: row.dataset.chunk,
                outcome: row.dataset.outcome,
                shown: Object.fromEntries([...cells, 'tokens'].map((name) => [name, cell(name)?.textContent.trim() ?? null])),
                held: Object.fromEntries(cells.map((name) => [name, cell(name)?.dataset.value ?? null])),
            };
        });";
    window.run(script).as_array().unwrap().clone()
}

/// Clicks the first button with this text or label in an element.
pub fn press(window: &Driver, within: &str, words: &str) {
    let script = "const button = [...document.querySelectorAll(`${arguments[0]} button`)].find((one) => one.textContent.trim() === arguments[1] || one.getAttribute('aria-label') === arguments[1]);
        if (!button) return false;
        button.click();
        return true;";
    let pressed = window.run_with(script, &[json!(within), json!(words)]);
    assert_eq!(pressed, true, "no button {words} in {within}");
}
