use std::time::{Duration, Instant};

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::wire::Running;

/// Requests that must not be served, with the reason.
fn hostile(server: &Running) -> Vec<(String, Vec<u8>)> {
    let (host, token) = (server.address.to_string(), server.token.clone());
    let mut all = Vec::new();
    let mut add = |what: String, bytes: Vec<u8>| all.push((what, bytes));
    let body = json!({"query": "q", "texts": ["a"]}).to_string();
    let post = |path: &str, headers: &str, body: &str| {
        let length = body.len();
        format!("POST {path} HTTP/1.1\r\n{headers}Connection: close\r\nContent-Length: {length}\r\n\r\n{body}")
            .into_bytes()
    };
    let (good_host, good_token) = (format!("Host: {host}\r\n"), format!("Authorization: Bearer {token}\r\n"));
    let port = server.address.port();
    for path in [
        "/rerank",
        "/v1/rerank",
        "/v2/rerank",
        "/v1/embeddings",
        "/v1/search",
        "/v1/chat/completions",
        "/v1/responses",
        "/mcp",
    ] {
        for bad in [
            "evil.example".to_owned(),
            format!("evil.example:{port}"),
            "127.0.0.1".to_owned(),
            format!("127.0.0.1:{}", port ^ 1),
            format!("0.0.0.0:{port}"),
            format!("[::1]:{port}"),
            format!("127.0.0.1:{port}, evil.example"),
            String::new(),
        ] {
            add(format!("{path}: host {bad:?}"), post(path, &format!("Host: {bad}\r\n{good_token}"), &body));
        }
        for bad in ["null", "https://evil.example", "http://localhost", "file://", "http://127.0.0.1:1"] {
            let headers = format!("{good_host}{good_token}Origin: {bad}\r\n");
            add(format!("{path}: origin {bad}"), post(path, &headers, &body));
        }
        for bad in ["", "Bearer", "Bearer x", "Basic Og==", &token, "Bearer \u{7f}", &format!("Bearer {token}x")] {
            let headers = format!("{good_host}Authorization: {bad}\r\n");
            add(format!("{path}: token {bad:?}"), post(path, &headers, &body));
        }
        let good = format!("{good_host}{good_token}");
        for bad in
            ["", "{", "[]", "null", "\"q\"", "{\"query\":", "{\"texts\":[1e999]}", "\u{0}", "{\"a\":{\"a\":{\"a\":"]
        {
            add(format!("{path}: body {bad:?}"), post(path, &good, bad));
        }
        add(format!("{path}: a body that is no UTF-8"), {
            let mut bytes = post(path, &good, "abc");
            let end = bytes.len() - 3;
            bytes.splice(end.., [0xff, 0xfe, 0xfd]);
            bytes
        });
        add(format!("{path}: deep JSON"), post(path, &good, &"[".repeat(100_000)));
        add(format!("{path}: too long"), post(path, &format!("{good}X: {}\r\n", "x".repeat(1 << 20)), &body));
        let large = format!("POST {path} HTTP/1.1\r\n{good}Connection: close\r\nContent-Length: 99999999999\r\n\r\n");
        add(format!("{path}: a length over the limit"), large.into_bytes());
        let chunked = format!("POST {path} HTTP/1.1\r\n{good}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n");
        add(format!("{path}: chunks over the limit"), {
            let mut bytes = chunked.into_bytes();
            bytes.extend_from_slice(b"a00000\r\n");
            bytes.resize(bytes.len() + 0xa0_0000, b' ');
            bytes.extend_from_slice(b"\r\n0\r\n\r\n");
            bytes
        });
        let get = |path: &str| format!("GET {path} HTTP/1.1\r\n{good}Connection: close\r\n\r\n").into_bytes();
        add(format!("{path}: by GET"), get(path));
    }
    for path in [
        "/../interface-token",
        "/v1/documents/../../interface-token",
        "/%2e%2e/interface-token",
        "/interface-token",
        "/v1/documents/1",
        "/health/../v1/models",
        "//v1/models",
        "/v1/models/",
        "/v1/models%00",
        "/mcp/../v1/models",
        "*",
        "/?file=/etc/passwd",
    ] {
        let bytes = format!("GET {path} HTTP/1.1\r\n{good_host}{good_token}Connection: close\r\n\r\n");
        add(format!("path {path}"), bytes.into_bytes());
    }
    let good = format!("{good_host}{good_token}");
    for path in [
        "/etc/passwd",
        "/",
        "../interface-token",
        "/proc/self/environ",
        "",
        "\u{0}",
        "//etc//passwd",
        "file:///etc/passwd",
    ] {
        let body = json!({"path": path}).to_string();
        add(format!("adds {path:?}"), post("/v1/documents", &good, &body));
        for method in ["PUT", "PATCH", "DELETE"] {
            let line = format!("{method} /v1/documents/1{path} HTTP/1.1\r\n{good}Connection: close\r\n\r\n");
            add(format!("{method} {path:?}"), line.into_bytes());
        }
    }
    for line in [
        "GET http://evil.example/v1/models HTTP/1.1",
        "CONNECT evil.example:443 HTTP/1.1",
        "OPTIONS /v1/search HTTP/1.1",
        "DELETE /v1/documents HTTP/1.1",
        "TRACE /v1/models HTTP/1.1",
        "PRI * HTTP/2.0",
        "GET /v1/models HTTP/0.9",
        "GET  /v1/models HTTP/1.1",
        "\u{16}\u{3}\u{1}",
    ] {
        add(line.to_owned(), format!("{line}\r\n{good_host}{good_token}Connection: close\r\n\r\n").into_bytes());
    }
    all
}

