//! Exchange with other programs: links, original files, and files passed on by a second start.

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use assay_tests::{Library, built, rows, word};
use serde_json::json;

use crate::driver::Driver;
use crate::scenarios::Scenarios;
use crate::steps::{QUESTION, arrived, ask, go, names, rested};

pub fn scenarios(all: &mut Scenarios, window: &Driver, library: &Library) {
    let data = library.data.path();
    all.run("a link in a written answer shows its address before it opens", window, |window| {
        ask(window, QUESTION);
        written(data, "See [the archive](https://archive.example.org/a?b=1) and [this](javascript:alert(1)).");
        window.click("[data-test=conversation] button");
        window.see("[data-test=answer][data-kind=written] [data-test=link]");
        assert_eq!(window.count("[data-test=link]"), 1, "only web addresses are links");
        window.click("[data-test=link]");
        window.see("[data-test=link-dialog]");
        assert!(window.text("[data-test=link-dialog]").contains("https://archive.example.org/a?b=1"));
        assert_eq!(window.opened(), Vec::<String>::new());
        window.picture("link");
    });
    all.run("the link opens in the system's browser after confirmation", window, |window| {
        window.click("[data-test=open-link]");
        window.miss("[data-test=link-dialog]");
        opened(window, "https://archive.example.org/a?b=1");
    });
    all.run("the program refuses addresses that are neither web nor mail", window, |window| {
        for address in ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "smb://server/share", "not an address"] {
            let refused = window.run_to_end(
                "const done = arguments[arguments.length - 1];
                window.__TAURI_INTERNALS__.invoke('open_link', { address: arguments[0] }).then(() => done('opened'), (problem) => done(problem.problem));",
                &[address.into()],
            );
            assert_eq!(refused, "unsupported_file", "{address}");
        }
        assert_eq!(window.opened(), Vec::<String>::new());
    });
    all.run("a document's original is shown in its folder", window, |window| {
        window.click("[data-test=new-conversation]");
        ask(window, QUESTION);
        window.click("[data-test=citation]");
        window.click("[data-test=open-document]");
        window.see("[data-test=document-view]");
        window.click("[data-test=show-original]");
        window.until("the file manager", Duration::from_secs(20), |window| {
            window.desktop.does("taken", "shown")[0]
                .as_str()
                .is_some_and(|address| address.ends_with("/brandvold-biography.pdf"))
        });
    });
    all.run("a document's original opens in the system's program", window, |window| {
        window.click("[data-test=open-original]");
        opened(window, "/brandvold-biography.pdf");
        go(window, "ask");
    });
    all.run("a second start passes its files on, raises the window and ends", window, |window| {
        window.desktop.does("other", 0);
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("handed over.md"), "# Handed over\n\nThe second start ended.\n").unwrap();
        fs::write(folder.path().join("as an address.md"), "# Address\n\nThis came as an address.\n").unwrap();
        let address = format!("file://{}/as%20an%20address.md", folder.path().display());
        let mut second = second(window, data);
        second.current_dir(folder.path()).args(["handed over.md", &address, "/no/such/file.txt"]);
        second.arg(OsString::from_vec([folder.path().as_os_str().as_encoded_bytes(), b"/caf\xe9.txt"].concat()));
        fs::write(folder.path().join(OsString::from_vec(b"caf\xe9.txt".to_vec())), "coffee").unwrap();
        let begun = Instant::now();
        let mut child = second.spawn().unwrap();
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            assert!(begun.elapsed() < Duration::from_secs(30), "the second start did not end");
            std::thread::sleep(Duration::from_millis(50));
        };
        assert!(status.success(), "{status}");
        arrived(window, "handed over.md");
        arrived(window, "as an address.md");
        rested(window);
        let said = window.text("[data-test=skipped]");
        assert!(said.contains("/no/such/file.txt does not exist") && said.contains("not valid Unicode"), "{said}");
        window.until("the front", Duration::from_secs(10), |window| {
            window.xdotool(&["getactivewindow", "getwindowname"]).trim() == "Assay"
        });
        window.desktop.does("close", "other");
    });
    all.run("commands work through the open window, which shows what they change", window, |window| {
        go(window, "ask");
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("by command.md");
        fs::write(&file, "# By command\n\nA terminal took this in.\n").unwrap();
        let (status, reply) = library.json(&["ingest", file.to_str().unwrap()]);
        assert_eq!((status, &reply["counts"]), (0, &json!({ "committed": 1 })), "{reply}");
        arrived(window, "by command.md");
        let (_, list) = library.json(&["documents"]);
        let row = rows(&list, "documents").iter().find(|row| word(row, "name") == "by command.md").unwrap();
        assert!(library.run(&["remove", &row["id"].to_string()]).status.success());
        window.until("the row is gone", Duration::from_secs(20), |window| {
            !names(window, "committed").contains(&"by command.md".to_owned())
        });
    });
    all.run("another library opens in a separate window", window, |window| {
        let folder = tempfile::tempdir().unwrap();
        let mut child = second(window, folder.path()).spawn().unwrap();
        window.until("a second window", Duration::from_secs(30), |window| {
            window.xdotool(&["search", "--onlyvisible", "--name", "^Assay$"]).lines().count() == 2
        });
        let _ = child.kill();
        let _ = child.wait();
    });
}

fn second(window: &Driver, data: &Path) -> Command {
    let mut command = window.command(&built("assay-desktop"));
    command.arg("--data").arg(data).env("WEBKIT_DISABLE_DMABUF_RENDERER", "1").env("GDK_BACKEND", "x11");
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn opened(window: &Driver, ending: &str) {
    window.until(ending, Duration::from_secs(20), |window| {
        window.opened().iter().any(|address| address.ends_with(ending))
    });
}

/// Changes the last answer in the catalogue to one that a language model wrote.
fn written(data: &Path, text: &str) {
    let script = "
import sqlite3, sys
catalogue = sqlite3.connect(sys.argv[1], timeout=20)
(turn,) = catalogue.execute('select max(id) from turns').fetchone()
catalogue.execute('delete from turn_citations where turn = ?', (turn,))
catalogue.execute(\"update turns set kind = 'written', answer = ? where id = ?\", (sys.argv[2], turn))
catalogue.commit()
";
    let mut python = Command::new("/usr/bin/python3");
    let status = python.args(["-c", script]).arg(data.join("catalogue.sqlite")).arg(text).status();
    assert!(status.unwrap().success(), "the catalogue could not be changed");
}
