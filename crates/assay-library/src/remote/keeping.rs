//! Publishing and mirroring by themselves while a library is open, and what is said about it.

use std::time::{Duration, Instant};

use assay_domain::{Cancel, Failure};
use tokio::time::{sleep, timeout};

use super::note::mirror;
use super::state::{RemoteRole, State, now, superseded};
use crate::library::Library;
use crate::notices::{NoticeFact, NoticeKind};

/// Time between two looks of a publisher at what changed here.
const PUBLISH_EVERY: Duration = Duration::from_secs(10);
/// Time between two looks of a reader at the store.
const LOOK_EVERY: Duration = Duration::from_secs(20);
/// Time between two renewals of the lease where nothing changed: a third of its life.
const RENEW_EVERY: Duration = Duration::from_secs(20);
/// Longest time that a command waits for the store before it answers from the mirror.
const PATIENCE: Duration = Duration::from_secs(5);

impl Library {
    /// Publishes what changed, or mirrors what is published, at once and then every few seconds, until it is stopped.
    /// `on` is called after each change of what is mirrored.
    pub async fn keep_remote(&self, cancel: &Cancel, on: &(dyn Fn() + Send + Sync)) {
        while !cancel.is_stopped() {
            let looked = async {
                if let Ok(true) = self.look_remote().await {
                    on();
                }
                sleep(if self.remote.role() == Some(RemoteRole::Publisher) { PUBLISH_EVERY } else { LOOK_EVERY }).await;
            };
            tokio::select! {
                () = looked => (),
                () = cancel.stopped() => break,
            }
        }
    }

    /// The same once, for a command: it waits for a store that does not answer for a few seconds at most. What is wrong
    /// is a notice. Returns whether what is mirrored changed.
    pub async fn look_remote_briefly(&self) -> bool {
        // The store is asked first, so that one out of reach costs no long wait.
        let Some(state) = self.remote.state() else { return false };
        if state.role == RemoteRole::Superseded {
            self.tell(None).await;
            return false;
        }
        let reached = match self.remote.connection(&state) {
            Ok(remote) => match timeout(PATIENCE, remote.reach()).await {
                Ok(reached) => reached.map_err(Failure::from),
                Err(_) => Err(late()),
            },
            Err(error) => Err(error.into()),
        };
        if let Err(failure) = reached {
            self.tell(Some(&failure)).await;
            return false;
        }
        self.look_remote().await.unwrap_or(false)
    }

    /// Publishes if anything was written since the last time, or mirrors. What is wrong is a notice, too. Returns
    /// whether what is mirrored changed.
    ///
    /// # Errors
    /// What the store or the disk reports.
    pub async fn look_remote(&self) -> Result<bool, Failure> {
        let Some(state) = self.remote.state() else { return Ok(false) };
        let mut work = self.remote.work.lock().await;
        let done = match state.role {
            RemoteRole::Superseded => Ok(false),
            RemoteRole::Reader => Box::pin(self.mirror(&mut work, &|_, _| ())).await.map(|done| done.changed),
            RemoteRole::Publisher if work.changes == Some(self.store.changes()) => {
                if work.renewed.is_some_and(|renewed| renewed.elapsed() < RENEW_EVERY) {
                    return Ok(false);
                }
                work.renewed = Some(Instant::now());
                self.renew(&state).await.map(|()| false)
            }
            RemoteRole::Publisher => Box::pin(self.publish(&mut work)).await.map(|_| false),
        };
        drop(work);
        self.tell(done.as_ref().err()).await;
        done
    }

    async fn renew(&self, state: &State) -> Result<(), Failure> {
        let remote = self.remote.connection(state)?;
        match remote.renew(&state.holder).await {
            Ok(_) => Ok(()),
            Err(error) => Err(self.superseded_by(&remote, error.into()).await),
        }
    }

    /// Says how the library stands to the store, or withdraws what was said.
    pub(crate) async fn tell(&self, failure: Option<&Failure>) {
        let engines = self.engines().await;
        let notices = engines.notices();
        notices.withdraw(NoticeKind::Remote);
        let Some(state) = self.remote.state() else { return };
        match (state.role, failure) {
            (RemoteRole::Superseded, _) => {
                let failure = superseded(&state);
                notices.add(NoticeKind::Remote, NoticeFact::TakenOver, failure.message, failure.action);
            }
            (_, None) => (),
            (RemoteRole::Publisher, Some(failure)) => {
                let what = format!("what changed is not published yet: {}", failure.message);
                let fact = NoticeFact::NotPublished { reason: failure.message.clone() };
                notices.add(NoticeKind::Remote, fact, what, failure.action.clone());
            }
            (RemoteRole::Reader, Some(failure)) => {
                let folder = engines.answering_folder().unwrap_or_default();
                let published = mirror(&engines.home().index_named(&folder)).map_or(0, |mirror| mirror.published);
                let age = state.looked.map_or_else(String::new, |looked| format!(" of {} ago", words(now() - looked)));
                let what = format!("answers come from the mirror{age}: {}", failure.message);
                let fact = NoticeFact::MirrorOld { published, looked: state.looked, reason: failure.message.clone() };
                notices.add(NoticeKind::Remote, fact, what, failure.action.clone());
            }
        }
    }
}

fn late() -> Failure {
    let reason = format!("it did not answer within {} s", PATIENCE.as_secs());
    assay_remote::RemoteError::Unreachable { reason }.into()
}

/// A time in words.
fn words(seconds: i64) -> String {
    let (count, unit) = match seconds {
        ..=119 => (seconds.max(0), "second"),
        120..=7_199 => (seconds / 60, "minute"),
        7_200..=172_799 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}
