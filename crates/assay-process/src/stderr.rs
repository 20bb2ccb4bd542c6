//! The end of what a child prints to standard error.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::process::ChildStderr;
use tokio::task::JoinHandle;
use tokio::time::timeout;

const KEPT_BYTES: usize = 4096;

/// Reads a child's standard error, so that the child never waits for a reader, and keeps the last 4 KiB.
#[derive(Debug)]
pub(crate) struct StderrTail {
    tail: Arc<Mutex<VecDeque<u8>>>,
    reader: JoinHandle<()>,
}

impl StderrTail {
    /// Starts to read. Must be called on a tokio runtime.
    pub(crate) fn read(stderr: ChildStderr) -> Self {
        let tail = Arc::default();
        Self { reader: tokio::spawn(keep_tail(stderr, Arc::clone(&tail))), tail }
    }

    /// The tail, once the stream has ended or the patience is over: a grandchild may hold the stream open.
    pub(crate) async fn text(&mut self, patience: Duration) -> String {
        if !self.reader.is_finished() {
            let _ = timeout(patience, &mut self.reader).await;
        }
        let tail: Vec<u8> = self.tail.lock().unwrap_or_else(PoisonError::into_inner).iter().copied().collect();
        String::from_utf8_lossy(&tail).into_owned()
    }
}

impl Drop for StderrTail {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

async fn keep_tail(mut stderr: ChildStderr, tail: Arc<Mutex<VecDeque<u8>>>) {
    let mut piece = [0; 1024];
    while let Ok(length @ 1..) = stderr.read(&mut piece).await {
        let mut tail = tail.lock().unwrap_or_else(PoisonError::into_inner);
        tail.extend(piece.iter().take(length));
        let surplus = tail.len().saturating_sub(KEPT_BYTES);
        tail.drain(..surplus);
    }
}
