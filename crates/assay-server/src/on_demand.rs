//! A library that is opened for the first question and closed when no one has asked for a while, so that a server
//! that runs all day does not lock the window out. While it is open other commands work with it; while another program
//! has it open, that one does the work.

use std::ops::Deref;
use std::sync::{Arc, Mutex as StdMutex, PoisonError};
use std::time::{Duration, Instant};

use assay_app::{App, Cancel, Failure, Opening, Owner, Session};
use assay_contract::call::FrontEnd;
use tokio::sync::Mutex;

/// How long a library stays open after the last question.
pub const IDLE: Duration = Duration::from_secs(20);

/// How long an opening waits for a command that has the library open and takes no calls.
const PATIENCE: Duration = Duration::from_secs(3);

/// Pause between two looks at an idle library.
const PAUSE: Duration = Duration::from_millis(100);

/// A library by its data folder, open only while it is asked.
pub struct OnDemand {
    opening: Opening,
    front_end: FrontEnd,
    idle: Duration,
    open: Arc<Mutex<Option<Open>>>,
    used: Arc<StdMutex<Instant>>,
}

/// A library that this program has open.
struct Open {
    app: Arc<App>,
    /// Serves other commands, if there is a place for a socket.
    owner: Option<Owner>,
}

/// A library at work. One that this program has open stays open until this value is dropped, and for the idle time after
/// that.
pub struct Lease {
    session: Session,
    used: Arc<StdMutex<Instant>>,
}

impl OnDemand {
    /// A library that is closed `idle` after its last use. Nothing is opened yet.
    pub fn new(opening: Opening, front_end: FrontEnd, idle: Duration) -> Self {
        let used = Arc::new(StdMutex::new(Instant::now()));
        Self { opening, front_end, idle, open: Arc::default(), used }
    }

    /// The library, opened if nobody has it open. Waits a moment for a command that takes no calls.
    ///
    /// # Errors
    /// [`assay_app::Problem::LibraryInUse`] if such a command has it open, or it cannot be opened.
    pub async fn session(&self) -> Result<Lease, Failure> {
        let mut open = self.open.lock().await;
        let session = match open.as_ref() {
            Some(open) => Session::Here(open.app.clone()),
            None => {
                let session = Session::open(self.opening.clone(), PATIENCE).await?;
                if let Session::Here(app) = &session {
                    *open = Some(self.opened(app.clone()).await);
                    touch(&self.used);
                    tokio::spawn(close_when_idle(self.open.clone(), self.used.clone(), self.idle));
                }
                session
            }
        };
        touch(&self.used);
        Ok(Lease { session, used: self.used.clone() })
    }

    /// Closes the library now.
    pub async fn close(&self) {
        if let Some(open) = self.open.lock().await.take() {
            close(open).await;
        }
    }

    async fn opened(&self, app: Arc<App>) -> Open {
        // Rows that the index lost by damage; what cannot be repaired is told by the question itself.
        app.look_remote().await;
        drop(app.repair(&Cancel::default(), &mut |_| ()).await);
        app.keep_remote();
        // Where no socket can be made, other commands are refused as long as the library is open.
        let owner = Owner::serve(&app, self.front_end, |_| ()).await.ok();
        Open { app, owner }
    }
}

impl Deref for Lease {
    type Target = Session;

    fn deref(&self) -> &Session {
        &self.session
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

async fn close_when_idle(open: Arc<Mutex<Option<Open>>>, used: Arc<StdMutex<Instant>>, idle: Duration) {
    let unused = || used.lock().unwrap_or_else(PoisonError::into_inner).elapsed();
    loop {
        // A question that takes longer than the idle time renews it when it ends.
        tokio::time::sleep(idle.saturating_sub(unused()).max(PAUSE)).await;
        let mut open = open.lock().await;
        let Some(at_work) = open.as_ref().map(|open| Arc::strong_count(&open.app) > 1) else { return };
        if unused() < idle || at_work {
            continue;
        }
        if let Some(open) = open.take() {
            close(open).await;
        }
        return;
    }
}

async fn close(Open { app, owner }: Open) {
    if let Some(owner) = owner {
        owner.close().await;
    }
    app.publish().await;
    app.close().await;
    // The copies of the catalogue are renewed here, which takes a moment.
    drop(tokio::task::spawn_blocking(move || drop(app)).await);
}
