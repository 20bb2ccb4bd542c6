//! The pipe of an owner. Its name is drawn anew by each owner and lies in `run\owner.pipe` of the data folder, so that
//! only who can read the folder finds it. Pipes admit writing clients of their own user alone unless told otherwise.
//! Nothing here was run yet: it was written from the documentation.

use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::path::{Path, PathBuf};

use tokio::net::windows::named_pipe::{ClientOptions, NamedPipeClient, NamedPipeServer, ServerOptions};

/// A connection on the owner's side.
pub type Incoming = NamedPipeServer;

/// A connection on the client's side.
pub type Outgoing = NamedPipeClient;

/// The pipe of an owner. Dropping it removes the file of its name.
#[derive(Debug)]
pub struct Listener {
    name: String,
    next: NamedPipeServer,
    place: PathBuf,
}

impl Listener {
    /// Makes the pipe of a data folder, whose lock the caller has.
    ///
    /// # Errors
    /// What the system reports.
    pub fn bind(data: &Path) -> io::Result<Self> {
        let random = || RandomState::new().hash_one(std::process::id());
        let name = format!(r"\\.\pipe\assay-{:016x}{:016x}", random(), random());
        let next = ServerOptions::new().first_pipe_instance(true).create(&name)?;
        let place = place(data);
        fs::create_dir_all(place.parent().unwrap_or(&place))?;
        fs::write(&place, &name)?;
        Ok(Self { name, next, place })
    }

    /// The next connection.
    ///
    /// # Errors
    /// What the system reports.
    pub async fn accept(&mut self) -> io::Result<Incoming> {
        self.next.connect().await?;
        let next = ServerOptions::new().create(&self.name)?;
        Ok(std::mem::replace(&mut self.next, next))
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        drop(fs::remove_file(&self.place));
    }
}

/// A connection to the owner of a data folder; `None` if none listens.
pub async fn connect(data: &Path) -> Option<Outgoing> {
    let name = fs::read_to_string(place(data)).ok()?;
    ClientOptions::new().open(name).ok()
}

fn place(data: &Path) -> PathBuf {
    data.join("run").join("owner.pipe")
}
