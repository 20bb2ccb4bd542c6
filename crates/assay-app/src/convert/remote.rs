//! A library that is shared through an object store.

use assay_contract as contract;
use assay_contract::{RemoteAddress, RemoteCost, RemoteHead, RemoteLease, RemoteMirror, RemoteView};
use assay_library::{Address, RemoteDone, RemoteError, RemoteRole, RemoteStanding};

use super::problem::problem;

/// What a library is to the object store.
pub fn role(role: Option<RemoteRole>) -> contract::RemoteRole {
    match role {
        None => contract::RemoteRole::Off,
        Some(RemoteRole::Publisher) => contract::RemoteRole::Publisher,
        Some(RemoteRole::Reader) => contract::RemoteRole::Reader,
        Some(RemoteRole::Superseded) => contract::RemoteRole::Superseded,
    }
}

/// An address, checked.
///
/// # Errors
/// [`RemoteError::Address`].
pub fn address(written: &RemoteAddress) -> Result<Address, RemoteError> {
    let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    Address::new(&written.url, given(&written.endpoint), given(&written.region), written.allow_http)
}

/// What a publication or a mirroring did in so many seconds.
pub fn done(done: RemoteDone, seconds: f64) -> contract::RemoteDone {
    let RemoteDone { changed, sequence, files, texts, bytes } = done;
    contract::RemoteDone { changed, sequence, files, texts, bytes, seconds }
}

/// How it stands.
pub fn view(standing: RemoteStanding) -> RemoteView {
    let RemoteStanding { role: is, address, machine, publisher, looked, mirror, cached_bytes, stored, cost } = standing;
    let (stored, failure) = match stored {
        Some(Ok(stored)) => (Some(stored), None),
        Some(Err(failure)) => (None, Some(failure)),
        None => (None, None),
    };
    let head = stored.as_ref().and_then(|stored| stored.head.clone());
    let lease = stored.as_ref().and_then(|stored| stored.lease.clone());
    let store = stored.and_then(|stored| stored.store);
    let newest = head.as_ref().map(|head| head.sequence);
    RemoteView {
        role: role(is),
        address: address.map(|address| {
            let Address { url, endpoint, region, allow_http } = address;
            RemoteAddress { url, endpoint, region, allow_http }
        }),
        machine,
        publisher,
        lease: lease.map(|lease| RemoteLease {
            machine: lease.machine,
            own: lease.own,
            token: lease.token,
            seconds: lease.seconds,
        }),
        head: head.map(|head| RemoteHead {
            sequence: head.sequence,
            token: head.token,
            machine: head.machine,
            published: head.written,
            documents: head.documents,
            passages: head.passages,
            index_bytes: head.index_bytes,
        }),
        mirror: mirror.map(|mirror| RemoteMirror {
            sequence: mirror.sequence,
            published: mirror.published,
            documents: mirror.documents,
            behind: newest.map(|newest| newest.saturating_sub(mirror.sequence)),
        }),
        looked,
        cached_bytes,
        objects: store.map(|store| store.objects),
        stored_bytes: store.map(|store| store.bytes),
        cost: RemoteCost {
            writes: cost.writes,
            reads: cost.reads,
            deletes: cost.deletes,
            sent: cost.sent,
            received: cost.received,
        },
        done: None,
        problem: failure.as_ref().map(problem),
    }
}
