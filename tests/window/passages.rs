//! Opening a citation: the passage, the document with the passage marked, the printed page.

use std::time::Duration;

use crate::driver::Driver;
use crate::inspecting::tap;
use crate::scenarios::Scenarios;
use crate::steps::{QUESTION, ask, go};

pub fn scenarios(all: &mut Scenarios, window: &Driver) {
    all.run("a citation opens on its original page, or as extracted text if that was chosen", window, |window| {
        ask(window, QUESTION);
        window.click("[data-test=citation]");
        window.see("[data-test=passage-page] [data-test=drawn][data-located=true]");
        window.picture("cited-page");
        window.click("[data-test=passage-look] input[value=text]");
        window.see("[data-test=passage-mark]");
        window.keys(&["Escape"]);
        window.miss("[data-test=passage]");
    });
    all.run("the cited page opens beside the answer, and the answer stays in reach", window, |window| {
        ask(window, QUESTION);
        window.see("[data-test=passage] [data-test=passage-mark]");
        assert_eq!(window.count("dialog[open]"), 0);
        window.see("[data-test=answer] [data-test=source][aria-current=true]");
        window.picture("desk");
    });
    all.run("arrow keys move to the next source and back", window, |window| {
        ask(window, "柏令仪是哪一年去世的？");
        window.click("[data-test=citation]");
        window.see("[data-test=passage-mark]");
        let place = || window.text("[data-test=passage] .position");
        let first = place();
        // The cited passage may be the last source.
        let is_last = window.run("return document.querySelector('[data-test=next]').disabled;") == true;
        let (there, back) = if is_last { ("previous", "next") } else { ("next", "previous") };
        window.click(&format!("[data-test={there}]"));
        window.until("another place", Duration::from_secs(10), |_| place() != first);
        window.click(&format!("[data-test={back}]"));
        window.until("the first place", Duration::from_secs(10), |_| place() == first);
        window.see("[data-test=passage-mark]");
        window.keys(&["Escape"]);
        window.miss("[data-test=passage]");
    });
    all.run("a citation opens its passage", window, |window| {
        ask(window, QUESTION);
        let number = window.text("[data-test=citation]");
        window.click("[data-test=citation]");
        window.see("[data-test=passage-mark]");
        let source = window.run_with(
            "return [...document.querySelectorAll('[data-test=source]')].find((one) => one.querySelector('.number')?.textContent === arguments[0]).dataset.chunk;",
            &[number.into()],
        );
        assert_eq!(window.run("return document.querySelector('[data-test=passage]').dataset.chunk;"), source);
        assert!(!window.text("[data-test=passage-mark]").is_empty());
        window.picture("passage");
    });
    all.run("a source opens the passage that it quotes", window, |window| {
        window.keys(&["Escape"]);
        window.miss("[data-test=passage]");
        let quote = window.run(
            "const source = [...document.querySelectorAll('[data-test=source]')].find((one) => one.textContent.includes('brandvold-biography.pdf'));
            source.click();
            return source.querySelector('.quote').textContent.slice(0, 20);",
        );
        let there = format!("document.querySelector('[data-test=passage-mark]')?.textContent.includes({quote})");
        window.wait("its words", Duration::from_secs(20), &there);
    });
    all.run("sentences are shaded by their contribution to the logit", window, |window| {
        window.click("[data-test=explain]");
        window.wait("the explanation", Duration::from_secs(90), "document.querySelector('[data-test=explained]')");
        assert!(window.count("[data-test=passage-mark] .raises") > 0, "no sentence raises the score");
        window.picture("explained");
    });
    all.run("a passage is marked as relevant", window, |window| {
        window.click("[data-test=mark-yes]");
        window.see("[data-test=mark-yes][aria-pressed=true]");
    });
    all.run("a passage is copied with its location", window, |window| {
        tap(window, "document.querySelector('[data-test=copy-passage]')");
        window.wait("the message", Duration::from_secs(5), "[...document.querySelectorAll('[data-test=passage] [role=status]')].some((one) => one.textContent === 'Copied')");
    });
    all.run("the document opens with the passage marked", window, |window| {
        if window.count("[data-test=passage]") == 0 {
            window.click("[data-test=source]");
        }
        window.click("[data-test=open-document]");
        window.see("[data-test=document-mark]");
        assert!(!window.text("[data-test=document-mark]").is_empty());
        window.picture("document");
    });
    all.run("the document shows the borders of its chunks", window, |window| {
        window.click("[data-test=borders]");
        let on = window.run("return document.querySelector('[data-test=borders]').checked;");
        assert_eq!(on, true);
        window.click("[data-test=borders]");
    });
    all.run("the printed page is drawn with the passage marked", window, |window| {
        window.click("[data-test=printed] input[value=pages]");
        window.wait(
            "the page",
            Duration::from_secs(90),
            "document.querySelector('[data-test=drawn], [data-test=not-drawn]')",
        );
        let drawn = window
            .run("return document.querySelector('[data-test=drawn]')?.dataset.located ?? document.body.innerText;");
        window.picture("printed");
        assert_eq!(drawn, "true", "the passage is not marked on its printed page");
    });
    all.run("Back returns to the view that opened the document", window, |window| {
        window.click("[data-test=back]");
        window.see("[data-test=tab][data-view=ask][aria-current=page]");
        go(window, "ask");
    });
}
