//! Inspecting a question: charts, sorting and filtering the table, moving the cut.

use std::time::Duration;

use crate::driver::Driver;
use crate::scenarios::Scenarios;
use crate::steps::{QUESTION, ask, go, table};

fn held(window: &Driver, cell: &str) -> Vec<f64> {
    table(window).iter().filter_map(|row| row["held"][cell].as_str().and_then(|value| value.parse().ok())).collect()
}

pub fn scenarios(all: &mut Scenarios, window: &Driver) {
    all.run("the chart draws the movement of every passage", window, |window| {
        ask(window, QUESTION);
        go(window, "inspect");
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
    all.run("the tab returns to the question", window, |window| {
        go(window, "ask");
        window.see("[data-test=turn]");
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
