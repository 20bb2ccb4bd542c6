//! The library: what failed and is tried again, what is taken out, whether it all adds up.

use std::fs;
use std::time::Duration;

use serde_json::json;

use crate::arriving::dragged;
use crate::driver::Driver;
use crate::scenarios::Scenarios;
use crate::steps::{ask, names, press, rested};

pub fn scenarios(all: &mut Scenarios, window: &Driver) {
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("broken harbour plan.pdf");
    all.run("a file that cannot be read has a row that says why", window, |window| {
        fs::write(&broken, "%PDF-1.7 and nothing more").unwrap();
        dragged(window, &[&format!("file://{}", broken.display().to_string().replace(' ', "%20"))]);
        window.wait(
            "the failed row",
            Duration::from_secs(120),
            "document.querySelector('[data-test=document-row][data-state=failed] .reason')",
        );
        rested(window);
        assert_eq!(names(window, "failed"), ["broken harbour plan.pdf"]);
        window.picture("failed-file");
    });
    all.run("it is tried again after it was mended", window, |window| {
        fs::copy(assay_tests::root().join("samples/library/brandvold-biography.pdf"), &broken).unwrap();
        window.click("[data-test=document-row][data-state=failed] [data-test=retry]");
        window.wait(
            "no failed row",
            Duration::from_secs(120),
            "!document.querySelector('[data-test=document-row][data-state=failed]')",
        );
        rested(window);
        assert!(names(window, "committed").contains(&"broken harbour plan.pdf".into()));
    });
    all.run("a document is not taken out when the user thinks better of it", window, |window| {
        remove(window, "broken harbour plan.pdf");
        press(window, "[data-test=confirm]", "Cancel");
        window.miss("[data-test=confirm]");
        assert!(names(window, "committed").contains(&"broken harbour plan.pdf".into()));
    });
    all.run("a document that is taken out answers no more, and the file stays", window, |window| {
        remove(window, "broken harbour plan.pdf");
        window.click("[data-test=confirm-yes]");
        window.until("one row less", Duration::from_secs(30), |window| !names(window, "committed").contains(&"broken harbour plan.pdf".into()));
        assert!(broken.is_file());
        ask(window, "When did Ottilie Brandvold die?");
        let found = window.run("return [...document.querySelectorAll('[data-test=open-passage]')].filter((one) => one.textContent === 'broken harbour plan.pdf').length;");
        assert_eq!(found, 0);
    });
    all.run("the index is what the list of documents says", window, |window| {
        window.click("[data-test=check]");
        window.wait("the check", Duration::from_secs(60), "document.querySelector('dialog[open]')");
        let said = window.text("dialog[open]");
        assert!(said.contains("all of them are accounted for"), "{said}");
        window.keys(&["Escape"]);
        window.miss("dialog[open]");
    });
}

fn remove(window: &Driver, name: &str) {
    let script = "[...document.querySelectorAll('[data-test=document-row]')].find((row) => row.querySelector('.name').textContent === arguments[0]).querySelector('[data-test=remove]').click();";
    window.run_with(script, &[json!(name)]);
    window.see("[data-test=confirm]");
}
