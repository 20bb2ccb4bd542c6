//! Tests of the caches of scores and token ids: cached scores equal computed ones, and leave with their
//! document.

use std::fs;

use assay_tests::{Library, holding, root, rows, word};
use serde_json::Value;

/// Words that are one token each in the shipped tokenizer, and their ids as little-endian bytes.
fn known_words() -> (Vec<String>, Vec<u8>) {
    let text = fs::read_to_string(root().join("models/assay-reranker-zh-en/tokenizer.json")).unwrap();
    let tokenizer: Value = serde_json::from_str(&text).unwrap();
    let pieces = (0_u32..).zip(rows(&tokenizer["model"], "vocab"));
    let whole = |word: &&str| word.len() > 6 && word.bytes().all(|byte| byte.is_ascii_lowercase());
    // A piece that begins a word begins with this mark.
    let begins = |piece: &Value| piece[0].as_str()?.strip_prefix('▁').filter(whole).map(str::to_owned);
    let mut words: Vec<(String, u32)> = pieces.filter_map(|(id, piece)| Some((begins(piece)?, id))).collect();
    words.sort();
    let picked: Vec<_> = words.iter().step_by(words.len() / 24).take(24).collect();
    let ids = picked.iter().flat_map(|(_, id)| id.to_le_bytes()).collect();
    (picked.iter().map(|(word, _)| word.clone()).collect(), ids)
}

fn stage(reply: &Value) -> &Value {
    rows(reply, "stages").iter().find(|stage| stage["name"] == "rerank").unwrap()
}

fn work(reply: &Value) -> Vec<(u64, u64)> {
    let count = |scores: &Value, name: &str| scores[name].as_u64().unwrap();
    let scores = rows(stage(reply), "scores").iter();
    scores.map(|scores| (count(scores, "computed"), count(scores, "cached"))).collect()
}

fn logits(reply: &Value) -> Vec<(String, f64)> {
    let scored = rows(reply, "candidates").iter().filter(|row| !row["rerank"].is_null());
    scored.map(|row| (word(row, "chunk").to_owned(), row["rerank"]["logit"].as_f64().unwrap())).collect()
}

#[test]
fn scores_are_cached_reused_and_removed_with_their_document() {
    let library = Library::default();
    fs::write(library.data.path().join("settings.toml"), "reranker = \"assay-reranker-zh-en\"\n").unwrap();
    let files = tempfile::tempdir().unwrap();
    let (words, ids) = known_words();
    let secret = words.join(" ");
    fs::write(files.path().join("secret.txt"), &secret).unwrap();
    for number in 0..6 {
        let text = format!("Note {number}: {} and {} were seen again.", words[number], words[number + 1]);
        fs::write(files.path().join(format!("note-{number}.txt")), text).unwrap();
    }
    let (status, reply) = library.json(&["ingest", files.path().to_str().unwrap()]);
    assert_eq!(status, 0, "{reply}");

    let question = format!("What is known of {} and {}?", words[0], words[5]);
    let ask = |extra: &[&str]| {
        let base = ["ask", &question, "--no-answer", "--rerank", "on"];
        library.json(&[&base, extra].concat()).1
    };
    let first = ask(&[]);
    let all = logits(&first).len() as u64;
    assert_eq!((all, work(&first)), (7, vec![(7, 0)]));
    assert!(rows(&first, "candidates").iter().all(|row| row["rerank"]["model"] == "assay-reranker-zh-en"));
    let again = ask(&[]);
    assert_eq!(work(&again), [(0, 7)]);
    assert_eq!(logits(&again), logits(&first), "bit for bit");
    let anew = ask(&["--no-cache"]);
    assert_eq!(work(&anew), [(7, 0)]);
    for (kept, computed) in logits(&again).iter().zip(logits(&anew)) {
        assert!(kept.0 == computed.0 && (kept.1 - computed.1).abs() < 1e-4);
    }

    cascades_keep_models_apart(&ask, &first);
    a_budget_leaves_passages_out(&library, &words);

    let folder = library.data.path();
    let holds = |needle: &[u8]| !holding(folder, needle).is_empty();
    assert!(holds(&ids) && holds(secret.as_bytes()));
    let (_, list) = library.json(&["documents"]);
    let row = rows(&list, "documents").iter().find(|row| word(row, "name") == "secret.txt").unwrap();
    assert!(library.run(&["remove", &row["id"].to_string()]).status.success());
    assert!(!holds(&ids), "token ids remain after their document was removed");
    assert!(!holds(secret.as_bytes()), "text remains after its document was removed");
    let after = ask(&[]);
    assert_eq!(work(&after), [(0, 6)], "the scores of other documents remain cached");
}

fn cascades_keep_models_apart(ask: &dyn Fn(&[&str]) -> Value, first: &Value) {
    // The second model has the same weights under another name.
    let folder = root().join("models/assay-reranker-zh-en");
    let folder = folder.to_str().unwrap();
    let reply = ask(&["--second-model", folder, "--second-pool", "3"]);
    assert_eq!(work(&reply), [(0, 7), (0, 3)]);
    for (place, row) in rows(&reply, "candidates").iter().enumerate() {
        let by_second = place < 3;
        assert_eq!(row["rerank"]["model"] == folder, by_second, "{row}");
        assert_eq!(row["first_rerank"]["model"] == "assay-reranker-zh-en", by_second);
        assert_eq!(row["place"]["rank"].as_u64(), Some(place as u64 + 1));
        assert_eq!(row["rerank"]["rank"].as_u64(), Some(place as u64 + 1));
    }
    let blended = ask(&["--order", "blend"]);
    for (place, row) in rows(&blended, "candidates").iter().enumerate() {
        let rank = |name: &str| row[name]["rank"].as_f64().unwrap();
        let wanted = 1.0 / (60.0 + rank("fused")) + 1.0 / (60.0 + rank("rerank"));
        assert!((row["blend"]["score"].as_f64().unwrap() - wanted).abs() < 1e-12, "{row}");
        assert!(row["place"]["rule"] == "blend" && row["blend"]["rank"].as_u64() == Some(place as u64 + 1));
    }
    let sorted = |reply: &Value| {
        let mut logits = logits(reply);
        logits.sort_by(|a, b| a.0.cmp(&b.0));
        logits
    };
    assert_eq!(sorted(&blended), sorted(first), "blending changes no score");
}

fn a_budget_leaves_passages_out(library: &Library, words: &[String]) {
    let question = format!("Where was {} seen, and when?", words[2]);
    let (_, reply) = library.json(&["ask", &question, "--rerank", "on", "--budget-ms", "1"]);
    assert_eq!((word(stage(&reply), "state"), word(stage(&reply), "code")), ("stopped", "time_budget"));
    assert!(logits(&reply).len() < rows(&reply, "candidates").len());
    assert!(word(stage(&reply), "reason").contains("1 ms"));
    assert!(!word(&reply["answer"], "text").is_empty());
}
