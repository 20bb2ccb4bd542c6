//! A long ingest: typing stays responsive, and a notification reports the end if another window has the focus.

use std::fmt::Write;
use std::fs;
use std::time::Duration;

use assay_tests::Library;
use serde_json::json;

use crate::arriving::dragged;
use crate::driver::Driver;
use crate::scenarios::{Scenarios, say};
use crate::steps::{fill, go};

/// Records the time from each key event to the frame that shows it.
const LISTEN: &str = "
    window.latencies = [];
    document.querySelector('[data-test=ask-box]').addEventListener('input', () => {
        const pressed = window.pressedAt;
        requestAnimationFrame(() => { const channel = new MessageChannel(); channel.port1.onmessage = () => window.latencies.push(performance.now() - pressed); channel.port2.postMessage(0); });
    });
    addEventListener('keydown', (event) => { window.pressedAt = event.timeStamp; }, true);";

pub fn scenarios(all: &mut Scenarios, window: &Driver, library: &Library) {
    let folder = library.data.path().join("files/long");
    fs::create_dir_all(&folder).unwrap();
    all.run("typing is drawn while files are read", window, |window| {
        for book in 0..BOOKS {
            fs::write(folder.join(format!("book {book}.md")), text(book)).unwrap();
        }
        go(window, "ask");
        fill(window, "");
        window.run(LISTEN);
        dragged(window, &[&format!("file://{}", folder.display())]);
        window.wait("the ingest", Duration::from_secs(60), "document.querySelector('[data-test=ingest-progress]')?.dataset.busy === 'true'");
        window.run("document.querySelector('[data-test=ask-box]').focus();");
        window.xdotool(&["type", "--delay", "70", "what does the harbour master say of tides and of guests"]);
        let busy = window.run("return document.querySelector('[data-test=ingest-progress]').dataset.busy;");
        // On a busy machine the last keys are drawn a moment after they were pressed.
        window.wait("the keys to be drawn", Duration::from_secs(20), "window.latencies.length > 40");
        let times = window.run("return window.latencies.sort((a, b) => a - b);");
        let times: Vec<f64> = times.as_array().unwrap().iter().filter_map(serde_json::Value::as_f64).collect();
        assert!(times.len() > 40, "{times:?}");
        let part = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
        say(&format!(
            "window measure: key to frame while reading files (still reading at the end: {busy}): median {:.0} ms, 95th percentile {:.0} ms, longest {:.0} ms, {} keys",
            part(0.5), part(0.95), part(1.0), times.len()
        ));
        // The limit only detects a blocked page; the measured times are printed, because they depend on the machine.
        assert!(part(0.95) < 3_000.0, "typing is blocked while files are read: {times:?}");
        fill(window, "");
    });
    all.run("the end of a long ingest is notified if another window has the focus", window, |window| {
        window.desktop.does("other", 0);
        window.wait(
            "the end",
            Duration::from_secs(240),
            "document.querySelector('[data-test=ingest-progress]')?.dataset.busy === 'false'",
        );
        window.until("the notification", Duration::from_secs(15), |window| {
            let notes = window.desktop.does("taken", "notes");
            notes[0]["text"].as_str().is_some_and(|text| text.contains(&format!("{BOOKS} files are ready")))
        });
        window.desktop.does("close", "other");
        window.xdotool(&["search", "--onlyvisible", "--name", "^Assay$", "windowactivate", "--sync"]);
    });
    all.run("several documents are removed at once", window, |window| {
        let script = "const done = arguments[arguments.length - 1];
            const wanted = [...document.querySelectorAll('[data-test=document-row]')].filter((row) => /^book /.test(row.querySelector('.name').textContent)).map((row) => Number(row.dataset.document));
            window.__TAURI_INTERNALS__.invoke('remove_documents', { documents: wanted }).then(() => done(wanted.length), (problem) => done(problem.message));";
        assert_eq!(window.run_to_end(script, &[]), json!(BOOKS));
    });
}

/// Enough files that the ingest takes more than ten seconds, after which its end is notified.
const BOOKS: usize = 24;

fn text(book: usize) -> String {
    let mut text = format!("# Book {book}\n\n");
    for line in 0..700 {
        let words = ["tide", "pilot", "lantern", "quay", "ledger", "rope"][(line * 7 + book) % 6];
        writeln!(
            text,
            "Entry {line} of book {book}: the {words} was seen at hour {} by the watch, who wrote it down.\n",
            line % 24
        )
        .unwrap();
    }
    text
}
