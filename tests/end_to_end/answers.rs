use std::fs;

use assay_tests::{Library, rows, word};
use serde_json::Value;

/// A library of these files, each with its text.
fn library(files: &[(&str, &str)]) -> Library {
    let library = Library::default();
    for (name, text) in files {
        fs::write(library.files.path().join(name), text).unwrap();
    }
    let (status, reply) = library.json(&["ingest", library.files.path().to_str().unwrap()]);
    assert_eq!(status, 0, "{reply}");
    library
}

fn answer<'a>(reply: &'a Value, kind: &str) -> &'a str {
    assert_eq!(reply["answer"]["kind"], kind, "{}", reply["answer"]);
    word(&reply["answer"], "text")
}

const PROTEINS: &str = "# Footprints\n\n## Yellow pea protein\n\nOne kilogram of yellow pea protein causes 1.9 kilograms of carbon \
                        dioxide from field to gate.\n\n## Green pea protein\n\nOne kilogram of green pea protein causes 2.3 kilograms of \
                        carbon dioxide from field to gate.\n";

const POND: &str = "The pond pump is cleaned on the first Saturday, every five weeks. The fish are fed each morning.\n";

#[test]
fn a_follow_up_is_answered_after_the_question_before_it() {
    let library = library(&[("proteins.md", PROTEINS), ("pond.txt", POND)]);
    let first = "What is the carbon footprint of yellow pea protein?";
    let (_, reply) = library.json(&["ask", first, "--conversation", "new"]);
    assert!(reply["standalone"].is_null());
    let conversation = reply["conversation"].to_string();
    for (question, standalone, said) in [
        ("And of the green one?", "What is the carbon footprint of the green pea protein?", "2.3 kilograms"),
        ("那绿色的呢？", "What is the carbon footprint of the green pea protein? 那绿色的呢？", "2.3 kilograms"),
    ] {
        let (_, reply) = library.json(&["ask", question, "--conversation", &conversation]);
        assert_eq!(reply["standalone"], standalone);
        assert_eq!(
            (&reply["question"], reply["conversation"].to_string()),
            (&Value::from(question), conversation.clone())
        );
        let quote = word(&rows(&reply["answer"], "citations")[0], "quote");
        assert!(quote.contains(said), "{question}: {quote}");
    }
    let (_, reply) = library.json(&["ask", "And of the green one?", "--conversation", &conversation, "--as-typed"]);
    assert!(reply["standalone"].is_null());
    let (_, reply) = library.json(&["ask", "When is the pond pump cleaned?", "--conversation", "new"]);
    let (_, reply) = library.json(&["ask", "And how often?", "--conversation", &reply["conversation"].to_string()]);
    assert_eq!(reply["standalone"], "How often is the pond pump cleaned?");
    assert!(answer(&reply, "extractive").contains("five weeks"));
}

#[test]
fn all_rows_of_a_table_are_listed_and_counted() {
    let rows_of = |from: u32, to: u32| {
        let row = |number: u32| {
            let status = if number.is_multiple_of(4) { "open" } else { "closed" };
            format!(
                "AB-{},The handle of drawer {number} is loose and has to be fixed by the carpenter,{status}\n",
                200 + number
            )
        };
        (from..to).map(row).collect::<String>()
    };
    let table = format!("Issue,Title,Status\n{}", rows_of(0, 60));
    let library = library(&[("issues.csv", &table), ("pond.txt", POND)]);
    // Rows say little, so that all of them may lie below the threshold of a short question.
    for question in
        ["List all open issues", "How many issues are open?", "How many of the issues have the status open?"]
    {
        let (_, reply) = library.json(&["ask", question]);
        let text = answer(&reply, "extractive");
        assert!(text.starts_with("15 of 60 rows read in 1 file:"), "{question}: {text}");
        let citations = rows(&reply["answer"], "citations");
        assert!((0..60).step_by(4).all(|number| text.contains(&format!("AB-{}", 200 + number))), "{text}");
        assert!(citations.len() == 15 && citations.iter().all(|row| word(row, "name") == "issues.csv"));
    }
    let (_, reply) = library.json(&["ask", "List all issues that are not closed"]);
    assert!(answer(&reply, "extractive").starts_with("15 of 60 rows read in 1 file:"), "{}", reply["answer"]);
}

#[test]
fn questions_about_the_library_name_its_files() {
    let library = library(&[("proteins.md", PROTEINS), ("pond.txt", POND)]);
    for question in ["What is in here?", "What topics are covered in my documents?", "资料库里有哪些文件？"] {
        let (status, reply) = library.json(&["ask", question]);
        let text = answer(&reply, "catalogue");
        assert!(status == 0 && text.contains("proteins.md") && text.contains("pond.txt"), "{text}");
    }
    let (_, reply) = library.json(&["ask", "Which files do I have about the pond?"]);
    let text = answer(&reply, "catalogue");
    assert!(text.lines().nth(1).is_some_and(|line| line.starts_with("- ") && line.contains("pond.txt")), "{text}");
}

#[test]
fn what_is_quoted_is_what_was_asked_for() {
    let model = |number: u32, torque: u32| {
        let care =
            "Wipe the dust from the fan with a dry brush and look for cracks in the blades. Check the belt once more. ";
        format!("\n## KX-{number}\n\n{care}The lid bolts are tightened crosswise with {torque} newton metres.\n")
    };
    let manual = format!("# Service manual\n{}{}{}", model(100, 9), model(200, 14), model(300, 22));
    let report = |year: u32, profit: &str| {
        format!("Annual report {year}. In {year} the cooperative made a net profit of {profit} million euros.")
    };
    let (early, late) = (report(2023, "1.84"), report(2024, "2.07"));
    let boxes = "crate marked \"QX41\" holds  1  kite\ncrate marked \"RT09\"  holds  2  lanterns\n";
    let library = library(&[("manual.md", &manual), ("2023.txt", &early), ("2024.txt", &late), ("boxes.txt", boxes)]);
    for (question, quoted) in [
        ("With how many newton metres are the lid bolts of the KX-300 tightened?", "22 newton metres"),
        ("With how many newton metres are the lid bolts of the KX-100 tightened?", "9 newton metres"),
        ("What was the net profit in 2024?", "2.07 million"),
        ("Which crate holds 1 kite?", "QX41"),
        ("which crate contains 2 lanterns?", "RT09"),
    ] {
        let (_, reply) = library.json(&["ask", question]);
        let citation = &rows(&reply["answer"], "citations")[0];
        let quote = word(citation, "quote");
        assert!(quote.contains(quoted), "{question}: {}", reply["answer"]);
        assert!(!quote.contains('\n'), "lines of a list are quoted one by one: {quote}");
        if question.contains("KX") {
            let model = question.split_whitespace().find(|word| word.starts_with("KX-")).unwrap();
            assert!(word(&reply["answer"], "text").lines().next().unwrap().contains(model), "{}", reply["answer"]);
        }
    }
    let (status, reply) = library.json(&["ask", "What was the net profit in 2021?"]);
    assert_eq!(status, 3);
    assert!(answer(&reply, "refused").contains("2021"), "{}", reply["answer"]);
}

#[cfg(unix)]
#[test]
fn a_file_name_with_a_line_end_stays_on_one_line() {
    let library = library(&[("two\nlines\u{202e}.txt", POND)]);
    for words in [&["documents"][..], &["ask", "When is the pond pump cleaned?"], &["pages", "1"]] {
        let text = String::from_utf8(library.run(words).stdout).unwrap();
        assert!(text.contains(r"two\nlines\u{202e}.txt"), "{words:?}: {text}");
    }
}
