use std::time::Duration;

use axum::http::Request;

use crate::guard::{Guard, Limits};
use crate::token::Token;

fn guard() -> Guard {
    let limits = Limits { requests: 1, body: 1_000, body_time: Duration::from_secs(1) };
    Guard::new(7_730, Token::from("secret"), limits)
}

/// The status that a request gets; 200 if it passes.
fn status(method: &str, uri: &str, headers: &[(&str, &str)]) -> u16 {
    let request = headers
        .iter()
        .fold(Request::builder().method(method).uri(uri), |request, (name, value)| request.header(*name, *value));
    let (parts, ()) = request.body(()).unwrap().into_parts();
    guard().check(&parts).map_or_else(|(status, _)| status.as_u16(), |()| 200)
}

#[test]
fn only_the_own_host_with_the_token_and_no_foreign_origin_passes() {
    let (host, token) = (("host", "127.0.0.1:7730"), ("authorization", "Bearer secret"));
    for (headers, wanted) in [
        (vec![host, token], 200),
        (vec![("host", "localhost:7730"), token], 200),
        (vec![host, ("authorization", "bearer  secret ")], 200),
        (vec![host, token, ("origin", "http://127.0.0.1:7730")], 200),
        (vec![host, token, ("origin", "http://localhost:7730")], 200),
        // Hosts.
        (vec![token], 403),
        (vec![("host", ""), token], 403),
        (vec![("host", "127.0.0.1"), token], 403),
        (vec![("host", "127.0.0.1:7731"), token], 403),
        (vec![("host", "127.0.0.1:77300"), token], 403),
        (vec![("host", "0.0.0.0:7730"), token], 403),
        (vec![("host", "[::1]:7730"), token], 403),
        (vec![("host", "evil.example:7730"), token], 403),
        (vec![("host", "127.0.0.1:7730.evil.example"), token], 403),
        (vec![("host", "127.0.0.1:7730@evil.example"), token], 403),
        (vec![("host", "LOCALHOST:7730"), token], 403),
        (vec![host, host, token], 400),
        // Origins.
        (vec![host, token, ("origin", "null")], 403),
        (vec![host, token, ("origin", "")], 403),
        (vec![host, token, ("origin", "https://evil.example")], 403),
        (vec![host, token, ("origin", "https://127.0.0.1:7730")], 403),
        (vec![host, token, ("origin", "http://127.0.0.1:7730/")], 403),
        (vec![host, token, ("origin", "http://127.0.0.1:7730.evil.example")], 403),
        (vec![host, token, ("origin", "http://127.0.0.1:3000")], 403),
        (vec![host, token, ("origin", "http://127.0.0.1:7730"), ("origin", "http://127.0.0.1:7730")], 400),
        // Tokens.
        (vec![host], 401),
        (vec![host, ("authorization", "")], 401),
        (vec![host, ("authorization", "secret")], 401),
        (vec![host, ("authorization", "Basic secret")], 401),
        (vec![host, ("authorization", "Bearer")], 401),
        (vec![host, ("authorization", "Bearer ")], 401),
        (vec![host, ("authorization", "Bearer secre")], 401),
        (vec![host, ("authorization", "Bearer secret2")], 401),
        (vec![host, ("authorization", "Bearer SECRET")], 401),
        (vec![host, ("x-api-key", "secret")], 401),
        (vec![host, token, token], 400),
    ] {
        assert_eq!(status("POST", "/v1/search", &headers), wanted, "{headers:?}");
    }
}

#[test]
fn only_the_path_of_health_itself_needs_no_token() {
    let host = ("host", "127.0.0.1:7730");
    for (method, uri, wanted) in [
        ("GET", "/health", 200),
        ("GET", "/health?x=1", 200),
        ("POST", "/health", 401),
        ("DELETE", "/health", 401),
        ("GET", "/health/", 401),
        ("GET", "//health", 401),
        ("GET", "/health/../v1/documents", 401),
        ("GET", "/v1/documents/../../health", 401),
        ("GET", "/%68ealth", 401),
        ("GET", "/HEALTH", 401),
        ("GET", "/v1/documents?/health", 401),
        ("GET", "http://127.0.0.1:7730/health", 200),
        ("GET", "http://evil.example/health", 403),
    ] {
        assert_eq!(status(method, uri, &[host]), wanted, "{method} {uri}");
    }
    assert_eq!(status("GET", "/health", &[("host", "evil.example:7730")]), 403);
}
