//! The empty library, and files dragged into it: the pointer drags them from a GTK program onto the
//! window through X.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::time::Duration;

use assay_tests::{Library, samples};
use serde_json::json;

use crate::driver::Driver;
use crate::scenarios::Scenarios;
use crate::steps::{arrived, names, rested};

pub fn scenarios(all: &mut Scenarios, window: &Driver, library: &Library) {
    let files = library.data.path().join("files");
    fs::create_dir_all(files.join("a folder/deeper")).unwrap();
    let write = |name: &str, text: &str| fs::write(files.join(name), format!("# {name}\n\n{text}\n")).unwrap();

    all.run("an empty library shows what to do first", window, |window| {
        window.see("[data-test=library-empty]");
        window.see("[data-test=tour]");
        window.picture("empty");
    });
    all.run("the question box has the focus at the start", window, |window| {
        window.types("hello");
        window.wait(
            "what was typed",
            Duration::from_secs(10),
            "document.querySelector('[data-test=ask-box]').value === 'hello'",
        );
        window.keys(&["ctrl+a", "BackSpace"]);
    });
    all.run("the page is dark on a dark desktop", window, |window| {
        window.see(":root[data-theme=dark]");
    });
    all.run(
        "a file dragged over the window shows the drop target, and nothing is added when it leaves",
        window,
        |window| {
            window.desktop.does("source", json!(["file:///tmp/never.txt"]));
            lift(window);
            window.see("[data-test=drop-target]");
            window.picture("drag");
            window.xdotool(&["mousemove", "30", "30", "sleep", "0.2", "mouseup", "1"]);
            window.miss("[data-test=drop-target]");
            window.see("[data-test=library-empty]");
        },
    );
    all.run("a dropped file with spaces in its name is added", window, |window| {
        write("tide tables of the north harbour.md", "High water stood at 4.2 metres in the north harbour.");
        dragged(window, &[&file(&files, "tide%20tables%20of%20the%20north%20harbour.md")]);
        arrived(window, "tide tables of the north harbour.md");
    });
    all.run("a dropped file with a Chinese name is added", window, |window| {
        write("海港 潮汐 纪要.md", "北港的高潮位是四点二米。");
        dragged(window, &[&file(&files, "%E6%B5%B7%E6%B8%AF%20%E6%BD%AE%E6%B1%90%20%E7%BA%AA%E8%A6%81.md")]);
        arrived(window, "海港 潮汐 纪要.md");
    });
    all.run("a dropped file with percent signs and a hash in its name is added", window, |window| {
        write("100% of #1 %20 done.md", "All of it is done, without remainder.");
        dragged(window, &[&file(&files, "100%25%20of%20%231%20%2520%20done.md")]);
        arrived(window, "100% of #1 %20 done.md");
    });
    all.run("a dropped folder is added with its subfolders, without hidden files", window, |window| {
        write("a folder/first.md", "The first of the folder.");
        write("a folder/deeper/second.md", "The second of the folder.");
        write("a folder/.hidden.md", "Nobody asked for this.");
        dragged(window, &[&file(&files, "a%20folder")]);
        arrived(window, "first.md");
        arrived(window, "second.md");
        let there = names(window, "committed");
        assert!(!there.contains(&".hidden.md".into()), "{there:?}");
    });
    all.run("missing files and web addresses among dropped items are named", window, |window| {
        write("among others.md", "This one is there.");
        let there = file(&files, "among%20others.md");
        dragged(window, &["file:///no/such/report.pdf", "https://example.org/page.html", &there]);
        arrived(window, "among others.md");
        window.see("[data-test=skipped]");
        let said = window.text("[data-test=skipped]");
        assert!(said.contains("report.pdf") && said.contains("does not exist"), "{said}");
        assert!(said.contains("https://example.org/page.html") && said.contains("downloads nothing"), "{said}");
        window.picture("skipped");
    });
    all.run("a file name that is not Unicode is reported with what to do", window, |window| {
        fs::write(files.join(OsStr::from_bytes(b"caf\xe9.txt")), "coffee").unwrap();
        dragged(window, &[&file(&files, "caf%E9.txt")]);
        window.wait(
            "the reason",
            Duration::from_secs(60),
            "document.querySelector('[data-test=skipped]')?.textContent.includes('not valid Unicode')",
        );
    });
    all.run("markup in file names is shown as text and does not run", window, |window| {
        write("<img src=x onerror=alert(1)>.md", "Nothing runs here.");
        write("\u{202e}gpj.exe \u{202e} tne.md", "Turned around.");
        dragged(
            window,
            &[
                &file(&files, "%3Cimg%20src%3Dx%20onerror%3Dalert%281%29%3E.md"),
                &file(&files, "%E2%80%AEgpj.exe%20%E2%80%AE%20tne.md"),
            ],
        );
        arrived(window, "<img src=x onerror=alert(1)>.md");
        assert_eq!(window.count("[data-test=document-row] img"), 0);
    });
    all.run("the sample library is added as a dropped folder", window, |window| {
        dragged(window, &[&format!("file://{}", samples().replace(' ', "%20"))]);
        arrived(window, "brandvold-biography.pdf");
        rested(window);
        assert!(names(window, "committed").len() >= 18 + 8, "{:?}", names(window, "committed"));
        assert_eq!(names(window, "failed"), Vec::<String>::new());
        window.picture("library");
    });
}

fn file(folder: &std::path::Path, name: &str) -> String {
    format!("file://{}/{name}", folder.display())
}

/// Drags addresses from the corner to the middle of the window and drops them.
pub fn dragged(window: &Driver, addresses: &[&str]) {
    window.desktop.does("source", json!(addresses));
    lift(window);
    window.xdotool(&[
        "mousemove",
        "700",
        "470",
        "sleep",
        "0.2",
        "mouseup",
        "1",
        "sleep",
        "0.1",
        "mousemove",
        "700",
        "500",
    ]);
    window.desktop.does("close", "source");
}

/// Starts the drag. The pointer moves in steps, because toolkits begin a drag after several moves.
fn lift(window: &Driver) {
    window.xdotool(&["mousemove", "25", "25", "sleep", "0.15", "mousedown", "1", "sleep", "0.1"]);
    window.xdotool(&[
        "mousemove",
        "40",
        "40",
        "sleep",
        "0.05",
        "mousemove",
        "90",
        "90",
        "sleep",
        "0.05",
        "mousemove",
        "250",
        "200",
        "sleep",
        "0.1",
    ]);
    window.xdotool(&["mousemove", "500", "350", "sleep", "0.1", "mousemove", "690", "460", "sleep", "0.3"]);
}
