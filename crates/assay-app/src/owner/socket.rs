//! The socket of an owner: `run/owner.sock` in the data folder, which any front end finds; where that path is too long
//! for a socket or the disk has none, `assay/HASH.sock` in `XDG_RUNTIME_DIR`. The folder admits its owner alone, and so
//! does the socket; the user of the other side is asked of the system as well.

use std::fs::{self, DirBuilder, Permissions};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use tokio::net::{UnixListener, UnixStream};

/// A connection on the owner's side.
pub type Incoming = UnixStream;

/// A connection on the client's side.
pub type Outgoing = UnixStream;

/// The socket of an owner. Dropping it removes the socket's file.
#[derive(Debug)]
pub struct Listener {
    listener: UnixListener,
    place: PathBuf,
    user: u32,
}

impl Listener {
    /// Takes the socket of a data folder. The caller has the folder's lock, so a socket that is there was left behind by
    /// an owner that was killed.
    ///
    /// # Errors
    /// What the system reports if no place can have a socket.
    pub fn bind(data: &Path) -> io::Result<Self> {
        let user = this_user()?;
        let mut fault = io::Error::from(io::ErrorKind::AddrNotAvailable);
        for place in places(data) {
            match bind(&place, user) {
                Ok(listener) => return Ok(Self { listener, place, user }),
                Err(error) => fault = error,
            }
        }
        Err(fault)
    }

    /// The next connection of the same user; those of others are closed.
    ///
    /// # Errors
    /// What the system reports.
    pub async fn accept(&mut self) -> io::Result<Incoming> {
        loop {
            let (stream, _) = self.listener.accept().await?;
            if stream.peer_cred().is_ok_and(|peer| peer.uid() == self.user) {
                return Ok(stream);
            }
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        drop(fs::remove_file(&self.place));
    }
}

/// A connection to the owner of a data folder; `None` if none listens, or one of another user.
pub async fn connect(data: &Path) -> Option<Outgoing> {
    let user = this_user().ok()?;
    for place in places(data) {
        if let Ok(stream) = UnixStream::connect(&place).await
            && stream.peer_cred().is_ok_and(|peer| peer.uid() == user)
        {
            return Some(stream);
        }
    }
    None
}

fn places(data: &Path) -> impl Iterator<Item = PathBuf> {
    let mut hasher = DefaultHasher::new();
    data.hash(&mut hasher);
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|folder| folder.is_absolute());
    let elsewhere = runtime.map(|folder| folder.join("assay").join(format!("{:016x}.sock", hasher.finish())));
    std::iter::once(data.join("run").join("owner.sock")).chain(elsewhere)
}

fn bind(place: &Path, user: u32) -> io::Result<UnixListener> {
    let folder = place.parent().unwrap_or(place);
    match DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => (),
    }
    // A disk without permissions, or a folder that is not ours.
    let found = fs::symlink_metadata(folder)?;
    if !found.is_dir() || found.uid() != user || found.mode() & 0o077 != 0 {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    if fs::symlink_metadata(place).is_ok_and(|left| left.file_type().is_socket()) {
        fs::remove_file(place)?;
    }
    let listener = UnixListener::bind(place)?;
    fs::set_permissions(place, Permissions::from_mode(0o600))?;
    Ok(listener)
}

/// The user of this process, as the system states it to the other side of a socket.
fn this_user() -> io::Result<u32> {
    let (one, _other) = UnixStream::pair()?;
    Ok(one.peer_cred()?.uid())
}
