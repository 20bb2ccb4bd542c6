//! Measures the speed of the real window: time from start to first paint and to a usable question box,
//! and frames per second when a library of 10,000 rows and a table of 200 candidates scroll. It is a
//! command and not a test, because filling the library takes minutes and frames depend on the machine.
//!
//! `ui_speed [ROWS]`, in the folder of the built `assay` and `assay-desktop`, with ASSAY_MODELS set.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed measurement ends the command")]
#![cfg(target_os = "linux")]

#[path = "../window/desktop.rs"]
#[allow(dead_code, reason = "the tests of the window use the rest")]
mod desktop;
#[path = "../window/driver.rs"]
#[allow(dead_code, reason = "the tests of the window use the rest")]
mod driver;

use std::fs;
use std::io::Write;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use assay_tests::{Library, built, samples};
use driver::Driver;
use serde_json::{Value, json};

/// Scrolls an element's scroll container one step per frame; returns the gaps between frames.
const SCROLL: &str = "
    const done = arguments[arguments.length - 1];
    let scroller = document.querySelector(arguments[0]);
    while (scroller && !(scroller.scrollHeight > scroller.clientHeight + 50 && /auto|scroll/.test(getComputedStyle(scroller).overflowY))) scroller = scroller.parentElement;
    if (!scroller) { done(null); } else {
        scroller.scrollTop = 0;
        const gaps = [];
        let before = 0;
        const frame = (now) => {
            if (before) gaps.push(now - before);
            before = now;
            scroller.scrollTop += 90;
            if (gaps.length < 240 && scroller.scrollTop + scroller.clientHeight < scroller.scrollHeight - 1) requestAnimationFrame(frame);
            else done({ gaps, drawn: document.querySelectorAll(arguments[0]).length, height: scroller.scrollHeight });
        };
        requestAnimationFrame(frame);
    }";

fn main() {
    let rows: usize = std::env::args().nth(1).map_or(10_000, |word| word.parse().expect("ui_speed [ROWS]"));
    let library = Library::default();
    let (data, program) = (library.data.path().to_owned(), built("assay-desktop"));
    say(&format!("filling a library of {rows} documents"));
    let begun = Instant::now();
    let files = data.join("files");
    for row in 0..rows {
        let folder = files.join(format!("{:03}", row / 100));
        fs::create_dir_all(&folder).unwrap();
        let text = format!(
            "# Entry {row}\n\nLantern {row} was lit by watch {} at the quay of harbour {}.\n",
            row % 7,
            row % 31
        );
        fs::write(folder.join(format!("entry {row:05}.md")), text).unwrap();
    }
    let (status, reply) = library.json(&["ingest", files.to_str().unwrap(), &samples()]);
    say(&format!("filled in {:.0} s: status {status}, {}", begun.elapsed().as_secs_f64(), reply["counts"]));
    fs::write(data.join("settings.toml"), "retrieve = 200\nrerank_pool = 200\n").unwrap();

    let mut window = Driver::start(2);
    for round in ["first", "second", "third"] {
        let begun = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64() * 1000.0;
        window.open(&program, &data);
        let mark = |name: &str| {
            let script =
                format!("return performance.timeOrigin + performance.getEntriesByName('{name}')[0]?.startTime;");
            window.run(&script).as_f64().unwrap_or(f64::NAN) - begun
        };
        let (paint, usable) = (mark("first-contentful-paint"), mark("usable"));
        say(&format!("{round} start over {rows} documents: first paint {paint:.0} ms, usable {usable:.0} ms"));
        if round != "third" {
            window.close(&data);
        }
    }
    window.wait("the rows", Duration::from_secs(60), "document.querySelector('[data-test=document-row]')");
    frames("library", &window.run_to_end(SCROLL, &[json!("[data-test=document-row]")]));

    let script = "const box = document.querySelector('[data-test=ask-box]');
        Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value').set.call(box, arguments[0]);
        box.dispatchEvent(new Event('input', { bubbles: true }));";
    window.run_with(script, &[json!("Which lantern was lit at the quay of the harbour?")]);
    window.click("[data-test=ask-button]");
    window.wait("the answer", Duration::from_secs(300), "document.querySelector('[data-test=turn][data-phase=done]')");
    window.click("[data-test=depth] input[value=scores]");
    window.see("[data-test=candidate-row]");
    let candidates = window
        .run("return Number(document.querySelector('[data-test=candidates]').getAttribute('aria-rowcount')) - 2;");
    frames(
        &format!("table of {candidates} candidates"),
        &window.run_to_end(SCROLL, &[json!("[data-test=candidate-row]")]),
    );
    window.close(&data);
}

fn frames(what: &str, found: &Value) {
    let mut gaps: Vec<f64> =
        found["gaps"].as_array().map(|gaps| gaps.iter().filter_map(Value::as_f64).collect()).unwrap_or_default();
    if gaps.is_empty() {
        say(&format!("{what}: too short to scroll"));
        return;
    }
    gaps.sort_by(f64::total_cmp);
    let part = |share: f64| gaps[((gaps.len() - 1) as f64 * share) as usize];
    let mean = gaps.len() as f64 * 1000.0 / gaps.iter().sum::<f64>();
    say(&format!(
        "{what}: {} frames, {mean:.0} frames per second (median gap {:.1} ms, 95th percentile {:.1} ms, longest {:.1} ms), {} rows drawn",
        gaps.len(),
        part(0.5),
        part(0.95),
        part(1.0),
        found["drawn"]
    ));
}

fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "ui_speed: {line}");
}
