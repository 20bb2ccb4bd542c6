//! The report for a bug report: `assay doctor`, for a healthy, an absent, a locked and a damaged library.

use std::fs::{self, File};
use std::process::Output;

use assay_tests::{Library, files, root, rows, word};
use serde_json::Value;

/// Words that stand in names, texts, questions and settings, and must stand in no report.
const PRIVATE: [&str; 7] =
    ["redundancies", "Heidenreich", "marigold", "orchestra", "Zwetschge", "hush", "proxy.example"];

fn filled() -> Library {
    let library = Library::default();
    let folder = library.files.path().join("Heidenreich");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("redundancies.txt"), "The marigold plan closes the northern works in May.").unwrap();
    let ingested = library.json(&["ingest", folder.to_str().unwrap(), "--collection", "orchestra"]);
    assert_eq!(ingested.0, 0, "{}", ingested.1);
    let question = "When does the Zwetschge close the marigold works?";
    library.json(&["ask", question, "--conversation", "new"]);
    fs::write(library.data.path().join("settings.toml"), "keep = 7\nproxy = \"http://me:hush@proxy.example:3128\"\n")
        .unwrap();
    library
}

fn report(library: &Library) -> (i32, Value) {
    library.json(&["doctor"])
}

fn kinds(report: &Value) -> Vec<&str> {
    rows(report, "findings").iter().map(|finding| word(finding, "kind")).collect()
}

fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_healthy_library_is_told_in_numbers_without_a_name_a_text_or_a_secret() {
    let library = filled();
    let home = library.data.path().parent().unwrap();
    let before = files(library.data.path());
    let output = library.command(&["doctor", "--json"]).env("HOME", home).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((output.status.code(), report["ok"].as_bool()), (Some(0), Some(true)), "{report}");
    assert_eq!(report["catalogue"]["counts"]["documents"]["committed"], 1);
    assert_eq!(report["catalogue"]["counts"]["questions"], 1);
    assert_eq!(report["catalogue"]["layout"], report["catalogue"]["newest_layout"]);
    let index = &rows(&report, "indexes")[0];
    assert_eq!((index["answers"].as_bool(), index["rows"].as_u64()), (Some(true), Some(1)));
    let embedder = rows(&report, "models").iter().find(|model| model["name"] == index["embedder"]).unwrap();
    assert_eq!((embedder["used"].as_bool(), embedder["verified"].as_bool()), (Some(true), Some(true)));
    assert!(embedder["precision"].is_string() && embedder["bytes"].as_u64().unwrap() > 0, "{embedder}");
    assert!(word(&rows(&report, "devices")[0], "device").contains("cpu"));
    assert_eq!(report["settings"]["keep"], "7");
    assert!(word(&report["data"], "folder").starts_with("~/"), "{}", report["data"]);
    assert_eq!(report["data"]["state"], "free");

    let page = library.command(&["doctor"]).env("HOME", home).output().unwrap();
    let page = printed(&page);
    assert!(page.contains("nothing is wrong") && page.lines().count() < 60, "{page}");
    for private in PRIVATE {
        assert!(!page.contains(private) && !report.to_string().contains(private), "{private} is told: {page}");
    }
    assert!(!page.contains(home.to_str().unwrap()), "{page}");
    assert_eq!(files(library.data.path()), before, "nothing is created or deleted");
}

#[test]
fn a_library_that_is_open_elsewhere_or_absent_is_a_line_and_no_fault() {
    let library = filled();
    let lock = File::options().write(true).open(library.data.path().join("lock")).unwrap();
    lock.lock().unwrap();
    let (status, held) = report(&library);
    assert_eq!((status, word(&held["data"], "state")), (0, "in_use"), "{held}");
    assert_eq!(held["catalogue"]["counts"]["documents"]["committed"], 1);
    drop(lock);

    let empty = Library::default();
    let (status, absent) = report(&empty);
    assert_eq!((status, word(&absent["data"], "state")), (0, "absent"), "{absent}");
    assert_eq!(absent["catalogue"]["state"], "absent");
    assert!(files(empty.data.path()).is_empty(), "a report makes no library");
    assert!(printed(&empty.run(&["doctor"])).contains("no library yet"));
}

#[test]
fn damage_is_told_with_what_to_do() {
    let library = filled();
    let catalogue = library.data.path().join("catalogue.sqlite");
    let whole = fs::read(&catalogue).unwrap();
    let index = library.data.path().join("index");
    fs::rename(&index, library.files.path().join("index")).unwrap();
    let (status, lost) = report(&library);
    assert_eq!((status, kinds(&lost)), (1, vec!["index_damaged"]), "{lost}");

    fs::create_dir_all(index.join("chunks.lance")).unwrap();
    let (status, broken) = report(&library);
    assert_eq!((status, kinds(&broken)), (1, vec!["index_damaged"]), "{broken}");

    fs::remove_dir_all(&index).unwrap();
    fs::rename(library.files.path().join("index"), &index).unwrap();
    fs::write(&catalogue, &whole[..whole.len() / 3]).unwrap();
    let (status, torn) = report(&library);
    assert_eq!((status, kinds(&torn)), (1, vec!["catalogue_damaged"]), "{torn}");
    assert!(rows(&torn, "findings").iter().all(|finding| !word(finding, "do").is_empty()));
    assert_eq!(fs::read(&catalogue).unwrap().len(), whole.len() / 3, "nothing is repaired");

    fs::write(&catalogue, &whole).unwrap();
    let settings = "keep = 900\nwriter = \"no-such-model\"\n";
    fs::write(library.data.path().join("settings.toml"), settings).unwrap();
    let (status, wrong) = report(&library);
    assert_eq!((status, kinds(&wrong)), (1, vec!["settings", "model_missing"]), "{wrong}");
    assert!(printed(&library.run(&["doctor"])).contains("! model_missing: the language model of the settings"));
}

#[test]
fn settings_that_name_no_embedder_say_nothing_against_that_of_the_index() {
    let library = Library::default();
    library.json(&["documents"]);
    let settings = library.data.path().join("settings.toml");
    // A folder has a name of its own, also where it holds the model of the defaults.
    let folder = root().join("models/multilingual-e5-small-zh-en");
    fs::write(&settings, format!("embedder = {folder:?}\n")).unwrap();
    fs::write(library.files.path().join("pump.txt"), "The pump delivers 40 litres a minute.").unwrap();
    let ingested = library.json(&["ingest", library.files.path().to_str().unwrap()]);
    assert_eq!(ingested.0, 0, "{}", ingested.1);
    for (text, wanted) in [
        ("keep = 7\n", vec![]),
        ("keep = \n", vec!["settings"]),
        ("embedder = \"multilingual-e5-small-zh-en\"\n", vec!["index_of_another_model"]),
    ] {
        fs::write(&settings, text).unwrap();
        let (_, report) = report(&library);
        assert_eq!(kinds(&report), wanted, "{text}: {report}");
    }
}
