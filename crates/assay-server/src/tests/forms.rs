use assay_contract::{Precision, RerankReply, RerankRow};
use serde_json::{Value, json};

use crate::dialect::Dialect;
use crate::dialect::asked::Asked;
use crate::dialect::openai::{embeddings, read_embed};
use crate::dialect::{cohere, jina, tei};

fn read(path: &str, body: &Value) -> Result<(Dialect, Asked), (Dialect, String)> {
    Dialect::read(path, body.to_string().as_bytes())
}

/// Scores of three texts; the second is best, and the third was cut.
fn reply() -> RerankReply {
    let row = |id: &str, logit: f32, probability: f32, rank, tokens_read, tokens_total| RerankRow {
        id: id.to_owned(),
        logit,
        probability,
        rank,
        tokens_read,
        tokens_total,
    };
    RerankReply {
        model: "a model".to_owned(),
        device: "cpu".to_owned(),
        precision: Precision::F32,
        precision_why: None,
        scores: vec![row("0", -2.0, 0.125, 3, 5, 5), row("1", 3.0, 0.875, 1, 7, 7), row("2", 0.0, 0.5, 2, 8, 9)],
        ms: 1.0,
    }
}

#[test]
fn a_request_is_read_in_the_form_of_its_path_and_its_fields() {
    let (documents, texts) = (json!(["a", {"text": "b"}]), json!(["a", "b"]));
    let asked = Asked {
        model: None,
        query: "q".to_owned(),
        texts: vec!["a".to_owned(), "b".to_owned()],
        top: None,
        return_text: false,
        raw: false,
        refuse_cut: false,
    };
    for (path, body, wanted) in [
        (
            "/v2/rerank",
            json!({"model": "m", "query": "q", "documents": documents, "top_n": 1}),
            (Dialect::Cohere, Asked { model: Some("m".to_owned()), top: Some(1), ..asked.clone() }),
        ),
        (
            "/v2/rerank",
            json!({"model": "assay", "query": "q", "documents": documents}),
            (Dialect::Cohere, asked.clone()),
        ),
        (
            "/v1/rerank",
            json!({"query": "q", "documents": documents, "top_n": 0}),
            (Dialect::Jina, Asked { return_text: true, ..asked.clone() }),
        ),
        (
            "/v1/rerank",
            json!({"query": "q", "documents": documents, "return_documents": false, "use_activation": false}),
            (Dialect::Jina, Asked { raw: true, ..asked.clone() }),
        ),
        (
            "/rerank",
            json!({"query": "q", "documents": documents, "return_documents": false}),
            (Dialect::Jina, asked.clone()),
        ),
        ("/rerank", json!({"query": "q", "texts": texts}), (Dialect::Tei, asked.clone())),
        (
            "/v1/rerank",
            json!({"query": "q", "texts": texts, "raw_scores": true, "return_text": true, "truncate": false}),
            (Dialect::Tei, Asked { raw: true, return_text: true, refuse_cut: true, ..asked.clone() }),
        ),
    ] {
        assert_eq!(read(path, &body), Ok(wanted), "{path} {body}");
    }
}

#[test]
fn a_request_that_cannot_be_answered_is_refused_in_its_form() {
    let many: Vec<String> = (0..1_001).map(|number| number.to_string()).collect();
    for (path, body, wanted) in [
        ("/v2/rerank", json!([]), Dialect::Cohere),
        ("/v2/rerank", json!({"query": "q"}), Dialect::Cohere),
        ("/v2/rerank", json!({"query": "q", "documents": []}), Dialect::Cohere),
        ("/v2/rerank", json!({"query": "q", "documents": ["a"], "top_n": 0}), Dialect::Cohere),
        ("/v2/rerank", json!({"query": "q", "documents": ["a"], "top_n": -1}), Dialect::Cohere),
        ("/v2/rerank", json!({"query": " ", "documents": ["a"]}), Dialect::Cohere),
        ("/v2/rerank", json!({"query": "q", "documents": many}), Dialect::Cohere),
        ("/v1/rerank", json!({"query": "q"}), Dialect::Jina),
        ("/v1/rerank", json!({"query": "q", "documents": [7]}), Dialect::Jina),
        ("/v1/rerank", json!({"query": ["q"], "documents": ["a"]}), Dialect::Jina),
        ("/rerank", json!({"query": "q"}), Dialect::Tei),
        ("/rerank", json!({"query": "q", "texts": ["a"], "documents": ["a"]}), Dialect::Tei),
        ("/rerank", json!({"query": "q", "texts": [{"text": "a"}]}), Dialect::Tei),
    ] {
        let (dialect, message) = read(path, &body).unwrap_err();
        assert_eq!(dialect, wanted, "{path} {body}");
        assert!(!message.is_empty());
    }
    assert_eq!(Dialect::read("/rerank", b"{\"query\"").unwrap_err().0, Dialect::Tei);
}

