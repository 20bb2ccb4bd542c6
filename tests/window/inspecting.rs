//! The evidence of a question: the ladder, charts, sorting and filtering the table, moving the cut.

use std::time::Duration;

use crate::driver::Driver;
use crate::scenarios::Scenarios;
use crate::steps::{QUESTION, ask, deepen, table};

fn held(window: &Driver, cell: &str) -> Vec<f64> {
    table(window).iter().filter_map(|row| row["held"][cell].as_str().and_then(|value| value.parse().ok())).collect()
}

pub fn scenarios(all: &mut Scenarios, window: &Driver) {
    all.run("the ladder has a row for every passage, and moving its cut rewrites the sources", window, |window| {
        ask(window, QUESTION);
        deepen(window, "why");
        window.see("[data-test=evidence-row][data-kept=true]");
        // A passage in another language than the question is kept without being judged.
        let verdict = ":is([data-verdict=answers], [data-verdict=unjudged])";
        let sources = || window.count(&format!("[data-test=turn] [data-test=source] {verdict}"));
        assert_eq!(sources(), window.count("[data-test=evidence-row][data-kept=true]"));
        window.picture("ladder");
        window.run("document.querySelector('[data-test=cut]').focus();");
        window.keys(&["Page_Up"; 12]);
        window.see("[data-test=use-cut]");
        window.until("the sources of the cut", Duration::from_secs(10), |window| {
            sources() == window.count("[data-test=evidence-row][data-kept=true]")
        });
        window.keys(&["Escape"]);
        window.miss("[data-test=use-cut]");
    });
    all.run("every number of the ladder equals the table's", window, |window| {
        let ranks = "return [...document.querySelectorAll('[data-test=evidence-row]')].map((row) => [row.dataset.chunk, row.dataset.outcome,
            ...['vector', 'lexical', 'fused', 'rank'].map((name) => row.querySelector(`[data-test=ladder-${name}]`).dataset.rank ?? '')]);";
        let ladder = window.run(ranks);
        deepen(window, "scores");
        window.see("[data-test=candidate-row]");
        let held = |row: &serde_json::Value, cell: &str| row["held"][cell].as_str().unwrap_or_default().to_owned();
        let table: Vec<Vec<String>> = table(window)
            .iter()
            .map(|row| {
                let own = ["chunk", "outcome"].map(|name| row[name].as_str().unwrap_or_default().to_owned());
                let ranks = ["vector-rank", "lexical-rank", "fused-rank", "rerank-rank"].map(|cell| held(row, cell));
                own.into_iter().chain(ranks).collect()
            })
            .collect();
        assert_eq!(ladder, serde_json::json!(table));
    });
    all.run("the chart draws the movement of every passage", window, |window| {
        ask(window, QUESTION);
        deepen(window, "scores");
        window.see("[data-test=cut]");
        let rows = window.count("[data-test=candidate-row]");
        assert!(rows > 10, "{rows}");
        assert!(window.count(".charts svg circle") >= rows, "a passage is missing from the chart");
        window.picture("inspect");
    });
    all.run("the table sorts by a score in both directions and back to the final order", window, |window| {
        let before = held(window, "rerank-rank");
        window.click("thead th:nth-of-type(8) button");
        let one = held(window, "logit");
        window.click("thead th:nth-of-type(8) button");
        let other = held(window, "logit");
        let falls = |list: &[f64]| list.windows(2).all(|pair| pair[0] >= pair[1]);
        let rises = |list: &[f64]| list.windows(2).all(|pair| pair[0] <= pair[1]);
        assert!((falls(&one) && rises(&other)) || (rises(&one) && falls(&other)), "{one:?} {other:?}");
        window.click("thead tr:nth-child(2) th:nth-of-type(1) button");
        assert_eq!(held(window, "rerank-rank"), before);
    });
    all.run("the table filters by words", window, |window| {
        let all_rows = window.count("[data-test=candidate-row]");
        window.run("document.querySelector('[data-test=filter]').focus();");
        window.types("brandvold-biography");
        window.wait("fewer rows", Duration::from_secs(10), &format!("document.querySelectorAll('[data-test=candidate-row]').length < {all_rows}"));
        window.wait("no other rows", Duration::from_secs(10), "[...document.querySelectorAll('[data-test=candidate-row]')].every((row) => row.textContent.includes('brandvold-biography'))");
        window.keys(&["ctrl+a", "BackSpace"]);
        window.wait("all rows", Duration::from_secs(10), &format!("document.querySelectorAll('[data-test=candidate-row]').length === {all_rows}"));
    });
    all.run("the table filters by outcome", window, |window| {
        let kept = window.count("[data-test=candidate-row][data-outcome=kept]");
        assert!(kept > 0);
        window.click(".outcomes button:first-child");
        window.miss("[data-test=candidate-row][data-outcome=kept]");
        window.click(".outcomes button:first-child");
        window.wait(
            "the kept rows",
            Duration::from_secs(10),
            &format!("document.querySelectorAll('[data-test=candidate-row][data-outcome=kept]').length === {kept}"),
        );
    });
    all.run("moving the cut by keyboard shows how many passages would be kept", window, |window| {
        let now = window
            .run("return Number(document.querySelector('[data-test=would-keep]').dataset.kept);")
            .as_u64()
            .unwrap();
        window.run("document.querySelector('[data-test=cut]').focus();");
        window.keys(&["Page_Up", "Page_Up", "Page_Up", "Page_Up", "Page_Up", "Page_Up", "Page_Up", "Page_Up"]);
        window.see("[data-test=use-cut]");
        let then = window
            .run("return Number(document.querySelector('[data-test=would-keep]').dataset.kept);")
            .as_u64()
            .unwrap();
        assert!(then < now || now == 0, "{now} {then}");
        let said = window.run("return document.querySelector('[data-test=cut]').getAttribute('aria-valuetext');");
        assert!(said.as_str().unwrap().contains(&then.to_string()), "{said}");
        window.picture("cut");
    });
    all.run("Escape resets the cut", window, |window| {
        window.keys(&["Escape"]);
        window.miss("[data-test=use-cut]");
    });
    all.run("the cut is dragged with the pointer", window, |window| {
        let at = window.run("const box = document.querySelector('[data-test=cut] line').getBoundingClientRect(); return [box.x, box.y + box.height / 2];");
        let (id, x, y) = in_window(window, at[0].as_f64().unwrap(), at[1].as_f64().unwrap());
        let (y, steps) = (y.to_string(), [x, x - 20, x - 60].map(|x| x.to_string()));
        let to = |at: usize| ["mousemove", "--window", &id, &steps[at], &y, "sleep", "0.1"];
        let drag = [&to(0)[..], &["mousedown", "1"], &to(1)[..], &to(2)[..], &["mouseup", "1"]].concat();
        window.xdotool(&drag);
        window.see("[data-test=use-cut]");
    });
    all.run("applying the cut changes the setting and reports it", window, |window| {
        window.click("[data-test=use-cut]");
        window.see("[data-test=said]");
        // The shown question keeps the threshold that it was asked with.
        window.see("[data-test=threshold]");
    });
    all.run("arrow keys move between the table's cells", window, |window| {
        window.run("document.querySelector('[data-test=candidate-row] [data-test=similarity]').focus();");
        window.keys(&["Down", "Right"]);
        window.wait("the next cell", Duration::from_secs(10), "document.activeElement?.dataset.test === 'vector-rank' && document.activeElement.closest('tr').dataset.index === '1'");
    });
    all.run("one key leads to each depth", window, |window| {
        window.run("document.activeElement?.blur();");
        for (key, depth) in [("2", "why"), ("3", "scores"), ("1", "answer")] {
            window.keys(&[key]);
            let chosen = format!("document.querySelector('[data-test=depth] input[value={depth}]').checked");
            window.wait(depth, Duration::from_secs(10), &chosen);
        }
        window.miss("[data-test=candidates]");
    });
}

