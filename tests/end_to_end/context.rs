//! Passages know where they come from, words are found in any script and spelling: through `assay`, on the shipped
//! models.

use std::fs;
use std::path::Path;

use assay_tests::{Library, rows, word};
use serde_json::Value;
use tempfile::TempDir;

/// Texts that answer none of the questions below.
const OTHERS: [(&str, &str); 6] = [
    ("bread.txt", "Mix the rye flour with warm water and leave it in a bowl overnight."),
    ("garden.txt", "Tomatoes are watered in the morning. The fence needs paint before the winter."),
    ("trains.txt", "The night train leaves platform nine at 22:14. A reservation is required."),
    ("choir.txt", "Rehearsals are on Thursdays in the hall. Bring the printed music and a pencil."),
    ("急救常识.txt", "烫伤后立即用流动的凉水冲洗十分钟以上，不要涂抹牙膏或酱油。"),
    ("旅行计划.txt", "第一天乘早班高铁到达，下午参观古城墙。返程车票需提前两周预订。"),
];

fn library(files: &[(&str, &str)]) -> (Library, TempDir) {
    let (library, folder) = (Library::default(), tempfile::tempdir().unwrap());
    for (path, text) in files.iter().chain(&OTHERS) {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    ingest(&library, folder.path());
    (library, folder)
}

fn ingest(library: &Library, folder: &Path) -> Value {
    let (status, reply) = library.json(&["ingest", folder.to_str().unwrap()]);
    assert_eq!(status, 0, "{reply}");
    reply
}

fn ask(library: &Library, question: &str) -> Value {
    library.json(&["ask", question]).1
}

/// The first candidate, which has to be kept.
fn first(reply: &Value) -> &Value {
    let first = &rows(reply, "candidates")[0];
    assert_eq!(word(first, "outcome"), "kept", "{reply}");
    first
}

#[test]
fn a_file_is_found_by_the_name_that_the_question_says() {
    let (library, _folder) = library(&[
        ("harbour-audit-2023.txt", "The pallets in bay four were counted twice. Eleven had lost their labels."),
        ("audits.txt", "An audit compares what the books say with what is there. A summary is short."),
        ("体检结果-2023.txt", "血压一百一十八，七十六。空腹血糖五点一。"),
        ("怎样写总结.txt", "总结要写明时间、地点和结论。文件名应包含日期和主题。"),
    ]);
    for (question, name) in [
        ("Summarise harbour-audit-2023.txt", "harbour-audit-2023.txt"),
        ("总结一下文件“体检结果-2023.txt”", "体检结果-2023.txt"),
    ] {
        let reply = ask(&library, question);
        assert_eq!(word(&rows(&reply["answer"], "citations")[0], "name"), name, "{reply}");
    }
}

#[test]
fn files_of_one_name_are_told_apart_by_their_folder() {
    let (library, folder) = library(&[
        ("2024/invoice.txt", "Broadband for twelve months. Amount due: 312.40 euros."),
        ("2025/invoice.txt", "Broadband for twelve months. Amount due: 347.90 euros."),
    ]);
    let question = "How much was the broadband invoice of 2025?";
    let reply = ask(&library, question);
    assert_eq!((word(first(&reply), "folder"), word(first(&reply), "name")), ("2025", "invoice.txt"));
    assert_eq!(reply["models"]["lexical"], "words_and_names");
    let cited = &rows(&reply["answer"], "citations")[0];
    assert!(["2024", "2025"].contains(&word(cited, "folder")), "{cited}");

    // A rename is no new reading, and the old place is searched no more.
    let root = folder.path().to_str().unwrap();
    assert_eq!(library.json(&["watch", root, "--once"]).0, 0);
    fs::rename(folder.path().join("2025"), folder.path().join("2031")).unwrap();
    let (_, scanned) = library.json(&["watch", "--once"]);
    assert_eq!(scanned["counts"]["renamed"].as_u64(), Some(1), "{scanned}");
    let reply = ask(&library, "How much was the broadband invoice of 2031?");
    assert_eq!(word(first(&reply), "folder"), "2031", "{reply}");
    assert!(word(first(&reply), "text").contains("347.90"));
    let bread = rows(&reply, "candidates").iter().find(|row| word(row, "name") == "bread.txt").unwrap();
    assert!(bread["folder"].is_null(), "it lies in the watched folder itself: {bread}");
}

#[test]
fn the_heading_of_a_section_and_the_title_of_a_table_reach_their_later_parts() {
    let filler = "Wipe the dust from the grille and look at the belt. ".repeat(24);
    let section = |model: &str, torque: u32| {
        format!("## {model}\n\n{filler}\n\nThe lid bolts are tightened with {torque} newton metres.\n\n")
    };
    let manual =
        format!("# Service manual\n\n{}{}{}", section("KX-100", 9), section("KX-200", 14), section("KX-300", 22));
    let table = |pump: &str, price: u32| -> String {
        let rows = (0..40).map(|row| format!("Part {row},{},{}.25\n", 11000 + row, price + row));
        let seals = format!("Gasket set,{},{price}.75\n", 23000 + price);
        format!("Spare parts of pump {pump}\n\nPart,Order number,Price in euros\n{}{seals}\n", rows.collect::<String>())
    };
    let parts = format!("{}{}{}", table("P-7", 60), table("P-8", 160), table("P-9", 260));
    let (library, _folder) = library(&[("manual.md", &manual), ("parts.csv", &parts)]);
    for (model, torque) in [("KX-100", "9"), ("KX-200", "14"), ("KX-300", "22")] {
        let question = format!("With how many newton metres are the lid bolts of the {model} tightened?");
        let reply = ask(&library, &question);
        assert!(word(first(&reply), "heading").ends_with(model), "{question} {reply}");
        assert!(word(first(&reply), "text").contains(&format!("with {torque} newton")), "{question} {reply}");
    }
}

#[test]
fn scripts_and_accents_do_not_keep_question_and_file_apart() {
    let (library, _folder) = library(&[
        ("進廠規則.txt", "車輛進廠須領號牌，離廠時交還門衛。貨車限速五公里。"),
        ("cafe.txt", "Das Cafe\u{301} Mu\u{308}hlegg in Zu\u{308}rich schließt dienstags um fünf."),
        ("part.txt", "Der Motor hat die Nummer ＫＸ７７３１ und liegt im Lager."),
    ]);
    for (question, name) in
        [("车辆进厂领什么？离厂还给谁？", "進廠規則.txt"), ("Wann schließt das Café Mühlegg in Zürich?", "cafe.txt")]
    {
        let reply = ask(&library, question);
        assert_eq!(word(first(&reply), "name"), name, "{question} {reply}");
        assert!(first(&reply)["lexical"]["rank"] == 1, "{question} {reply}");
    }
    let reply = ask(&library, "KX7731");
    let by_words = rows(&reply, "candidates").iter().find(|row| row["lexical"]["rank"] == 1).unwrap();
    assert_eq!(word(by_words, "name"), "part.txt");
    assert!(word(by_words, "text").contains("ＫＸ７７３１"), "shown as written");
}

#[test]
fn a_slip_of_the_keyboard_is_mended_and_told() {
    let (library, _folder) = library(&[(
        "coffee-machine.txt",
        "Descale the coffee machine when the red drop lights up, with one sachet of powder.",
    )]);
    let also = |reply: &Value| -> Vec<String> {
        let lexical = rows(reply, "stages").iter().find(|stage| word(stage, "name") == "lexical").unwrap();
        let words = lexical["also_searched"].as_array().cloned().unwrap_or_default();
        words.iter().map(|word| word.as_str().unwrap().to_owned()).collect()
    };
    let reply = ask(&library, "How do I desclae the cofee machine?");
    assert_eq!(also(&reply), ["coffee", "descale"], "{reply}");
    assert_eq!(word(first(&reply), "name"), "coffee-machine.txt");
    assert_eq!(reply["question"], "How do I desclae the cofee machine?");
    assert_eq!(also(&ask(&library, "How do I descale the coffee machine?")), Vec::<String>::new());
}

#[test]
fn context_that_is_switched_off_is_named_and_a_rebuild_takes_it_out() {
    let (library, folder) = library(&[("harbour-audit-2023.txt", "The pallets in bay four were counted twice.")]);
    let by_words = |reply: &Value| rows(reply, "candidates").iter().filter(|row| !row["lexical"].is_null()).count();
    assert_eq!(by_words(&ask(&library, "harbour-audit")), 1);
    fs::write(library.data.path().join("settings.toml"), "context = false\n").unwrap();
    assert_eq!(by_words(&ask(&library, "harbour-audit")), 1, "the index answers as it was filled");
    let (status, refused) = library.json(&["ingest", folder.path().to_str().unwrap()]);
    assert_ne!(status, 0);
    assert!(refused.to_string().contains("context of passages"), "{refused}");
    assert_eq!(library.json(&["rebuild"]).0, 0);
    let reply = ask(&library, "harbour-audit");
    assert_eq!((by_words(&reply), &reply["models"]["lexical"]), (0, &Value::from("words")));
}
