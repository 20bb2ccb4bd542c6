//! An S3 server on this machine, and a gate before it that can be closed.
//!
//! The server is moto (`pip install 'moto[s3,server]'`), named by `ASSAY_MOTO` or found on the path. It keeps objects in
//! memory, so killing it would lose them, which no store does. The gate stands for its death: it cuts all
//! connections, whatever they are doing, and refuses new ones.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use crate::Library;

/// Longest wait for the server.
const PATIENCE: Duration = Duration::from_secs(60);
/// The bucket.
const BUCKET: &str = "team-files";

/// Why there is no server.
pub const MISSING: &str =
    "no S3 server: pip install 'moto[s3,server]', and name its program moto_server with ASSAY_MOTO";

/// A running server with its gate.
pub struct Store {
    server: Child,
    gate: Arc<Gate>,
    port: u16,
    prefixes: AtomicU64,
}

#[derive(Default)]
struct Gate {
    closed: AtomicBool,
    open: Mutex<Vec<TcpStream>>,
}

impl Store {
    /// Starts a server; `None` if there is no program.
    pub fn start() -> Option<Self> {
        let program = std::env::var_os("ASSAY_MOTO").unwrap_or_else(|| "moto_server".into());
        let inner = TcpListener::bind("127.0.0.1:0").ok()?.local_addr().ok()?.port();
        let mut command = Command::new(program);
        command.args(["-H", "127.0.0.1", "-p", &inner.to_string()]);
        let server = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok()?;
        let listener = TcpListener::bind("127.0.0.1:0").ok()?;
        let port = listener.local_addr().ok()?.port();
        let gate = Arc::new(Gate::default());
        let keeper = gate.clone();
        thread::spawn(move || keep(&listener, inner, &keeper));
        let store = Self { server, gate, port, prefixes: AtomicU64::new(0) };
        let begun = Instant::now();
        while ureq::put(format!("http://127.0.0.1:{inner}/{BUCKET}")).send_empty().is_err() {
            if begun.elapsed() > PATIENCE {
                return None;
            }
            sleep(Duration::from_millis(100));
        }
        Some(store)
    }

    /// A new address in it.
    pub fn address(&self) -> String {
        format!("s3://{BUCKET}/library-{}", self.prefixes.fetch_add(1, Ordering::SeqCst))
    }

    /// The address of the server.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The arguments that name a library on it.
    pub fn arguments<'a>(&self, action: &'a str, url: &'a str, endpoint: &'a str) -> [&'a str; 6] {
        ["remote", action, url, "--endpoint", endpoint, "--allow-http"]
    }

    /// Cuts all connections and refuses new ones until it is opened.
    pub fn close(&self) {
        self.gate.closed.store(true, Ordering::SeqCst);
        for stream in self.gate.open.lock().unwrap().drain(..) {
            drop(stream.shutdown(Shutdown::Both));
        }
    }

    /// Lets connections through again.
    pub fn open(&self) {
        self.gate.closed.store(false, Ordering::SeqCst);
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        drop(self.server.kill());
        drop(self.server.wait());
    }
}

fn keep(listener: &TcpListener, inner: u16, gate: &Arc<Gate>) {
    for stream in listener.incoming().map_while(Result::ok) {
        if gate.closed.load(Ordering::SeqCst) {
            drop(stream.shutdown(Shutdown::Both));
            continue;
        }
        let Ok(there) = TcpStream::connect(("127.0.0.1", inner)) else { continue };
        let (Ok(back), Ok(front)) = (there.try_clone(), stream.try_clone()) else { continue };
        let mut open = gate.open.lock().unwrap();
        open.extend([stream.try_clone(), there.try_clone()].into_iter().flatten());
        drop(open);
        thread::spawn(move || pass(stream, there));
        thread::spawn(move || pass(back, front));
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream) {
    let mut bytes = [0; 1 << 16];
    while let Ok(count) = from.read(&mut bytes) {
        let Some(read) = bytes.get(..count).filter(|read| !read.is_empty()) else { break };
        if to.write_all(read).is_err() {
            break;
        }
    }
    drop(to.shutdown(Shutdown::Both));
    drop(from.shutdown(Shutdown::Both));
}

impl Library {
    /// A command with keys for the server.
    pub fn with_keys(&self, words: &[&str]) -> Command {
        let mut command = self.command(words);
        command.env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test").env_remove("AWS_PROFILE");
        command
    }
}
