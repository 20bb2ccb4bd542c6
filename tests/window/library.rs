//! The library view: retrying a failed file, removing a document, checking the index.

use std::fs;
use std::time::Duration;

use serde_json::json;

use crate::arriving::dragged;
use crate::driver::Driver;
use crate::scenarios::Scenarios;
use crate::steps::{QUESTION, ask, deepen, go, names, press, rested};

const BROKEN: &str = "broken harbour plan.pdf";

pub fn scenarios(all: &mut Scenarios, window: &Driver) {
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join(BROKEN);
    all.run("a file that cannot be read has a row with the reason", window, |window| {
        fs::write(&broken, "%PDF-1.7 and nothing more").unwrap();
        dragged(window, &[&format!("file://{}", broken.display().to_string().replace(' ', "%20"))]);
        window.wait(
            "the failed row",
            Duration::from_secs(120),
            "document.querySelector('[data-test=document-row][data-state=failed] .reason')",
        );
        rested(window);
        assert_eq!(names(window, "failed"), [BROKEN]);
        window.picture("failed-file");
    });
    all.run("retry reads the file after it was repaired", window, |window| {
        fs::copy(assay_tests::root().join("samples/library/brandvold-biography.pdf"), &broken).unwrap();
        window.click("[data-test=document-row][data-state=failed] [data-test=retry]");
        window.wait(
            "no failed row",
            Duration::from_secs(120),
            "!document.querySelector('[data-test=document-row][data-state=failed]')",
        );
        rested(window);
        assert!(names(window, "committed").contains(&BROKEN.into()));
    });
    all.run("a cancelled removal keeps the document", window, |window| {
        remove(window, BROKEN);
        press(window, "[data-test=confirm]", "Cancel");
        window.miss("[data-test=confirm]");
        assert!(names(window, "committed").contains(&BROKEN.into()));
    });
    all.run("a conversation finds a passage of the document", window, |window| {
        window.click("[data-test=new-conversation]");
        ask(window, QUESTION);
        deepen(window, "scores");
        assert!(found(window, BROKEN) > 0);
    });
    all.run("a removed document is no longer found, and its file stays", window, |window| {
        remove(window, BROKEN);
        window.click("[data-test=confirm-yes]");
        window.until("one row less", Duration::from_secs(30), |window| {
            !names(window, "committed").contains(&BROKEN.into())
        });
        assert!(broken.is_file());
        window.click("[data-test=new-conversation]");
        ask(window, QUESTION);
        assert_eq!(found(window, BROKEN), 0);
    });
    all.run("the stored conversation loses the document's name and text and keeps its scores", window, |window| {
        // The list is newest first: the second conversation is the earlier one.
        window.click("[data-test=conversation]:nth-child(2) button");
        window.wait(
            "the kept answer",
            Duration::from_secs(20),
            "[...document.querySelectorAll('[data-test=candidate-row] .where')].some((one) => one.textContent.includes('Removed from the library'))",
        );
        assert_eq!(found(window, BROKEN), 0);
        let without = "return [...document.querySelectorAll('[data-test=candidate-row]')].filter((row) => !row.querySelector('[data-test=open-passage]')).map((row) => row.querySelector('[data-test=fused-rank]').dataset.value);";
        let ranks = window.run(without);
        assert!(ranks.as_array().unwrap().iter().all(|rank| rank.as_str().is_some_and(|rank| !rank.is_empty())), "{ranks}");
        window.picture("removed-from-kept-answer");
        deepen(window, "answer");
        window.click("[data-test=new-conversation]");
    });
    all.run("a question to one file searches that file alone", window, |window| {
        go(window, "library");
        window.click("[data-test=file-row][data-state=committed] [data-test=pick-file]");
        window.click("[data-test=ask-picked]");
        window.see("[data-test=filter-document]");
        ask(window, QUESTION);
        let searched = window.text("[data-test=searched]");
        assert!(searched.starts_with("1 of "), "{searched}");
        let script = "return new Set([...document.querySelectorAll('[data-test=source] .name')].map((one) => one.textContent)).size;";
        assert!(window.run(script).as_u64().unwrap() <= 1);
        window.picture("filtered");
        window.click("[data-test=filters-clear]");
        window.miss("[data-test=filter-document]");
        window.click("[data-test=filters-open]");
        window.click("[data-test=new-conversation]");
    });
    all.run("the check finds that index and documents agree", window, |window| {
        window.click("[data-test=check]");
        window.wait("the check", Duration::from_secs(60), "document.querySelector('dialog[open]')");
        let said = window.text("dialog[open]");
        assert!(said.contains("none is missing"), "{said}");
        window.keys(&["Escape"]);
        window.miss("dialog[open]");
    });
}

/// The number of shown candidates that belong to this document.
fn found(window: &Driver, name: &str) -> usize {
    let script = "return [...document.querySelectorAll('[data-test=open-passage]')].filter((one) => one.textContent === arguments[0]).length;";
    window.run_with(script, &[json!(name)]).as_u64().unwrap() as usize
}

fn remove(window: &Driver, name: &str) {
    let script = "[...document.querySelectorAll('[data-test=document-row]')].find((row) => row.querySelector('.name').textContent === arguments[0]).querySelector('[data-test=remove]').click();";
    window.run_with(script, &[json!(name)]);
    window.see("[data-test=confirm]");
}
