//! Keyboard control: views, command palette, the window's menu, editing and zoom.

use std::thread::sleep;
use std::time::Duration;

use crate::driver::Driver;
use crate::scenarios::Scenarios;
use crate::steps::{fill, go};

fn view(window: &Driver, wanted: &str) {
    window.see(&format!("[data-test=tab][data-view={wanted}][aria-current=page]"));
}

fn box_says(window: &Driver, wanted: &str) {
    let script = format!("document.querySelector('[data-test=ask-box]').value === '{wanted}'");
    window.wait(wanted, Duration::from_secs(10), &script);
}

pub fn scenarios(all: &mut Scenarios, window: &Driver) {
    all.run("every view opens by its keys", window, |window| {
        for (keys, wanted) in [("alt+2", "library"), ("alt+3", "lab"), ("alt+1", "ask")] {
            window.keys(&[keys]);
            view(window, wanted);
        }
    });
    all.run("every view opens from the palette", window, |window| {
        for (words, wanted) in [
            ("library", "library"),
            ("compare", "compare"),
            ("measure", "measure"),
            ("cost", "cost"),
            ("go to ask", "ask"),
        ] {
            window.keys(&["ctrl+k"]);
            window.see("[data-test=palette]");
            window.types(words);
            window.keys(&["Return"]);
            view(window, wanted);
        }
        window.miss("[data-test=palette]");
    });
    all.run("every view opens from the window's menu", window, |window| {
        for (down, wanted) in [(2, "library"), (4, "compare"), (5, "measure"), (6, "cost"), (3, "lab"), (1, "ask")] {
            let keys = [vec!["F10", "Right", "Right"], vec!["Down"; down], vec!["Return"]].concat();
            if down == 2 {
                window.keys(&["F10", "Right", "Right"]);
                sleep(Duration::from_millis(200));
                window.picture("menu");
                window.keys(&["Escape", "Escape"]);
            }
            window.keys(&keys);
            view(window, wanted);
        }
    });
    all.run("cut, paste and undo work by keys in the question box", window, |window| {
        go(window, "ask");
        fill(window, "");
        window.run("document.querySelector('[data-test=ask-box]').focus();");
        window.types("harbour");
        window.keys(&["ctrl+a", "ctrl+x"]);
        box_says(window, "");
        window.keys(&["ctrl+v", "ctrl+v"]);
        box_says(window, "harbourharbour");
        window.keys(&["ctrl+z"]);
        window.wait(
            "less",
            Duration::from_secs(10),
            "document.querySelector('[data-test=ask-box]').value !== 'harbourharbour'",
        );
    });
    all.run("select all, copy and paste work from the window's menu", window, |window| {
        // Edit: undo, redo, cut, copy, paste, select all.
        let choose = |down: usize| {
            window.keys(&[vec!["F10", "Right"], vec!["Down"; down], vec!["Return"]].concat());
            sleep(Duration::from_millis(400));
        };
        fill(window, "lantern");
        window.run("document.querySelector('[data-test=ask-box]').focus();");
        choose(6);
        choose(4);
        window.keys(&["End"]);
        choose(5);
        box_says(window, "lanternlantern");
        fill(window, "");
    });
    all.run("the slash key returns to the question box from any view", window, |window| {
        go(window, "cost");
        window.run("document.activeElement?.blur();");
        window.keys(&["slash"]);
        view(window, "ask");
        window.wait("the box", Duration::from_secs(10), "document.activeElement?.dataset.test === 'ask-box'");
    });
    all.run("the text becomes larger, smaller and normal again", window, |window| {
        let size =
            || window.run("return parseFloat(getComputedStyle(document.documentElement).fontSize);").as_f64().unwrap();
        let usual = size();
        window.keys(&["ctrl+equal", "ctrl+equal"]);
        window.until("larger text", Duration::from_secs(10), |_| size() > usual * 1.15);
        window.picture("larger");
        window.keys(&["ctrl+minus", "ctrl+minus", "ctrl+minus"]);
        window.until("smaller text", Duration::from_secs(10), |_| size() < usual);
        window.keys(&["ctrl+0"]);
        window.until("usual text", Duration::from_secs(10), |_| (size() - usual).abs() < 0.01);
    });
    all.run("Tab reaches the question box and its button in reading order", window, |window| {
        fill(window, "anything");
        window.run("document.querySelector('[data-test=ask-box]').focus();");
        let mut seen = Vec::new();
        for _ in 0..4 {
            window.keys(&["Tab"]);
            let at = window.run("return document.activeElement?.dataset.test ?? document.activeElement?.type ?? '';");
            seen.push(at.as_str().unwrap_or_default().to_owned());
        }
        assert!(seen.contains(&"ask-button".to_owned()), "{seen:?}");
        fill(window, "");
    });
}
