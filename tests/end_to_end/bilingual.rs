//! The shipped embedder for Chinese and English finds passages in the language of the question and in the
//! other one. Where a library holds both, it favours passages in the language of the question.

use std::fs;

use assay_tests::{Library, rows, word};
use serde_json::Value;

const ENGLISH: [(&str, &str); 3] = [
    (
        "boiler.txt",
        "Bleed the radiators before the heating season. The boiler pressure should stay between 1 and 2 bar.",
    ),
    ("bread.txt", "Let the dough rest for twelve hours in the fridge, then bake it at 240 degrees."),
    ("choir.txt", "The choir rehearses on Tuesday evenings in the parish hall."),
];
const CHINESE: [(&str, &str); 3] = [
    ("门禁制度.txt", "访客须在前台登记，领取临时门禁卡，离开时交还。夜间十点以后大门关闭。"),
    ("菜园笔记.txt", "番茄苗在五月初移栽，每周浇水两次，盛夏要遮阴。"),
    ("自行车保养.txt", "链条每两百公里上一次油，刹车片磨到两毫米就要更换。"),
];

#[test]
fn questions_find_passages_of_both_languages_by_their_vectors() {
    for (files, questions) in [
        (ENGLISH, [("锅炉的压力应该是多少？", 0), ("How long does the dough rest?", 1), ("合唱团什么时候排练？", 2)]),
        (
            CHINESE,
            [
                ("Where do visitors get an access card?", 0),
                ("番茄什么时候移栽？", 1),
                ("How often should a bicycle chain be oiled?", 2),
            ],
        ),
    ] {
        let library = Library::default();
        fs::write(library.data.path().join("settings.toml"), "embedder = \"multilingual-e5-small-zh-en\"\n").unwrap();
        for (name, text) in files {
            fs::write(library.files.path().join(name), text).unwrap();
        }
        let (status, reply) = library.json(&["ingest", library.files.path().to_str().unwrap()]);
        assert_eq!((status, reply["counts"]["committed"].as_u64()), (0, Some(3)), "{reply}");
        for (question, place) in questions {
            let (_, reply) = library.json(&["ask", question, "--no-answer", "--rerank", "off"]);
            let vector = rows(&reply, "stages").iter().find(|stage| stage["name"] == "vector").unwrap();
            assert_eq!(word(vector, "state"), "done", "{question}: {vector}");
            let best = |row: &&Value| row["vector"]["rank"] == 1;
            let found = rows(&reply, "candidates").iter().find(best).unwrap();
            assert_eq!(word(found, "name"), files[place].0, "{question}");
        }
    }
}
