use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::wire::{Answer, Running};
use crate::description::parts;

/// Sends a request of the description, without its token or with it.
async fn ask(server: &Running, method: &str, path: &str, token: bool) -> Answer {
    let path = path.replace("{id}", "1");
    let whole = server.request(&method.to_uppercase(), &path, "");
    let bare = whole.replace(&format!("Authorization: Bearer {}\r\n", server.token), "");
    server.send(if token { whole } else { bare }.as_bytes()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_request_that_is_described_is_answered_and_needs_the_token() {
    let server = Running::start().await;
    let described = server.get("/openapi.json").await.json();
    let page = server.get("/docs").await;
    assert!(page.head.contains("content-type: text/html") && page.head.contains("default-src 'none'"), "{}", page.head);
    assert!(!page.body.contains("<script") && !page.body.contains("src=") && !page.body.contains("http://"));
    let paths = described["paths"].as_object().unwrap();
    assert!(paths.len() > 10, "{paths:?}");
    for (path, operations) in paths {
        for (method, operation) in operations.as_object().unwrap() {
            let (open, told) = (ask(&server, method, path, false).await, ask(&server, method, path, true).await);
            let free = operation["security"] == json!([]);
            assert_eq!((free, open.status == 401), (path == "/health", path != "/health"), "{method} {path}: {open:?}");
            assert!(!matches!(told.status, 401 | 404 | 405), "{method} {path}: {told:?}");
            assert!(page.body.contains(&format!("{} {path}<", method.to_uppercase())), "{method} {path}");
        }
    }
    server.stop().await;
}

#[test]
fn no_two_forms_of_the_description_have_one_name() {
    let (routes, _): (Vec<_>, Vec<_>) = crate::http::routes().into_iter().unzip();
    let (_, [read, written]) = parts(&routes);
    for (name, schema) in &read {
        assert!(!name.ends_with(|last: char| last.is_ascii_digit()), "{name} is the name of two types");
        assert!(written.get(name).is_none_or(|other| other == schema), "{name} is read and written in two forms");
    }
    assert!(written.keys().all(|name| !name.ends_with(|last: char| last.is_ascii_digit())), "{:?}", written.keys());
}

/// The schema at the end of its references, if any.
fn resolved<'a>(described: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(reference) => {
            let to = described.pointer(reference.trim_start_matches('#'));
            resolved(described, to.unwrap_or_else(|| panic!("{reference} leads nowhere")))
        }
        None => schema,
    }
}

/// Whether a value has the fields of a schema: all that are required, and none that is not there.
fn fits(described: &Value, schema: &Value, value: &Value) -> bool {
    let schema = resolved(described, schema);
    if let Some(forms) = schema["anyOf"].as_array() {
        return forms.iter().any(|form| fits(described, form, value));
    }
    match value {
        Value::Array(values) => {
            !schema["items"].is_null() && values.iter().all(|value| fits(described, &schema["items"], value))
        }
        Value::Object(fields) if schema["properties"].is_object() => {
            let required = schema["required"].as_array().into_iter().flatten();
            let there: BTreeSet<&str> = fields.keys().map(String::as_str).collect();
            required.filter_map(Value::as_str).all(|name| there.contains(name))
                && fields.iter().all(|(name, value)| {
                    let schema = &schema["properties"][name];
                    !schema.is_null() && fits(described, schema, value)
                })
        }
        Value::Object(_) => schema["properties"].is_null() && schema["type"] != "array",
        _ => schema["properties"].is_null(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_have_the_fields_that_are_described() {
    let server = Running::start().await;
    let described = server.get("/openapi.json").await.json();
    let text = described.to_string();
    for reference in text.split("\"$ref\":\"").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(described.pointer(reference.trim_start_matches('#')).is_some(), "{reference} leads nowhere");
    }
    let (documents, texts) = (json!({"query": "q", "documents": ["a", "b"]}), json!({"query": "q", "texts": ["a"]}));
    let with_texts = json!({"query": "q", "documents": ["a"], "return_documents": true});
    for (method, path, body) in [
        ("get", "/health", Value::Null),
        ("get", "/v1/models", Value::Null),
        ("get", "/v1/documents", Value::Null),
        ("post", "/v1/rerank", documents.clone()),
        ("post", "/v2/rerank", documents),
        ("post", "/v2/rerank", with_texts),
        ("post", "/rerank", texts),
        ("post", "/v1/embeddings", json!({"input": "a"})),
        ("post", "/v1/embeddings", json!({"input": "a", "encoding_format": "base64"})),
    ] {
        let answer = if method == "get" { server.get(path).await } else { server.post(path, &body).await };
        assert_eq!(answer.status, 200, "{answer:?}");
        let schema = &described["paths"][path][method]["responses"]["200"]["content"]["application/json"]["schema"];
        assert!(fits(&described, schema, &answer.json()), "{path}: {answer:?}\n{schema}");
    }
    let models = &described["paths"]["/v1/models"]["get"]["responses"]["200"]["content"]["application/json"]["schema"];
    assert!(!fits(&described, models, &json!({"object": "list", "data": [{"id": "x"}]})), "the check can fail");
    server.stop().await;
}
