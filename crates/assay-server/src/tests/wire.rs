//! A server of an empty library, and a client that writes its requests byte by byte.

use std::net::SocketAddr;
use std::time::Duration;

use assay_app::Opening;
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::http::{Server, Serving};

/// A server that runs.
pub struct Running {
    _data: TempDir,
    pub address: SocketAddr,
    pub token: String,
    end: oneshot::Sender<()>,
    served: JoinHandle<()>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl Running {
    pub async fn start() -> Self {
        Self::with(|_| ()).await
    }

    /// With other caps and limits.
    pub async fn with(change: impl FnOnce(&mut Serving)) -> Self {
        let data = tempfile::tempdir().unwrap();
        let opening = Opening { data: Some(data.path().to_owned()), ..Opening::default() };
        let mut serving = Serving::new(opening, 0);
        change(&mut serving);
        let server = Server::bind(serving).await.unwrap();
        let (address, token) = (server.address, std::fs::read_to_string(&server.token_file).unwrap().trim().to_owned());
        let (end, ended) = oneshot::channel::<()>();
        let serving = server.serve(async move { drop(ended.await) });
        let served = tokio::spawn(async move { serving.await.unwrap() });
        Self { _data: data, address, token, end, served }
    }

    /// A whole request in good order.
    pub fn request(&self, method: &str, path: &str, body: &str) -> String {
        let host = self.address;
        format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
             Accept: application/json, text/event-stream\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.token,
            body.len()
        )
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request("POST", path, &body.to_string()).as_bytes()).await.unwrap()
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request("GET", path, "").as_bytes()).await.unwrap()
    }

    /// Writes bytes and reads to the end; `None` if nothing came back.
    pub async fn send(&self, bytes: &[u8]) -> Option<Answer> {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        // A server that refuses early closes while the rest is written.
        drop(stream.write_all(bytes).await);
        let mut read = Vec::new();
        let ended = tokio::time::timeout(Duration::from_secs(60), stream.read_to_end(&mut read)).await;
        assert!(ended.is_ok(), "the connection stays open");
        let text = String::from_utf8_lossy(&read).into_owned();
        let (head, body) = text.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        Some(Answer { status, head: head.to_owned(), body: body.to_owned() })
    }

    pub async fn stop(self) {
        let _ = self.end.send(());
        self.served.await.unwrap();
    }
}
