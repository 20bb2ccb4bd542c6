//! The lease: who publishes. Its token grows with each new holder and never shrinks.
//!
//! Every change is a conditional put on the version that was read, and no two versions have the same bytes. Whether
//! a lease has ended is judged by the store's clock: by when it wrote the lease, and when it writes an object now.

use serde::{Deserialize, Serialize};

use crate::error::RemoteError;
use crate::marker::{of_json, to_json};
use crate::names::{self, LEASE};
use crate::objects::Object;
use crate::remote::{Holder, Remote};

/// Stores tell times in whole seconds.
const ROUNDING: i64 = 1;
/// Tries while the same publisher renews the lease elsewhere in its own process.
const TRIES: u32 = 4;

/// The lease as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// Random number of the publisher.
    pub holder: String,
    /// Name of its machine, for people.
    pub machine: String,
    /// Grows with each new holder.
    pub token: u64,
    /// Seconds for which it lasts after each renewal.
    pub seconds: u64,
    /// Counts the renewals, so that each has other bytes and another mark.
    pub renewals: u64,
    /// Whether its holder gave it back.
    pub released: bool,
}

impl Lease {
    /// Seconds until it ends at this time of the store; 0 if it has ended or was given back.
    pub fn seconds_left(&self, written: i64, now: i64) -> u64 {
        let until = written + i64::try_from(self.seconds).unwrap_or(i64::MAX / 2) + ROUNDING;
        if self.released { 0 } else { u64::try_from(until - now).unwrap_or(0) }
    }
}

impl Remote {
    /// The lease with its object; `None` if there is none.
    pub(crate) async fn lease(&self) -> Result<Option<(Lease, Object)>, RemoteError> {
        let Some(object) = self.objects.get(LEASE).await? else { return Ok(None) };
        Ok(Some((of_json(LEASE, &object.bytes)?, object)))
    }

    /// Renews the lease of the publisher that holds it, also one that ran out while nobody took over. Returns its
    /// token.
    ///
    /// # Errors
    /// [`RemoteError::Lost`] if another publisher has taken over.
    pub async fn renew(&self, holder: &Holder) -> Result<u64, RemoteError> {
        for _ in 0..TRIES {
            let Some((lease, object)) = self.lease().await? else {
                let token = self.head().await?.map_or(1, |found| found.head.token);
                if self.create_lease(holder, token).await? {
                    return Ok(token);
                }
                continue;
            };
            if lease.holder != holder.id {
                return Err(RemoteError::Lost { machine: lease.machine });
            }
            let next = self.of(holder, lease.token, lease.renewals + 1);
            if self.objects.update(LEASE, &to_json(&next), &object.version).await?.is_some() {
                return Ok(next.token);
            }
        }
        Err(RemoteError::Conflict)
    }

    /// Takes the lease: one that there is not yet, the own one, or one that has ended. A head of the holder before is
    /// marked with the new token, so that nothing which that holder still has under way is published. Returns the
    /// token.
    ///
    /// # Errors
    /// [`RemoteError::Held`] while another publisher holds it.
    pub async fn take(&self, holder: &Holder) -> Result<u64, RemoteError> {
        let token = self.take_lease(holder).await?;
        self.fence(holder, token).await?;
        Ok(token)
    }

    async fn take_lease(&self, holder: &Holder) -> Result<u64, RemoteError> {
        for _ in 0..TRIES {
            let Some((lease, object)) = self.lease().await? else {
                let token = self.head().await?.map_or(1, |found| found.head.token + 1);
                if self.create_lease(holder, token).await? {
                    return Ok(token);
                }
                continue;
            };
            if lease.holder == holder.id {
                return self.renew(holder).await;
            }
            let seconds = match lease.released {
                true => 0,
                false => lease.seconds_left(object.written, self.now(holder).await?),
            };
            if seconds > 0 {
                return Err(RemoteError::Held { machine: lease.machine, seconds });
            }
            let next = self.of(holder, lease.token + 1, 0);
            if self.objects.update(LEASE, &to_json(&next), &object.version).await?.is_some() {
                return Ok(next.token);
            }
        }
        Err(RemoteError::Conflict)
    }

    /// Gives the lease back, if this publisher holds it.
    ///
    /// # Errors
    /// What the store reports.
    pub async fn release(&self, holder: &Holder) -> Result<(), RemoteError> {
        for _ in 0..TRIES {
            let Some((lease, object)) = self.lease().await? else { return Ok(()) };
            if lease.holder != holder.id || lease.released {
                return Ok(());
            }
            let next = Lease { released: true, renewals: lease.renewals + 1, ..lease };
            if self.objects.update(LEASE, &to_json(&next), &object.version).await?.is_some() {
                return Ok(());
            }
        }
        Err(RemoteError::Conflict)
    }

    async fn create_lease(&self, holder: &Holder, token: u64) -> Result<bool, RemoteError> {
        let lease = self.of(holder, token, 0);
        Ok(self.objects.create(LEASE, &to_json(&lease)).await?.is_some())
    }

    fn of(&self, holder: &Holder, token: u64, renewals: u64) -> Lease {
        let Holder { id, machine } = holder.clone();
        Lease { holder: id, machine, token, seconds: self.lease_seconds, renewals, released: false }
    }

    /// The time of the store, in seconds since 1970: this machine's clock may be off.
    async fn now(&self, holder: &Holder) -> Result<i64, RemoteError> {
        let name = names::clock(&holder.id);
        self.objects.put(&name, b"{}").await?;
        let written = self.objects.look(&name).await?.map(|found| found.written);
        self.objects.delete(&name).await?;
        written.ok_or(RemoteError::Conflict)
    }
}