/// Clicks an element with the pointer, because the clipboard needs a real user gesture.
pub fn tap(window: &Driver, element: &str) {
    let script = format!(
        "const it = {element}; it.scrollIntoView({{ block: 'center' }}); const box = it.getBoundingClientRect();
        return [box.x + box.width / 2, box.y + box.height / 2];"
    );
    let at = window.run(&script);
    let (id, x, y) = in_window(window, at[0].as_f64().unwrap(), at[1].as_f64().unwrap());
    window.xdotool(&["mousemove", "--window", &id, &x.to_string(), &y.to_string(), "sleep", "0.1", "click", "1"]);
}

/// Converts a position in the page to one in the window, which has the menu above the page.
fn in_window(window: &Driver, x: f64, y: f64) -> (String, i64, i64) {
    let ids = window.xdotool(&["search", "--onlyvisible", "--name", "^Assay$"]);
    let id = ids.lines().last().unwrap().to_owned();
    let geometry = window.xdotool(&["getwindowgeometry", "--shell", &id]);
    let height: f64 = geometry.lines().find_map(|line| line.strip_prefix("HEIGHT=")).unwrap().parse().unwrap();
    let top = height - window.run("return window.innerHeight;").as_f64().unwrap();
    (id, x.round() as i64, (top + y).round() as i64)
}