/// Set in the process that measures its memory.
#[cfg(target_os = "linux")]
const MEASURED: &str = "ASSAY_TEST_MEASURES_MEMORY";

/// Resident memory that may come and go with the allocator; a kept body of each round would be over 80 MB.
#[cfg(target_os = "linux")]
const FLAT: u64 = 32 << 20;

/// Resident memory of this process in bytes.
#[cfg(target_os = "linux")]
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
}

/// In a process of its own, because other tests of this one load models meanwhile.
#[cfg(target_os = "linux")]
#[test]
fn memory_stays_flat_under_hostile_requests() {
    let test = "tests::hostile::no_hostile_request_is_served_and_the_server_lives";
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    let output = command.args(["--exact", test, "--nocapture"]).env(MEASURED, "1").output().unwrap();
    let told = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && told.contains("1 passed") && told.contains("resident after"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_hostile_request_is_served_and_the_server_lives() {
    let server = Running::with(|serving| serving.caps.header = Duration::from_secs(1)).await;
    let all = hostile(&server);
    assert!(all.len() > 200, "{}", all.len());
    refused(&server, &all).await;
    #[cfg(target_os = "linux")]
    if std::env::var_os(MEASURED).is_some() {
        let before = resident();
        for _ in 0..3 {
            refused(&server, &all).await;
        }
        let after = resident();
        eprintln!("{} requests; resident before {before}, resident after {after}", 4 * all.len());
        assert!(after < before + FLAT, "{before} to {after}");
    }
    assert_eq!(server.get("/health").await.json()["status"], "ok");
    assert_eq!(server.get("/v1/models").await.status, 200);
    server.stop().await;
}

async fn refused(server: &Running, all: &[(String, Vec<u8>)]) {
    for (what, bytes) in all {
        if let Some(answer) = server.send(bytes).await {
            assert!((400..500).contains(&answer.status), "{what}: {answer:?}");
            assert!(!answer.body.contains(&server.token), "{what}");
            assert!(!answer.head.to_lowercase().contains("access-control"), "{what}: {}", answer.head);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_clients_are_cut_off_and_do_not_keep_others_out() {
    let server = Running::with(|serving| {
        serving.caps.header = Duration::from_millis(500);
        serving.limits.body_time = Duration::from_secs(1);
    })
    .await;
    let whole = server.request("POST", "/rerank", "{\"query\":\"q\",\"texts\":[\"a\"]}");
    let (head, body) = whole.split_at(whole.find("\r\n\r\n").unwrap() + 4);
    // Nothing at all; a header byte by byte; a body byte by byte.
    for (sent, drip) in [("", ""), ("", head), (head, body)] {
        let begun = Instant::now();
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(sent.as_bytes()).await.unwrap();
        let (mut read, mut write) = stream.into_split();
        let drip = drip.to_owned();
        let dripping = tokio::spawn(async move {
            for byte in drip.as_bytes() {
                if write.write_all(&[*byte]).await.is_err() {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            // The connection stays open until the server ends it.
            std::future::pending::<()>().await;
        });
        let mut answer = Vec::new();
        drop(tokio::time::timeout(Duration::from_secs(20), read.read_to_end(&mut answer)).await.unwrap());
        dripping.abort();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
        assert_eq!(server.get("/health").await.status, 200);
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_over_the_number_at_work_is_told_to_come_again() {
    let server = Running::with(|serving| serving.limits.requests = 1).await;
    let whole = server.request("POST", "/rerank", "{\"query\":\"q\",\"texts\":[\"a\"]}");
    let head = &whole[..whole.find("\r\n\r\n").unwrap() + 4];
    let mut slow = TcpStream::connect(server.address).await.unwrap();
    slow.write_all(head.as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let answer = server.get("/v1/documents").await;
    assert_eq!(answer.status, 429, "{answer:?}");
    assert!(answer.head.contains("retry-after: 1"), "{answer:?}");
    assert_eq!(server.post("/rerank", &json!({})).await.json()["error_type"], "Overloaded");
    assert_eq!(server.get("/health").await.status, 200, "a busy server lives");
    drop(slow);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(server.get("/v1/documents").await.status, 200);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_body_is_read_of_a_request_without_the_token() {
    let server = Running::with(|serving| serving.limits.body_time = Duration::from_secs(60)).await;
    for (line, wanted) in [("GET /health", 200), ("POST /health", 401), ("POST /rerank", 401), ("GET /v1/models", 401)]
    {
        // The body is announced and never comes.
        let head = format!("{line} HTTP/1.1\r\nHost: {}\r\nContent-Length: 1000000\r\n\r\n", server.address);
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut begin = [0; 12];
        let answered = tokio::time::timeout(Duration::from_secs(10), stream.read_exact(&mut begin)).await;
        answered.unwrap_or_else(|_| panic!("{line}: the body is awaited")).unwrap();
        assert_eq!(String::from_utf8_lossy(&begin), format!("HTTP/1.1 {wanted}"), "{line}");
    }
    server.stop().await;
}
