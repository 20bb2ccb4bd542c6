//! A library that is shared through an object store: published from here, or followed here.

mod machine_name;
mod state;
pub(crate) mod slot;
mod rows;
mod done;
mod note;
mod swap;
mod publishing;
mod mirroring;
mod membership;
mod keeping;
mod standing;

pub use assay_remote::{Address, Cost, FilledBy, RemoteError, Stored};
pub use done::RemoteDone;
pub use note::MirrorStanding;
pub use standing::RemoteStanding;
pub use state::{RemoteRole, role_in};
