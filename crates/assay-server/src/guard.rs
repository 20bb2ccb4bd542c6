//! What stands before every request: its host, origin and token, the number of requests at work, and the size and
//! time of its body, in this order: no body is read before the token is right. A request that fails a check reaches no
//! handler.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use futures::StreamExt;
use tokio::sync::Semaphore;

use crate::dialect::Dialect;
use crate::listener::Connection;
use crate::token::Token;

/// The one path that needs no token.
pub const HEALTH: &str = "/health";

/// Limits of requests.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Most requests at work.
    pub requests: usize,
    /// Most bytes of a body.
    pub body: usize,
    /// For which a body may come in.
    pub body_time: Duration,
}

/// The checks of one server.
pub struct Guard {
    hosts: [String; 2],
    origins: [String; 2],
    token: Token,
    limits: Limits,
    places: Arc<Semaphore>,
}

/// Why a request was refused.
pub type Refusal = (StatusCode, String);

impl Guard {
    /// The checks of a server on a port of the loopback address.
    pub fn new(port: u16, token: Token, limits: Limits) -> Self {
        let hosts = ["127.0.0.1", "localhost"].map(|name| format!("{name}:{port}"));
        let origins = hosts.each_ref().map(|host| format!("http://{host}"));
        Self { hosts, origins, token, limits, places: Arc::new(Semaphore::new(limits.requests)) }
    }

    /// The origins that may ask: the server's own.
    pub fn origins(&self) -> &[String] {
        &self.origins
    }

    /// Checks the head of a request.
    ///
    /// # Errors
    /// The status and the reason of a refusal.
    pub fn check(&self, parts: &Parts) -> Result<(), Refusal> {
        let headers = &parts.headers;
        // The address of a request to a proxy names another server in its first line.
        let authority = parts.uri.authority().map(|authority| authority.as_str().to_owned());
        let host = one(headers, header::HOST)?;
        let named = [host.map(str::to_owned), authority];
        let is_ours = |name: &Option<String>| name.as_ref().is_none_or(|name| self.hosts.contains(name));
        if host.is_none() || !named.iter().all(is_ours) {
            let message = format!("the Host header must be {} or {}", self.hosts[0], self.hosts[1]);
            return Err((StatusCode::FORBIDDEN, message));
        }
        if one(headers, header::ORIGIN)?.is_some_and(|origin| !self.origins.iter().any(|own| own == origin)) {
            let message = "a web page of another origin may not ask; send no Origin header";
            return Err((StatusCode::FORBIDDEN, message.to_owned()));
        }
        if is_health(parts) {
            return Ok(());
        }
        let given = one(headers, header::AUTHORIZATION)?.and_then(bearer);
        if !given.is_some_and(|given| self.token.is(given)) {
            let message = "send the token of the file that `assay serve` names: Authorization: Bearer TOKEN";
            return Err((StatusCode::UNAUTHORIZED, message.to_owned()));
        }
        Ok(())
    }
}

/// Whether a request asks if the server lives, which needs no token and no place.
fn is_health(parts: &Parts) -> bool {
    parts.method == Method::GET && parts.uri.path() == HEALTH
}

/// The only value of a header; `None` if it is absent.
fn one(headers: &HeaderMap, name: HeaderName) -> Result<Option<&str>, Refusal> {
    let mut values = headers.get_all(&name).iter();
    let (first, second) = (values.next(), values.next());
    let text = first.map(HeaderValue::to_str).transpose();
    match (text, second) {
        (Ok(text), None) => Ok(text),
        _ => Err((StatusCode::BAD_REQUEST, format!("send one {name} header, in ASCII"))),
    }
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Checks a request and passes it on with its whole body.
pub async fn guard(
    State(guard): State<Arc<Guard>>,
    ConnectInfo(connection): ConnectInfo<Connection>,
    request: Request,
    next: Next,
) -> Response {
    let at_work = connection.begin();
    let dialect = Dialect::of_path(request.uri().path());
    let (parts, body) = request.into_parts();
    let refused = |(status, message): Refusal| finished(dialect.error(status, &message));
    if let Err(refusal) = guard.check(&parts) {
        return refused(refusal);
    }
    let place = guard.places.clone().try_acquire_owned().ok();
    if place.is_none() && !is_health(&parts) {
        return refused((StatusCode::TOO_MANY_REQUESTS, "the server is busy; ask again in a second".to_owned()));
    }
    // What needs no token gets no body: it would be stored for anyone.
    let read = if is_health(&parts) { Ok(Bytes::new()) } else { read(&parts.headers, body, guard.limits).await };
    let body = match read {
        Ok(body) => body,
        Err(refusal) => return refused(refusal),
    };
    let response = finished(next.run(Request::from_parts(parts, Body::from(body))).await);
    if response.body().size_hint().exact().is_some() {
        return response;
    }
    // A stream is at work until its end.
    response.map(|body| {
        let held = (at_work, place);
        Body::from_stream(body.into_data_stream().map(move |piece| {
            let _ = &held;
            piece
        }))
    })
}

/// A whole body within the limits.
async fn read(headers: &HeaderMap, body: Body, limits: Limits) -> Result<Bytes, Refusal> {
    let too_large = || (StatusCode::PAYLOAD_TOO_LARGE, format!("a body may have {} bytes; send less", limits.body));
    let told = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if told.is_some_and(|told| told > limits.body as u64) {
        return Err(too_large());
    }
    let whole = async {
        let (mut pieces, mut read) = (body.into_data_stream(), Vec::new());
        while let Some(piece) = pieces.next().await {
            let piece = piece.map_err(|_| (StatusCode::BAD_REQUEST, "the body broke off".to_owned()))?;
            if read.len() + piece.len() > limits.body {
                return Err(too_large());
            }
            read.extend_from_slice(&piece);
        }
        Ok(Bytes::from(read))
    };
    let late = || (StatusCode::REQUEST_TIMEOUT, format!("the body took over {} s", limits.body_time.as_secs()));
    tokio::time::timeout(limits.body_time, whole).await.unwrap_or_else(|_| Err(late()))
}

/// Headers of every answer: nothing is stored on the way, and nothing is taken for a page.
fn finished(mut response: Response) -> Response {
    let status = response.status();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    match status {
        StatusCode::UNAUTHORIZED => drop(headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))),
        StatusCode::TOO_MANY_REQUESTS => drop(headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"))),
        _ => (),
    }
    response
}
