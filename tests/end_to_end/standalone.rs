use std::fs;

use assay_tests::{Library, root, rows, word};

fn lines(library: &Library, name: &str, lines: &[&str]) -> String {
    let path = library.files.path().join(name);
    fs::write(&path, lines.join("\n")).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn passages_are_scored_in_input_order_and_ranked() {
    let library = Library::default();
    let passages = lines(
        &library,
        "passages.jsonl",
        &[
            r#"{"id":"pears","text":"Pears keep for two weeks in a cool cellar."}"#,
            r#"{"id":"pump","text":"The harbour pump delivers 40 litres a minute."}"#,
            r#"{"id":"empty","text":""}"#,
        ],
    );
    let (status, reply) =
        library.json(&["rerank", "--query", "How much does the pump deliver?", "--passages", &passages]);
    assert_eq!(status, 0, "{reply}");
    let scores = rows(&reply, "scores");
    let ids: Vec<&str> = scores.iter().map(|row| word(row, "id")).collect();
    assert_eq!(ids, ["pears", "pump", "empty"]);
    assert_eq!(scores[1]["rank"], 1, "{reply}");
    assert!(scores.iter().all(|row| row["logit"].as_f64().is_some_and(f64::is_finite)));
    assert_eq!(scores[0]["tokens_read"], scores[0]["tokens_total"]);
}

#[test]
fn embedding_gives_unit_vectors() {
    let library = Library::default();
    let texts = lines(
        &library,
        "texts.jsonl",
        &[r#"{"id":"a","text":"a harbour pump"}"#, r#"{"id":"b","text":"a pump in a harbour"}"#],
    );
    let (_, reply) = library.json(&["embed", "--texts", &texts]);
    assert_eq!(reply["dimension"], 384);
    for row in rows(&reply, "vectors") {
        let length: f64 = rows(row, "vector").iter().map(|x| x.as_f64().unwrap().powi(2)).sum();
        assert!((length - 1.0).abs() < 1e-4);
    }
}

#[test]
fn measuring_reports_metrics_for_each_stage() {
    let library = Library::default();
    let corpus = lines(
        &library,
        "corpus.jsonl",
        &[
            r#"{"_id":"d1","title":"","text":"The harbour pump delivers 40 litres a minute."}"#,
            r#"{"_id":"d2","title":"","text":"Pears keep for two weeks in a cool cellar."}"#,
            r#"{"_id":"d3","title":"","text":"The lighthouse was built in 1871."}"#,
        ],
    );
    let queries = lines(
        &library,
        "queries.jsonl",
        &[
            r#"{"_id":"q1","text":"When was the lighthouse built?"}"#,
            r#"{"_id":"q2","text":"How long do pears keep?"}"#,
        ],
    );
    let qrels = lines(&library, "qrels.tsv", &["query-id\tcorpus-id\tscore", "q1\td3\t1", "q2\td2\t1"]);
    let (status, reply) = library.json(&["measure", "--corpus", &corpus, "--queries", &queries, "--qrels", &qrels]);
    assert_eq!((status, reply["queries"].as_u64()), (0, Some(2)), "{reply}");
    let stages = rows(&reply, "stages");
    let names: Vec<&str> = stages.iter().map(|stage| word(stage, "name")).collect();
    assert_eq!(names, ["vector", "lexical", "hybrid", "reranked", "blended"]);
    for stage in stages {
        assert_eq!(stage["recall@10"]["mean"], 1.0, "{stage}");
        assert!(stage["ndcg@10"]["mean"].as_f64().unwrap() > 0.9, "{stage}");
    }

    // With a language model, named by its file, the queries that it drafts are stages too. The tiny one drafts noise.
    let model = library.files.path().join("tiny.gguf");
    assay_answer::tiny::write_tiny_model(&model).unwrap();
    let files = ["measure", "--corpus", &corpus, "--queries", &queries, "--qrels", &qrels];
    let drafted = ["--stages", "hypothetical,variants,drafted,drafted_reranked"];
    let with_writer = ["--writer", model.to_str().unwrap()];
    let (status, reply) = library.json(&[&files[..], &drafted, &with_writer].concat());
    assert_eq!((status, reply["queries"].as_u64()), (0, Some(2)), "{reply}");
    let stages = rows(&reply, "stages");
    let names: Vec<&str> = stages.iter().map(|stage| word(stage, "name")).collect();
    assert_eq!(names, ["hypothetical", "variants", "drafted", "drafted_reranked"]);
    assert_eq!(stages[0]["recall@10"]["mean"], 1.0, "every passage has a vector: {reply}");
    assert_eq!(stages[2]["recall@10"]["mean"], 1.0, "{reply}");
    let (status, reply) = library.json(&[&files[..], &drafted].concat());
    assert_eq!(status, 2, "{reply}");
    assert!(reply.to_string().contains("--writer"), "{reply}");
}

#[test]
fn the_bench_computes_no_padding_tokens() {
    let library = Library::default();
    let pairs = lines(
        &library,
        "pairs.jsonl",
        &[
            r#"{"query":"pump","passage":"The harbour pump delivers 40 litres a minute."}"#,
            r#"{"query":"pump","passage":"Pears."}"#,
        ],
    );
    let (_, reply) = library.json(&["bench", "rerank", "--pairs", &pairs, "--runs", "2"]);
    assert_eq!(rows(&reply, "seconds").len(), 2);
    assert!(reply["tokens_real"].as_u64().unwrap() > 15, "{reply}");
    assert_eq!(reply["tokens_real"], reply["tokens_computed"]);
    assert!(reply["pairs_per_second"].as_f64().unwrap() > 0.0);
}

/// The reference logits come from transformers with the shipped weights.
#[test]
fn the_shipped_reranker_gives_the_reference_implementations_logits() {
    let library = Library::default();
    let reference = fs::read_to_string(root().join("models/assay-reranker-zh-en/reference.json")).unwrap();
    let reference: serde_json::Value = serde_json::from_str(&reference).unwrap();
    let pairs = rows(&reference, "pairs");
    assert!(pairs.len() >= 10);
    for pair in pairs {
        let line = serde_json::json!({ "id": "it", "text": pair["passage"] }).to_string();
        let passages = lines(&library, "passages.jsonl", &[&line]);
        let wanted = pair["logit"].as_f64().unwrap();
        // f32 matches the reference; `auto` may pick a lower precision and names it.
        for (precision, apart) in [("f32", 1e-4), ("auto", 0.15)] {
            let query = ["rerank", "--query", word(pair, "query"), "--passages", &passages, "--precision", precision];
            let model = ["--model", "assay-reranker-zh-en"];
            let (_, reply) = library.json(&[&query[..], &model].concat());
            let found = rows(&reply, "scores")[0]["logit"].as_f64().unwrap();
            assert!((found - wanted).abs() < apart, "{precision}: {found} instead of {wanted}: {pair}");
            assert!(["f32", "bf16", "int8"].contains(&word(&reply, "precision")), "{reply}");
            // Only an automatic choice needs a reason.
            assert_eq!(reply["precision_why"].is_string(), precision == "auto", "{reply}");
        }
    }
}

#[test]
fn the_bench_of_scale_compares_with_brute_force_and_finds_its_index_again() {
    let library = Library::default();
    let folder = library.files.path().display().to_string();
    let words = ["bench", "scale", "--passages", "3000", "--questions", "5", "--saves", "2", "--folder", &folder];
    for (built, before) in [(true, 0), (false, 3000)] {
        let (_, reply) = library.json(&words);
        assert_eq!(reply["passages_before"], before, "{reply}");
        assert_eq!(reply["build_seconds"].is_number(), built);
        // Below fifty thousand passages every vector is compared; the smallest collection may hold no document of thirty.
        let recall: Vec<&serde_json::Value> =
            reply["recall"].as_array().unwrap().iter().map(|row| &row["recall"]).collect();
        assert_eq!(recall.len(), 4);
        assert!(recall.iter().all(|recall| **recall == 1.0 || recall.is_null()), "{reply}");
        assert_eq!((recall[0], recall[3]), (&1.0.into(), &1.0.into()));
        assert!(reply["total"]["p50"].as_f64().unwrap() > 0.0 && reply["save"]["p50"].as_f64().unwrap() > 0.0);
    }
}
