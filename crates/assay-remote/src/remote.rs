//! A library on an object store, as one machine works with it.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use object_store::ObjectStore;
use serde::{Deserialize, Serialize};

use crate::address::Address;
use crate::cost::Cost;
use crate::error::RemoteError;
use crate::objects::Objects;
use crate::open::open;

/// Seconds for which a lease lasts after each renewal.
pub const LEASE_SECONDS: u64 = 60;

/// A library on an object store.
#[derive(Debug, Clone)]
pub struct Remote {
    pub(crate) objects: Objects,
    address: Address,
    /// Number of the library that is expected there, once it is known.
    pub(crate) library: Option<String>,
    pub(crate) lease_seconds: u64,
}

/// A publisher.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Random number.
    pub id: String,
    /// Name of its machine, for people.
    pub machine: String,
}

impl Holder {
    /// A new publisher on a machine of that name.
    pub fn new(machine: &str) -> Self {
        Self { id: random(), machine: machine.to_owned() }
    }
}

impl Remote {
    /// Opens the store at an address. Nothing is sent. If the library's number is known, another one there is an
    /// error.
    ///
    /// # Errors
    /// [`RemoteError::NoKeys`], [`RemoteError::Address`].
    pub fn open(address: &Address, library: Option<&str>) -> Result<Self, RemoteError> {
        Ok(Self::on(open(address)?, address, library))
    }

    /// The same on a store that is open.
    pub fn on(store: Arc<dyn ObjectStore>, address: &Address, library: Option<&str>) -> Self {
        let objects = Objects::new(store, address.bucket(), address.prefix());
        let (address, library) = (address.clone(), library.map(str::to_owned));
        Self { objects, address, library, lease_seconds: LEASE_SECONDS }
    }

    /// Requests and bytes since it was opened.
    pub fn cost(&self) -> Cost {
        self.objects.counts.now()
    }

    /// Where it lies.
    pub fn url(&self) -> &str {
        &self.address.url
    }
}

/// 32 digits that nobody else has, from the system's random numbers.
pub fn random() -> String {
    let number = || RandomState::new().hash_one(std::process::id());
    // Both states of a thread grow from one random number; the hash spreads it.
    blake3::hash(format!("{:?} {} {}", std::time::SystemTime::now(), number(), number()).as_bytes()).to_hex()[..32]
        .to_owned()
}
