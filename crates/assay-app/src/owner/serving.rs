//! The owner's side: a task that takes connections as long as the library is open.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use assay_contract::LibraryEvent;
use assay_contract::call::FrontEnd;
use assay_domain::Cancel;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};

use super::connection::{OnChange, serve};
#[cfg(windows)]
use super::pipe::{Incoming, Listener};
#[cfg(unix)]
use super::socket::{Incoming, Listener};
use crate::app::App;

/// Most connections at a time; others wait.
const MOST: usize = 64;

/// How long calls that were stopped may take to end in order.
const FAREWELL: Duration = Duration::from_secs(5);

/// Pause after a connection that the system could not give.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves an open library to other programs of the same user until it is closed or dropped.
#[derive(Debug)]
pub struct Owner {
    /// Ends the taking of calls.
    closing: Cancel,
    /// Stops those at work.
    ending: Cancel,
    serving: JoinHandle<()>,
}

impl Owner {
    /// Serves a library, which stays open only as long as somebody else holds it or a call is at work. `on` receives what
    /// calls change, for the pages that show the library.
    ///
    /// # Errors
    /// What the system reports if there is no place for a socket; the library is then not served.
    pub async fn serve(
        app: &Arc<App>,
        front_end: FrontEnd,
        on: impl Fn(LibraryEvent) + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let listener = Listener::bind(&app.folder().await)?;
        let (ending, app, on) = (Cancel::default(), Arc::downgrade(app), Arc::new(on) as Arc<OnChange>);
        let (closing, stop) = (Cancel::default(), ending.clone());
        let start = move |stream: Incoming| {
            let (app, ending, on) = (app.clone(), ending.clone(), on.clone());
            async move { serve(stream, app, front_end, ending, on.as_ref()).await }
        };
        let serving = tokio::spawn(accept(listener, closing.clone(), start));
        Ok(Self { closing, ending: stop, serving })
    }

    /// Takes no more calls, and lets those at work end, unless they are stopped.
    pub async fn finish(mut self, stop: &Cancel) {
        self.closing.stop();
        tokio::select! {
            _ = &mut self.serving => return,
            () = stop.stopped() => (),
        }
        self.close().await;
    }

    /// Takes no more calls, and stops those at work as Ctrl-C would; they have a few seconds to end in order.
    pub async fn close(mut self) {
        self.closing.stop();
        self.ending.stop();
        drop(timeout(FAREWELL, &mut self.serving).await);
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.ending.stop();
        self.serving.abort();
    }
}

async fn accept<F>(mut listener: Listener, closing: Cancel, start: impl Fn(Incoming) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let mut calls = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept(), if calls.len() < MOST => match accepted {
                Ok(stream) => _ = calls.spawn(start(stream)),
                // Too many open files, for example.
                Err(_) => sleep(PAUSE).await,
            },
            Some(_) = calls.join_next() => (),
            () = closing.stopped() => break,
        }
    }
    drop(listener);
    while calls.join_next().await.is_some() {}
}
