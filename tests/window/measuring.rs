//! Comparing two set-ups, measuring quality on a judgement, measuring cost, and the tour.

use std::time::Duration;

use crate::driver::Driver;
use crate::scenarios::Scenarios;
use crate::steps::{QUESTION, go};

const LONG: Duration = Duration::from_secs(120);

pub fn scenarios(all: &mut Scenarios, window: &Driver) {
    all.run("two set-ups are compared: with and without the reranker", window, |window| {
        go(window, "compare");
        let asked = window.run("return document.querySelector('[data-test=compare-question]').value;");
        assert_eq!(asked, QUESTION);
        window.run(
            "const choice = document.querySelector('[data-side=b] [data-test=setup-reranker]');
            choice.value = ''; choice.dispatchEvent(new Event('change', { bubbles: true }));",
        );
        window.click("[data-test=compare]");
        window.wait("the differences", LONG, "document.querySelector('[data-test=differences]')");
        assert!(window.count("[data-test=pair]") > 0);
        window.picture("compare");
    });
    all.run("two set-ups are compared: usual and smaller pool", window, |window| {
        window.run("const choice = document.querySelector('[data-side=b] [data-test=setup-reranker]');
            choice.selectedIndex = 0; choice.dispatchEvent(new Event('change', { bubbles: true }));
            const pool = document.querySelector('[data-side=b] [data-test=setup-pool]');
            pool.value = '3'; pool.dispatchEvent(new Event('input', { bubbles: true }));");
        window.run("document.querySelector('[data-test=differences]').dataset.old = 'yes';");
        window.click("[data-test=compare]");
        window.wait("the differences", LONG, "document.querySelector('[data-test=differences]') && !document.querySelector('[data-test=compare]').disabled");
    });
    all.run("quality is measured on the user's mark", window, |window| {
        go(window, "measure");
        window.click("[data-test=measure]");
        window.wait("the run", LONG, "document.querySelector('[data-test=run]')");
        window.picture("measure");
    });
    all.run("a mark is removed", window, |window| {
        let before = window.count("[role=region] ul li .origin");
        window.click("[role=region] ul li:has(.origin) button");
        window.wait(
            "one less",
            Duration::from_secs(20),
            &format!("document.querySelectorAll('[role=region] ul li .origin').length === {}", before - 1),
        );
    });
    all.run("the cost of a question on this machine is measured", window, |window| {
        go(window, "cost");
        window.wait("the costs", LONG, "document.querySelector('[data-test=cost]')");
        window.picture("cost");
    });
    all.run("the tour asks a real question and ends after its last step", window, |window| {
        window.click("[data-test=new-conversation]");
        go(window, "ask");
        window.click("[data-test=tour]");
        for step in ["ask", "moved", "cut", "sentence", "measure"] {
            window.wait(
                step,
                LONG,
                &format!("document.querySelector('[data-test=tour-step]')?.dataset.step === '{step}'"),
            );
            window.click("[data-test=tour-next]");
        }
        window.miss("[data-test=tour-step]");
        go(window, "ask");
    });
}
