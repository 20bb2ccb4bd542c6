//! Questions and conversations: asking, stopping, following up, reopening and deleting.

use std::time::Duration;

use crate::driver::Driver;
use crate::inspecting::tap;
use crate::scenarios::Scenarios;
use crate::steps::{QUESTION, ask, deepen, fill, press};

pub fn scenarios(all: &mut Scenarios, window: &Driver) {
    all.run("a question sent with Enter is answered with citations", window, |window| {
        window.run("document.querySelector('[data-test=ask-box]').focus();");
        window.types(QUESTION);
        window.keys(&["Return"]);
        window.wait(
            "the answer",
            Duration::from_secs(120),
            "document.querySelector('[data-test=turn][data-phase=done] [data-test=citation]')",
        );
        assert_eq!(window.text("[data-test=turn] .question"), QUESTION);
        window.picture("answer");
    });
    all.run("the answer is shown with its sources and a verdict for each, and with no table", window, |window| {
        assert!(window.count("[data-test=turn] [data-test=source] [data-verdict=answers]") > 0);
        assert_eq!(window.count("[data-test=candidates], [data-test=evidence], [data-test=stages]"), 0);
    });
    all.run("the line under the evidence names the models, the device and the time of each stage", window, |window| {
        deepen(window, "why");
        let line = window.text("[data-test=stages]");
        for wanted in ["multilingual-e5-small-zh-en", "ms-marco-MiniLM-L-12-v2", "Rerank", "ms"] {
            assert!(line.contains(wanted), "{wanted} is not in {line}");
        }
        deepen(window, "answer");
    });
    all.run("Shift+Enter adds a line and does not ask", window, |window| {
        window.run("document.querySelector('[data-test=ask-box]').focus();");
        window.types("one");
        window.keys(&["shift+Return"]);
        window.types("two");
        window.wait(
            "both lines",
            Duration::from_secs(10),
            "document.querySelector('[data-test=ask-box]').value === 'one\\ntwo'",
        );
        assert_eq!(window.text("[data-test=turn] .question"), QUESTION);
        fill(window, "");
    });
    all.run("a follow-up stays in the conversation", window, |window| {
        ask(window, "When was Ottilie Brandvold born?");
        assert_eq!(window.count(".earlier .fold"), 1);
        assert_eq!(window.count("[data-test=conversation]"), 1);
    });
    all.run("an earlier question of the conversation unfolds", window, |window| {
        window.click(".earlier .fold");
        window.wait("two turns", Duration::from_secs(10), "document.querySelectorAll('[data-test=turn]').length === 2");
        window.click(".earlier .fold");
    });
    all.run("a Chinese question is answered by both retrievers", window, |window| {
        ask(window, "柏令仪是哪一年去世的？");
        let turn = window.text("[data-test=turn]");
        assert!(!turn.contains("not trained on the language"), "{turn}");
        window.see("[data-test=turn] [data-test=citation]");
    });
    all.run("a question without an answer is refused with the nearest misses", window, |window| {
        ask(window, "What is the melting point of tungsten carbide in kelvin?");
        window.see("[data-test=answer][data-kind=refused]");
        window.see("[data-test=answer] [data-test=source]");
    });
    all.run("a question that is too long is not sent and the reason is shown", window, |window| {
        fill(window, &"word ".repeat(900));
        window.see("[data-test=too-long]");
        assert_eq!(window.run("return document.querySelector('[data-test=ask-button]').disabled;"), true);
        fill(window, "");
        window.miss("[data-test=too-long]");
    });
    all.run("Escape stops a question, and the next one is answered", window, |window| {
        fill(window, "Which rules apply to guests in the reading room of the archive at night?");
        window.click("[data-test=ask-button]");
        window.keys(&["Escape"]);
        window.see("[data-test=turn][data-phase=done]");
        ask(window, "When was Ottilie Brandvold born?");
        window.see("[data-test=turn] [data-test=citation]");
    });
    all.run("a new conversation starts empty", window, |window| {
        window.click("[data-test=new-conversation]");
        window.miss("[data-test=turn]");
        ask(window, QUESTION);
        window.wait(
            "two conversations",
            Duration::from_secs(20),
            "document.querySelectorAll('[data-test=conversation]').length === 2",
        );
    });
    all.run("a stored conversation opens with its answers", window, |window| {
        window.click("[data-test=conversation]:last-child button");
        window.wait("its turns", Duration::from_secs(20), "document.querySelectorAll('.earlier .fold').length >= 3");
        window.see("[data-test=turn][data-phase=done] [data-test=answer]");
    });
    all.run("a conversation is deleted only after confirmation", window, |window| {
        window.click("[data-test=conversation]:last-child .actions button:last-child");
        window.see("[data-test=confirm]");
        press(window, "[data-test=confirm]", "Cancel");
        window.miss("[data-test=confirm]");
        assert_eq!(window.count("[data-test=conversation]"), 2);
        window.click("[data-test=conversation]:last-child .actions button:last-child");
        window.click("[data-test=confirm-yes]");
        window.wait(
            "one conversation",
            Duration::from_secs(20),
            "document.querySelectorAll('[data-test=conversation]').length === 1",
        );
    });
    all.run("the table is copied with exact numbers", window, |window| {
        ask(window, QUESTION);
        deepen(window, "scores");
        tap(window, "document.querySelector('[data-test=copy-table]')");
        window.run("document.querySelector('[data-test=ask-box]').focus();");
        window.keys(&["ctrl+v"]);
        window.wait(
            "what was copied",
            Duration::from_secs(10),
            "document.querySelector('[data-test=ask-box]').value.startsWith('place\\toutcome')",
        );
        let text = window.run("return document.querySelector('[data-test=ask-box]').value;");
        let lines: Vec<&str> = text.as_str().unwrap().lines().collect();
        fill(window, "");
        assert_eq!(lines.len() - 1, window.count("[data-test=candidate-row]"));
        let logit =
            window.run("return document.querySelector('[data-test=candidate-row] [data-test=logit]').dataset.value;");
        assert_eq!(lines[1].split('\t').nth(12), logit.as_str());
    });
}