#[test]
fn answers_are_sorted_and_say_what_their_scores_are() {
    let documents = json!({"query": "q", "documents": ["a", "b", "c"], "top_n": 2});
    let (_, asked) = read("/v2/rerank", &documents).unwrap();
    let answer = serde_json::to_value(cohere::answer(&asked, &reply())).unwrap();
    assert_eq!(
        answer["results"],
        json!([
            {"index": 1, "relevance_score": 0.875, "logit": 3.0, "truncated": false, "tokens": 7},
            {"index": 2, "relevance_score": 0.5, "logit": 0.0, "truncated": true, "tokens": 8},
        ])
    );
    assert_eq!(answer["meta"]["scale"], "sigmoid of the logit");
    assert_eq!(answer["meta"]["tokens"]["input_tokens"], 20);

    let (_, asked) = read("/v1/rerank", &documents).unwrap();
    let answer = serde_json::to_value(jina::answer(&asked, &reply())).unwrap();
    assert_eq!((&answer["object"], &answer["model"]), (&json!("list"), &json!("a model")));
    assert_eq!(answer["usage"]["total_tokens"], 20);
    assert_eq!(answer["results"][0]["document"], json!({"text": "b"}));
    assert_eq!(answer["results"].as_array().unwrap().len(), 2);

    let (_, asked) =
        read("/rerank", &json!({"query": "q", "texts": ["a", "b", "c"], "raw_scores": true, "return_text": true}))
            .unwrap();
    let answer = serde_json::to_value(tei::answer(&asked, &reply())).unwrap();
    let rows: Vec<_> =
        answer.as_array().unwrap().iter().map(|row| (&row["index"], &row["score"], &row["text"])).collect();
    assert_eq!(rows[0], (&json!(1), &json!(3.0), &json!("b")));
    assert_eq!(rows[2], (&json!(0), &json!(-2.0), &json!("a")));
}

#[test]
fn errors_have_the_fields_of_their_form() {
    use axum::http::StatusCode;

    use crate::dialect::openai;
    let busy = StatusCode::TOO_MANY_REQUESTS;
    assert_eq!(cohere::error("no")["message"], "no");
    assert_eq!(jina::error("no"), json!({"detail": "no"}));
    assert_eq!(tei::error(busy, "no"), json!({"error": "no", "error_type": "Overloaded"}));
    assert_eq!(tei::error(StatusCode::BAD_REQUEST, "no")["error_type"], "Validation");
    assert_eq!(openai::error(busy, "no")["error"]["type"], "rate_limit_error");
    assert_eq!(openai::error(StatusCode::UNAUTHORIZED, "no")["error"]["code"], "invalid_api_key");
}

#[test]
fn vectors_are_written_as_numbers_or_as_base64_of_their_bytes() {
    use assay_contract::{EmbedReply, EmbedRow};
    let reply = || EmbedReply {
        model: "a model".to_owned(),
        device: "cpu".to_owned(),
        precision: Precision::F32,
        precision_why: None,
        dimension: 2,
        max_tokens: 4,
        vectors: vec![
            EmbedRow { id: "0".to_owned(), vector: vec![1.0, -0.5], tokens: 3 },
            EmbedRow { id: "1".to_owned(), vector: vec![0.0, 2.0], tokens: 9 },
        ],
        ms: 1.0,
    };
    let asked = |fields: Value| {
        let mut body = json!({"input": ["a", "b"]});
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        read_embed(body.to_string().as_bytes()).unwrap()
    };
    let answer = serde_json::to_value(embeddings(&asked(json!({})), reply()).unwrap()).unwrap();
    assert_eq!(answer["data"][0]["embedding"], json!([1.0, -0.5]));
    assert_eq!((&answer["data"][0]["truncated"], &answer["data"][1]["truncated"]), (&json!(false), &json!(true)));
    assert_eq!(answer["usage"]["total_tokens"], 7);
    let answer = embeddings(&asked(json!({"encoding_format": "base64", "dimensions": 2})), reply()).unwrap();
    // 1.0 is 0x3f800000 and -0.5 is 0xbf000000, the low byte first.
    assert_eq!(serde_json::to_value(answer).unwrap()["data"][0]["embedding"], "AACAPwAAAL8=");
    assert!(embeddings(&asked(json!({"dimensions": 1})), reply()).unwrap_err().contains("2 dimensions"));

    assert_ne!(asked(json!({"input_type": "query"})).kind, asked(json!({"input_type": "document"})).kind);
    assert_eq!(asked(json!({"input_type": "search_query"})).kind, asked(json!({"input_type": "query"})).kind);
    for bad in
        ["{}", r#"{"input":[]}"#, r#"{"input":[1,2]}"#, r#"{"input":7}"#, r#"{"input":"a","encoding_format":"hex"}"#]
    {
        read_embed(bad.as_bytes()).unwrap_err();
    }
}
