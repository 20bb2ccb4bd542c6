//! A library that is opened for the first question and closed when no one has asked for a while, so that a server
//! that runs all day does not lock the window and the other commands out.

use std::ops::Deref;
use std::sync::{Arc, Mutex as StdMutex, PoisonError};
use std::time::{Duration, Instant};

use assay_app::{App, Cancel, Failure, Opening, Problem};
use tokio::sync::Mutex;

/// How long a library stays open after the last question.
pub const IDLE: Duration = Duration::from_secs(20);

/// How long an opening waits for a command that has the library open.
const PATIENCE: Duration = Duration::from_secs(3);

/// Pause between two tries.
const PAUSE: Duration = Duration::from_millis(100);

/// A library by its data folder, open only while it is asked.
pub struct OnDemand {
    opening: Opening,
    idle: Duration,
    open: Arc<Mutex<Option<Arc<App>>>>,
    used: Arc<StdMutex<Instant>>,
}

/// An open library. It stays open until this value is dropped, and for the idle time after that.
pub struct Lease {
    app: Arc<App>,
    used: Arc<StdMutex<Instant>>,
}

impl OnDemand {
    /// A library that is closed `idle` after its last use. Nothing is opened yet.
    pub fn new(opening: Opening, idle: Duration) -> Self {
        Self { opening, idle, open: Arc::default(), used: Arc::new(StdMutex::new(Instant::now())) }
    }

    /// The library, opened if it is not open. Waits a moment for a command that has it open.
    ///
    /// # Errors
    /// [`Problem::LibraryInUse`] if the window or another command has it open, or it cannot be opened.
    pub async fn app(&self) -> Result<Lease, Failure> {
        let mut open = self.open.lock().await;
        let app = match open.as_ref() {
            Some(app) => app.clone(),
            None => {
                let app = Arc::new(self.opened().await?);
                *open = Some(app.clone());
                touch(&self.used);
                tokio::spawn(close_when_idle(self.open.clone(), self.used.clone(), self.idle));
                app
            }
        };
        touch(&self.used);
        Ok(Lease { app, used: self.used.clone() })
    }

    /// Closes the library now.
    pub async fn close(&self) {
        if let Some(app) = self.open.lock().await.take() {
            close(app).await;
        }
    }

    async fn opened(&self) -> Result<App, Failure> {
        let begun = Instant::now();
        let app = loop {
            let opening = self.opening.clone();
            let opened = tokio::task::spawn_blocking(move || App::open(opening)).await;
            match opened.map_err(|_| Failure::bug("opening the library panicked"))? {
                Err(failure) if failure.problem == Problem::LibraryInUse && begun.elapsed() < PATIENCE => {
                    tokio::time::sleep(PAUSE).await;
                }
                other => break other?,
            }
        };
        // Rows that the index lost by damage; what cannot be repaired is told by the question itself.
        drop(app.repair(&Cancel::default(), &mut |_| ()).await);
        Ok(app)
    }
}

impl Deref for Lease {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        touch(&self.used);
    }
}

fn touch(used: &StdMutex<Instant>) {
    *used.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
}

async fn close_when_idle(open: Arc<Mutex<Option<Arc<App>>>>, used: Arc<StdMutex<Instant>>, idle: Duration) {
    let unused = || used.lock().unwrap_or_else(PoisonError::into_inner).elapsed();
    loop {
        // A question that takes longer than the idle time renews it when it ends.
        tokio::time::sleep(idle.saturating_sub(unused()).max(PAUSE)).await;
        let mut open = open.lock().await;
        let Some(app) = open.as_ref() else { return };
        if unused() < idle || Arc::strong_count(app) > 1 {
            continue;
        }
        if let Some(app) = open.take() {
            close(app).await;
        }
        return;
    }
}

async fn close(app: Arc<App>) {
    app.close().await;
    // The copies of the catalogue are renewed here, which takes a moment.
    drop(tokio::task::spawn_blocking(move || drop(app)).await);
}
