//! Language, theme, desktop appearance and settings.

use std::time::Duration;

use serde_json::json;

use crate::driver::Driver;
use crate::scenarios::Scenarios;
use crate::steps::{QUESTION, ask, deepen, press};

/// The question in Chinese about the sample library that the pictures show.
const CHINESE: &str = "柏令仪是哪一年去世的？";

pub fn scenarios(all: &mut Scenarios, window: &Driver) {
    all.run("the language button switches to Chinese and back to English", window, |window| {
        window.click("[data-test=language]");
        window.see(":root[lang=zh-CN]");
        assert_eq!(window.text("[data-test=tab][data-view=ask]"), "提问");
        window.picture("chinese");
        window.keys(&["F10", "Right", "Right"]);
        window.picture("chinese-menu");
        window.keys(&["Escape", "Escape"]);
        window.click("[data-test=language]");
        window.see(":root[lang=en]");
    });
    all.run("the theme follows the desktop from dark to light and back", window, |window| {
        window.desktop.does("scheme", 2);
        window.see(":root[data-theme=light]");
        window.picture("light");
        window.desktop.does("scheme", 1);
        window.see(":root[data-theme=dark]");
    });
    all.run("every depth of an answer fits the window in both languages and themes", window, |window| {
        for (language, question) in [("en", QUESTION), ("zh", CHINESE)] {
            ask(window, question);
            for depth in ["answer", "why", "scores"] {
                deepen(window, depth);
                for (theme, scheme) in [("light", 2), ("dark", 1)] {
                    window.desktop.does("scheme", scheme);
                    window.see(&format!(":root[data-theme={theme}]"));
                    let wider = "return document.documentElement.scrollWidth - innerWidth;";
                    assert!(window.run(wider).as_i64().unwrap() <= 0, "{depth} {language} {theme}");
                    window.picture(&format!("{depth}-{language}-{theme}"));
                }
            }
            deepen(window, "answer");
            window.click("[data-test=language]");
        }
        window.see(":root[lang=en]");
    });
    all.run("a chosen theme stays when the desktop changes", window, |window| {
        window.click("[data-test=theme]");
        window.see(":root[data-theme=light]");
        window.desktop.does("scheme", 2);
        window.desktop.does("scheme", 1);
        std::thread::sleep(Duration::from_millis(500));
        window.see(":root[data-theme=light]");
    });
    all.run("the system theme follows the desktop again", window, |window| {
        window.keys(&["ctrl+comma"]);
        window.see("[data-test=settings]");
        window.picture("settings");
        window.click("[data-test=settings] input[value=system]");
        window.see(":root[data-theme=dark]");
        window.keys(&["Escape"]);
        window.miss("[data-test=settings]");
    });
    all.run("high contrast follows the desktop", window, |window| {
        window.desktop.does("contrast", 1);
        window.see(":root[data-contrast=more]");
        window.picture("contrast");
        window.desktop.does("contrast", 0);
        window.see(":root[data-contrast=usual]");
    });
    all.run("an invalid setting is refused by name and the typed value stays", window, |window| {
        window.click("[data-test=open-settings]");
        set(window, "chunk_tokens", "64");
        set(window, "chunk_overlap", "64");
        window.click("[data-test=save-settings]");
        window.see("[data-test=settings] [data-test=problem], [data-test=settings] [role=alert]");
        let said = window.text("[data-test=settings]");
        assert!(said.contains("overlap"), "{said}");
        let typed = window.run("return document.querySelector('[data-test=setting-chunk_overlap]').value;");
        assert_eq!(typed, "64");
        window.picture("bad-setting");
        window.keys(&["Escape"]);
        window.miss("[data-test=settings]");
    });
    all.run("a number out of range is not sent", window, |window| {
        window.click("[data-test=open-settings]");
        set(window, "keep", "5000");
        window.click("[data-test=save-settings]");
        let valid = window.run("return document.querySelector('[data-test=setting-keep]').validity.valid;");
        assert_eq!(valid, false);
        window.keys(&["Escape"]);
        window.keys(&["Escape"]);
        window.miss("[data-test=settings]");
    });
    all.run("a valid setting is saved and shown again", window, |window| {
        window.click("[data-test=open-settings]");
        set(window, "keep", "4");
        window.click("[data-test=save-settings]");
        window.wait("saved", Duration::from_secs(30), "document.querySelector('[data-test=save-settings]')?.disabled && document.querySelector('[data-test=settings] [role=status]')?.textContent !== ''");
        window.keys(&["Escape"]);
        window.miss("[data-test=settings]");
        window.click("[data-test=open-settings]");
        assert_eq!(window.run("return document.querySelector('[data-test=setting-keep]').value;"), "4");
        set(window, "keep", "5");
        window.click("[data-test=save-settings]");
        window.wait("saved", Duration::from_secs(30), "document.querySelector('[data-test=save-settings]')?.disabled");
        window.keys(&["Escape"]);
        window.miss("[data-test=settings]");
    });
    all.run("the models are shown with their roles", window, |window| {
        window.click("[data-test=open-models]");
        window.see("[data-test=models] h3");
        window.wait(
            "the models",
            Duration::from_secs(30),
            "document.querySelector('[data-test=models]').textContent.includes('assay-reranker-zh-en')",
        );
        window.picture("models");
        press(window, "[data-test=models]", "Close");
        window.miss("[data-test=models]");
    });
}

fn set(window: &Driver, name: &str, value: &str) {
    let selector = format!("[data-test=setting-{name}]");
    window.see(&selector);
    let script = "const field = document.querySelector(arguments[0]);
        field.value = arguments[1];
        field.dispatchEvent(new Event('input', { bubbles: true }));";
    window.run_with(script, &[json!(selector), json!(value)]);
}
