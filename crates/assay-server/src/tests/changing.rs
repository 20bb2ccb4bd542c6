use serde_json::json;

use super::wire::{Answer, Running};
use crate::http::Serving;

async fn delete(server: &Running, id: &str, confirmed: Option<&str>) -> Answer {
    let header = confirmed.map(|number| format!("x-assay-confirm: {number}\r\n")).unwrap_or_default();
    let whole = server.request("DELETE", &format!("/v1/documents/{id}"), "");
    server.send(whole.replacen("Content-Type", &format!("{header}Content-Type"), 1).as_bytes()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_added_or_removed_unless_a_folder_is_allowed() {
    let server = Running::start().await;
    let file = tempfile::NamedTempFile::new().unwrap();
    let refused = server.post("/v1/documents", &json!({"path": file.path()})).await;
    assert!(refused.status == 403 && refused.body.contains("--allow"), "{refused:?}");
    assert_eq!(delete(&server, "1", Some("1")).await.status, 404, "there is no document 1");
    assert_eq!(server.get("/v1/documents").await.json()["data"], json!([]));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_outside_and_a_removal_without_confirmation_are_refused() {
    let (allowed, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    std::fs::write(other.path().join("note.txt"), "text").unwrap();
    let folder = allowed.path().to_owned();
    let server = Running::with(move |serving: &mut Serving| serving.allowed = vec![folder]).await;
    let outside = allowed.path().join("..").join(other.path().file_name().unwrap()).join("note.txt");
    for (body, wanted) in [
        (json!({"path": outside}), 403),
        (json!({"path": other.path()}), 403),
        (json!({"path": "/etc/passwd"}), 403),
        (json!({"path": "note.txt"}), 403),
        (json!({"path": allowed.path().join("none")}), 403),
        (json!({"path": allowed.path(), "collection": " "}), 400),
        (json!({"path": allowed.path(), "more": 1}), 400),
        (json!({}), 400),
    ] {
        let answer = server.post("/v1/documents", &body).await;
        assert_eq!(answer.status, wanted, "{body}: {answer:?}");
    }
    for (id, confirmed, wanted) in
        [("1", None, 428), ("1", Some("2"), 428), ("1", Some("yes"), 428), ("x", Some("x"), 400), ("1", Some("1"), 404)]
    {
        let answer = delete(&server, id, confirmed).await;
        assert_eq!(answer.status, wanted, "{id} {confirmed:?}: {answer:?}");
    }
    assert_eq!(server.get("/v1/documents/1").await.status, 405, "nothing changes by GET");
    server.stop().await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_library_that_is_open_elsewhere_is_told() {
    use assay_app::{App, Opening};
    let allowed = tempfile::tempdir().unwrap();
    std::fs::write(allowed.path().join("note.txt"), "text").unwrap();
    let folder = allowed.path().to_owned();
    let mut data = None;
    let server = Running::with(|serving: &mut Serving| {
        serving.allowed = vec![folder];
        data = serving.opening.data.clone();
    })
    .await;
    let other = App::open(Opening { data, ..Opening::default() }).unwrap();
    let added = server.post("/v1/documents", &json!({"path": allowed.path()})).await;
    assert!(added.status == 503 && added.body.contains("another Assay"), "{added:?}");
    let removed = delete(&server, "1", Some("1")).await;
    assert!(removed.status == 503 && removed.body.contains("another Assay"), "{removed:?}");
    other.close().await;
    server.stop().await;
}
