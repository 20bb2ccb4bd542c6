use std::collections::HashMap;
use std::fs;

use assay_tests::{Library, root, rows, samples, word};
use serde_json::Value;

#[test]
fn the_sample_library_is_ingested_asked_and_removed() {
    let library = Library::default();
    let (status, reply) = library.json(&["ingest", &samples()]);
    assert_eq!(status, 0, "{reply}");
    let files = rows(&reply, "files");
    assert!(files.len() >= 12);
    for file in files {
        assert_eq!(word(file, "state"), "committed", "{file}");
        assert!(file["chunks"].as_u64().unwrap() > 0 && file["pages"].as_u64() >= file["pages_with_text"].as_u64());
    }

    // Unchanged files are skipped, and a check finds nothing.
    let (_, again) = library.json(&["ingest", &samples()]);
    assert_eq!(again["counts"]["unchanged"].as_u64(), Some(files.len() as u64));
    let (status, check) = library.json(&["check"]);
    assert!(status == 0 && check["ok"] == true, "{check}");

    asked_questions_keep_their_scores(&library);
    removed_documents_are_gone(&library);
}

fn asked_questions_keep_their_scores(library: &Library) {
    for question in ["When did Ottilie Brandvold die?", "柏令仪是什么时候去世的？"] {
        let (_, reply) = library.json(&["ask", question, "--rerank", "on"]);
        let candidates = rows(&reply, "candidates");
        assert!(candidates.len() > 10, "{question}: {} candidates", candidates.len());
        // Passages of each language have ranks of their own.
        let mut reranked: HashMap<bool, Vec<(u64, f64)>> = HashMap::new();
        for candidate in candidates {
            assert!(!candidate["vector"].is_null() || !candidate["lexical"].is_null());
            fused_is_the_sum_of_both_retrievers(candidate);
            let outcome = word(candidate, "outcome");
            let rerank = &candidate["rerank"];
            assert_eq!(rerank.is_null(), outcome == "not_reranked", "{candidate}");
            if !rerank.is_null() {
                let (logit, probability) = (rerank["logit"].as_f64().unwrap(), rerank["probability"].as_f64().unwrap());
                assert!((probability - 1.0 / (1.0 + (-logit).exp())).abs() < 1e-5);
                let is_chinese = word(candidate, "text").chars().any(|c| ('\u{4E00}'..='\u{9FFF}').contains(&c));
                reranked.entry(is_chinese).or_default().push((rerank["rank"].as_u64().unwrap(), logit));
            }
        }
        for of_language in reranked.values_mut() {
            of_language.sort_by_key(|(rank, _)| *rank);
            assert!(of_language.windows(2).all(|pair| pair[0].1 >= pair[1].1), "ranks follow logits: {of_language:?}");
        }
        assert!(candidates.iter().filter(|row| row["outcome"] == "kept").count() <= 5);
        let stages: Vec<&str> = rows(&reply, "stages").iter().map(|stage| word(stage, "name")).collect();
        assert_eq!(stages, ["embed", "vector", "lexical", "fuse", "fold", "rerank", "keep", "answer"]);
        citations_quote_their_passages(&reply);
    }
}

fn fused_is_the_sum_of_both_retrievers(candidate: &Value) {
    let retriever = |name: &str| candidate[name]["rank"].as_f64().map_or(0.0, |rank| 1.0 / (60.0 + rank));
    let fused = candidate["fused"]["score"].as_f64().unwrap();
    assert!((fused - retriever("vector") - retriever("lexical")).abs() < 1e-12, "{candidate}");
}

fn citations_quote_their_passages(reply: &Value) {
    let answer = &reply["answer"];
    if answer["refused"] == true {
        return;
    }
    let citations = rows(answer, "citations");
    assert!(!citations.is_empty(), "{answer}");
    for citation in citations {
        let chunk = word(citation, "chunk");
        let cited = rows(reply, "candidates").iter().find(|row| row["chunk"] == chunk).unwrap();
        assert_eq!(cited["outcome"], "kept");
        assert!(word(cited, "text").contains(word(citation, "quote")), "{citation}");
        assert!(word(answer, "text").contains(&format!("[{}]", citation["number"])));
    }
}

fn removed_documents_are_gone(library: &Library) {
    let (_, list) = library.json(&["documents"]);
    let row = rows(&list, "documents").iter().find(|row| word(row, "name") == "brandvold-biography.pdf").unwrap();
    let id = row["id"].to_string();
    assert!(library.run(&["remove", &id]).status.success());
    assert!(root().join("samples/library/brandvold-biography.pdf").is_file(), "the original remains");
    let (_, reply) = library.json(&["ask", "When did Ottilie Brandvold die?"]);
    assert!(rows(&reply, "candidates").iter().all(|row| word(row, "name") != "brandvold-biography.pdf"));
    let (status, check) = library.json(&["check"]);
    assert_eq!(status, 0, "{check}");
    assert!(!library.run(&["remove", &id]).status.success(), "removing it again fails");
}

#[test]
fn at_most_five_questions_of_the_sample_library_miss_their_passage() {
    let library = Library::default();
    library.json(&["ingest", &samples()]);
    let text = fs::read_to_string(root().join("samples/questions.jsonl")).unwrap();
    let questions: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(questions.len() >= 24);
    let mut missed = Vec::new();
    for question in &questions {
        let (_, reply) = library.json(&["ask", word(question, "question"), "--no-answer"]);
        let wanted = squeeze(word(question, "contains"));
        let found = rows(&reply, "candidates")
            .iter()
            .take(5)
            .any(|row| word(row, "name") == word(question, "document") && squeeze(word(row, "text")).contains(&wanted));
        if !found {
            missed.push(word(question, "id"));
        }
    }
    // The baseline is 21 of 26; several questions are hard on purpose.
    assert!(missed.len() <= 5, "the right passage is not among the first five for {missed:?}");
}

fn squeeze(text: &str) -> String {
    text.split_whitespace().collect()
}
