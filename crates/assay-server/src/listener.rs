//! Connections with caps: how many there are, how long one may take to send a request's header, and how long one may
//! take nothing of what is written to it. A connection over a cap is closed without a further answer.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep, sleep_until};

/// Pause after an accept that failed, as when the system has no more files to open.
const PAUSE: Duration = Duration::from_millis(100);

/// The caps of connections.
#[derive(Debug, Clone, Copy)]
pub struct Caps {
    /// Most open connections.
    pub connections: usize,
    /// To the end of a request's header, from the opening of the connection, from the end of the last request's work, or
    /// from the last byte that the system took of its answer, whichever is latest.
    pub header: Duration,
    /// For which the system may take no byte of an answer, because the client reads nothing and the buffers between the
    /// two are full. What fits into these buffers counts as taken, and a client that reads on slowly is not cut off.
    pub unread: Duration,
}

/// A listener whose connections have caps.
pub struct CappedListener {
    inner: TcpListener,
    caps: Caps,
    places: Arc<Semaphore>,
}

impl CappedListener {
    /// Puts caps on the connections of a listener.
    pub fn new(inner: TcpListener, caps: Caps) -> Self {
        Self { inner, caps, places: Arc::new(Semaphore::new(caps.connections)) }
    }
}

impl Listener for CappedListener {
    type Io = CappedStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (CappedStream, SocketAddr) {
        loop {
            // The semaphore is never closed.
            let Ok(place) = self.places.clone().acquire_owned().await else { continue };
            match self.inner.accept().await {
                Ok((stream, address)) => return (CappedStream::new(stream, self.caps, place), address),
                Err(_) => tokio::time::sleep(PAUSE).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr()
    }
}

/// Whether a connection has a request at work, shared with the handlers of its requests.
#[derive(Debug, Clone)]
pub struct Connection(Arc<Mutex<Work>>);

#[derive(Debug)]
struct Work {
    requests: usize,
    idle_since: Instant,
}

impl Connection {
    fn new() -> Self {
        Self(Arc::new(Mutex::new(Work { requests: 0, idle_since: Instant::now() })))
    }

    /// Begins a request; the header cap does not run until the value is dropped.
    pub fn begin(&self) -> AtWork {
        self.change(|work| work.requests += 1);
        AtWork(self.clone())
    }

    /// Since when no request is at work; `None` if one is.
    fn idle_since(&self) -> Option<Instant> {
        self.change(|work| (work.requests == 0).then_some(work.idle_since))
    }

    /// Begins the time without a request anew.
    fn touch(&self) {
        self.change(|work| work.idle_since = Instant::now());
    }

    fn change<T>(&self, change: impl FnOnce(&mut Work) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Connected<IncomingStream<'_, CappedListener>> for Connection {
    fn connect_info(stream: IncomingStream<'_, CappedListener>) -> Self {
        stream.io().connection.clone()
    }
}

/// A request at work.
#[derive(Debug)]
pub struct AtWork(Connection);

impl Drop for AtWork {
    fn drop(&mut self) {
        self.0.change(|work| {
            work.requests = work.requests.saturating_sub(1);
            work.idle_since = Instant::now();
        });
    }
}

/// A connection with caps.
pub struct CappedStream {
    stream: TcpStream,
    caps: Caps,
    connection: Connection,
    header: Pin<Box<Sleep>>,
    /// Set while the client takes nothing.
    unread: Option<Pin<Box<Sleep>>>,
    _place: OwnedSemaphorePermit,
}

impl CappedStream {
    fn new(stream: TcpStream, caps: Caps, place: OwnedSemaphorePermit) -> Self {
        let header = Box::pin(sleep_until(Instant::now() + caps.header));
        Self { stream, caps, connection: Connection::new(), header, unread: None, _place: place }
    }

    /// Fails once the header cap is over; wakes the task at its end.
    fn check_header(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        loop {
            let idle_since = self.connection.idle_since();
            let end = idle_since.unwrap_or_else(Instant::now) + self.caps.header;
            if self.header.deadline() != end {
                self.header.as_mut().reset(end);
            }
            if self.header.as_mut().poll(context).is_pending() {
                return Ok(());
            }
            if idle_since.is_some() {
                return Err(over("no whole request came in time"));
            }
        }
    }

    fn write<T>(
        &mut self,
        context: &mut Context<'_>,
        write: impl FnOnce(Pin<&mut TcpStream>, &mut Context<'_>) -> Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        let written = write(Pin::new(&mut self.stream), context);
        if written.is_ready() {
            self.unread = None;
            return written;
        }
        let end = || Box::pin(sleep_until(Instant::now() + self.caps.unread));
        ready!(self.unread.get_or_insert_with(end).as_mut().poll(context));
        Poll::Ready(Err(over("the answer was not taken in time")))
    }

    /// The same for bytes of an answer, each of which begins the header cap anew: a whole answer is no work of a handler
    /// any more while it is written.
    fn write_bytes(
        &mut self,
        context: &mut Context<'_>,
        write: impl FnOnce(Pin<&mut TcpStream>, &mut Context<'_>) -> Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        let written = self.write(context, write);
        if matches!(written, Poll::Ready(Ok(1..))) {
            self.connection.touch();
        }
        written
    }
}

fn over(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, what)
}

impl AsyncRead for CappedStream {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        // Also after bytes came: a client that sends one now and then never ends its header.
        this.check_header(context)?;
        Pin::new(&mut this.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for CappedStream {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.get_mut().write_bytes(context, |stream, context| stream.poll_write(context, bytes))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().write(context, |stream, context| stream.poll_flush(context))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.get_mut().write(context, |stream, context| stream.poll_shutdown(context))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.get_mut().write_bytes(context, |stream, context| stream.poll_write_vectored(context, buffers))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
