use serde_json::{Value, json};

use super::wire::{Answer, Running};

const QUESTION: &str = "How much does the pump deliver?";
const TEXTS: [&str; 3] =
    ["Pears keep for two weeks in a cool cellar.", "The harbour pump delivers 40 litres a minute.", "It rains."];

#[tokio::test(flavor = "multi_thread")]
async fn texts_are_scored_alike_in_every_form_without_a_library() {
    let server = Running::start().await;
    let documents = json!({"query": QUESTION, "documents": TEXTS});
    let cohere = server.post("/v2/rerank", &documents).await.json();
    let jina = server.post("/v1/rerank", &documents).await.json();
    let tei = server.post("/rerank", &json!({"query": QUESTION, "texts": TEXTS, "raw_scores": true})).await;
    assert!(tei.head.contains("x-assay-scale: logit"), "{tei:?}");
    let tei = tei.json();
    let order = |rows: &Value| -> Vec<(u64, f64)> {
        rows.as_array()
            .unwrap()
            .iter()
            .map(|row| (row["index"].as_u64().unwrap(), row["logit"].as_f64().unwrap()))
            .collect()
    };
    let sorted = order(&cohere["results"]);
    assert_eq!(sorted[0].0, 1, "{cohere}");
    assert!(sorted.is_sorted_by(|a, b| a.1 >= b.1));
    assert_eq!((order(&jina["results"]), order(&tei)), (sorted.clone(), sorted));
    assert_eq!(tei[0]["score"], tei[0]["logit"]);
    let best = &cohere["results"][0];
    let (score, logit) = (best["relevance_score"].as_f64().unwrap(), best["logit"].as_f64().unwrap());
    assert!((score - 1.0 / (1.0 + (-logit).exp())).abs() < 1e-4, "{best}");
    assert_eq!(jina["results"][0]["document"]["text"], TEXTS[1]);

    // The model of a Chinese question is another one, and it says so.
    let chinese =
        json!({"query": "水泵的流量是多少？", "documents": ["梨可以保存两周。", "港口的水泵每分钟输送四十升水。"]});
    let chinese = server.post("/v1/rerank", &chinese).await.json();
    assert_eq!(chinese["results"][0]["index"], 1);
    assert_ne!(chinese["model"], jina["model"]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn models_are_named_by_the_list_and_not_by_a_path() {
    let server = Running::start().await;
    let listed = server.get("/v1/models").await.json();
    let names = |role: &str| -> Vec<String> {
        let rows = listed["data"].as_array().unwrap().iter().filter(|row| row["role"] == role);
        rows.map(|row| row["id"].as_str().unwrap().to_owned()).collect()
    };
    let (rerankers, embedders) = (names("reranker"), names("embedder"));
    assert!(rerankers.len() > 1 && !embedders.is_empty(), "{listed}");
    for name in &rerankers {
        let body = json!({"model": name, "query": QUESTION, "documents": TEXTS});
        assert_eq!(server.post("/v1/rerank", &body).await.json()["model"], **name);
    }
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models").join(&rerankers[0]);
    assert!(folder.is_dir());
    for wrong in [folder.to_str().unwrap(), "../../models", "no such model", embedders[0].as_str()] {
        let answer = server.post("/v2/rerank", &json!({"model": wrong, "query": QUESTION, "documents": TEXTS})).await;
        assert_eq!(answer.status, 404, "{wrong}: {answer:?}");
        assert!(answer.json()["message"].as_str().unwrap().contains(&rerankers[0]));
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_become_vectors() {
    let server = Running::start().await;
    let answer = server.post("/v1/embeddings", &json!({"model": "assay", "input": TEXTS})).await.json();
    let vector: Vec<f64> =
        answer["data"][1]["embedding"].as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect();
    let length: f64 = vector.iter().map(|x| x * x).sum();
    assert!((length - 1.0).abs() < 1e-3, "{length}");
    assert!(answer["usage"]["total_tokens"].as_u64().unwrap() > 20);
    let body = json!({"input": TEXTS[1], "encoding_format": "base64", "dimensions": vector.len()});
    let one = server.post("/v1/embeddings", &body).await.json();
    assert_eq!(one["data"][0]["embedding"].as_str().unwrap().len(), (vector.len() * 4).div_ceil(3) * 4);
    let query = server.post("/v1/embeddings", &json!({"input": TEXTS[1], "input_type": "query"})).await.json();
    assert_ne!(query["data"][0]["embedding"], answer["data"][1]["embedding"]);
    server.stop().await;
}

async fn mcp(server: &Running, method: &str, params: Value) -> Answer {
    server.post("/mcp", &json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})).await
}

#[tokio::test(flavor = "multi_thread")]
async fn mcp_answers_over_http_without_a_session() {
    let server = Running::start().await;
    let hello =
        json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}});
    let answer = mcp(&server, "initialize", hello).await;
    assert_eq!(answer.json()["result"]["serverInfo"]["name"], "assay", "{answer:?}");
    assert!(!answer.head.to_lowercase().contains("mcp-session-id"));
    let tools = mcp(&server, "tools/list", json!({})).await.json();
    assert_eq!(tools["result"]["tools"][0]["annotations"]["readOnlyHint"], true, "{tools}");
    let status = mcp(&server, "tools/call", json!({"name": "status", "arguments": {}})).await.json();
    assert_eq!(status["result"]["structuredContent"]["passages"], 0, "{status}");
    for (arguments, said) in [
        (json!({"name": "query", "arguments": {"question": "Who?"}}), "add files"),
        (json!({"name": "query", "arguments": {"question": "Who?", "collection": "x"}}), "library is empty"),
        (json!({"name": "query", "arguments": {"question": "Who?", "limit": 51}}), "1 to 50"),
        (json!({"name": "query", "arguments": {"question": "Who?", "top": 3}}), "input schema"),
        (json!({"name": "get", "arguments": {"id": "/etc/passwd"}}), "neither"),
        (json!({"name": "get", "arguments": {"id": "7"}}), "no document 7"),
    ] {
        let reply = mcp(&server, "tools/call", arguments).await.json();
        let text = reply["result"]["content"][0]["text"].as_str().unwrap_or_default();
        assert!(reply["result"]["isError"] == true && text.contains(said), "{reply}");
    }
    let unknown = mcp(&server, "tools/call", json!({"name": "remove", "arguments": {}})).await.json();
    assert!(unknown["error"]["message"].as_str().unwrap().contains("no tool"), "{unknown}");
    assert_eq!(server.get("/mcp").await.status, 405);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_library_is_told_in_words() {
    let server = Running::start().await;
    assert_eq!(server.get("/v1/documents").await.json()["data"], json!([]));
    assert_eq!(server.get("/v1/documents?limit=x").await.status, 400);
    for (path, body) in [
        ("/v1/search", json!({"question": "Who?"})),
        ("/v1/chat/completions", json!({"messages": [{"role": "user", "content": "Who?"}]})),
    ] {
        let answer = server.post(path, &body).await;
        assert_eq!(answer.status, 409, "{answer:?}");
        assert!(answer.json()["error"]["message"].as_str().unwrap().contains("add files"));
    }
    server.stop().await;
}
