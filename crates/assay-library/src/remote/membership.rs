//! Creating, joining, leaving and taking over.

use assay_domain::{Failure, Problem};
use assay_remote::{Address, FilledBy, Holder, OnStep, Remote};

use super::done::RemoteDone;
use super::machine_name::machine_name;
use super::rows::filled_by;
use super::slot::Work;
use super::state::{RemoteRole, State, now, superseded};
use crate::library::Library;

impl Library {
    /// Makes a library at an address, of which this machine is the publisher, and publishes what is here.
    ///
    /// # Errors
    /// What the store reports; the library stays as it was until there is one.
    pub async fn remote_create(&self, address: Address) -> Result<RemoteDone, Failure> {
        let mut work = self.remote.work.lock().await;
        self.is_unshared()?;
        let engines = self.engines().await;
        let filled_by = filled_by(&engines.open_index().await?.identity);
        drop(engines);
        let mut remote = Remote::open(&address, None)?;
        let holder = Holder::new(&machine_name());
        let library = remote.create(&holder, filled_by).await?;
        self.remote.connected(remote);
        let publisher = holder.machine.clone();
        let state = State {
            role: RemoteRole::Publisher,
            address,
            library,
            holder,
            publisher,
            own: Vec::new(),
            looked: None,
            swept: Some(now()),
        };
        self.remote.keep(state)?;
        *work = Work::default();
        Box::pin(self.publish(&mut work)).await
    }

    /// What filled the library at an address.
    ///
    /// # Errors
    /// What the store reports, or that there is none.
    pub async fn remote_find(&self, address: &Address) -> Result<FilledBy, Failure> {
        self.is_unshared()?;
        if self.store.while_empty(|| ())?.is_none() {
            let message =
                "this library holds documents or conversations of its own, and only an empty one can follow another";
            let action = "join from a new data folder: assay --data FOLDER remote join URL";
            return Err(Failure::new(Problem::LibraryNotEmpty, message, action));
        }
        Ok(Remote::open(address, None)?.find().await?.1)
    }

    /// Follows the library at an address from now on, and mirrors it.
    ///
    /// # Errors
    /// As [`Self::remote_find`]; what the store or the disk reports. The library stays as it was then.
    pub async fn remote_join(&self, address: Address, on: &OnStep<'_>) -> Result<RemoteDone, Failure> {
        let mut work = self.remote.work.lock().await;
        self.remote_find(&address).await?;
        let mut remote = Remote::open(&address, None)?;
        let (library, _) = remote.find().await?;
        self.remote.connected(remote);
        let (holder, publisher) = (Holder::new(&machine_name()), String::new());
        let (role, own) = (RemoteRole::Reader, Vec::new());
        self.remote.keep(State { role, address, library, holder, publisher, own, looked: None, swept: None })?;
        *work = Work::default();
        let done = Box::pin(self.mirror(&mut work, on)).await;
        if done.is_err() {
            self.remote.forget()?;
        }
        done
    }

    /// Publishes, or mirrors what is published.
    ///
    /// # Errors
    /// What the store or the disk reports.
    pub async fn remote_sync(&self, on: &OnStep<'_>) -> Result<RemoteDone, Failure> {
        let mut work = self.remote.work.lock().await;
        let state = self.remote.state().ok_or_else(not_shared)?;
        let done = match state.role {
            RemoteRole::Publisher => Box::pin(self.publish(&mut work)).await,
            RemoteRole::Reader => Box::pin(self.mirror(&mut work, on)).await,
            RemoteRole::Superseded => Err(superseded(&state)),
        };
        drop(work);
        self.tell(done.as_ref().err()).await;
        done
    }

    /// Shares this library no longer. A publisher gives its lease back, and what is at the store stays there. A reader
    /// keeps what it mirrored as a library of its own, whose documents answer while their files are out of reach.
    ///
    /// # Errors
    /// Fails if the disk does. A store that cannot be reached is no error: the lease ends by itself.
    pub async fn remote_leave(&self) -> Result<RemoteRole, Failure> {
        let mut work = self.remote.work.lock().await;
        let state = self.remote.state().ok_or_else(not_shared)?;
        match state.role {
            RemoteRole::Publisher => {
                if let Ok(remote) = self.remote.connection(&state) {
                    drop(remote.release(&state.holder).await);
                }
            }
            RemoteRole::Reader => self.store.keep_mirror(&on_machine(&state.publisher))?,
            RemoteRole::Superseded => (),
        }
        self.remote.forget()?;
        *work = Work::default();
        drop(work);
        self.tell(None).await;
        Ok(state.role)
    }

    /// Becomes the publisher of the library that is followed here, once the lease of the one before has ended.
    ///
    /// # Errors
    /// [`Problem::RemoteHeld`] while another machine holds the lease; what the store or the disk reports.
    pub async fn remote_take(&self, on: &OnStep<'_>) -> Result<RemoteDone, Failure> {
        let mut work = self.remote.work.lock().await;
        let state = self.remote.state().ok_or_else(not_shared)?;
        match state.role {
            RemoteRole::Publisher => return Box::pin(self.publish(&mut work)).await,
            RemoteRole::Superseded => return Err(superseded(&state)),
            RemoteRole::Reader => (),
        }
        let remote = self.remote.connection(&state)?;
        Box::pin(self.mirror(&mut work, on)).await?;
        remote.take(&state.holder).await?;
        // What the publisher before published until then, with the mark of the new token.
        Box::pin(self.mirror(&mut work, on)).await?;
        let nonce = work.mirrored.as_ref().map(|mirrored| mirrored.head().nonce.clone());
        self.store.keep_mirror(&on_machine(&state.publisher))?;
        self.remote.change(|state| {
            state.role = RemoteRole::Publisher;
            state.publisher = state.holder.machine.clone();
            state.own = nonce.into_iter().collect();
            state.swept = Some(now());
        })?;
        *work = Work::default();
        Box::pin(self.publish(&mut work)).await
    }

    /// What this library is to an object store.
    pub fn remote_role(&self) -> Option<RemoteRole> {
        self.remote.role()
    }

    /// Refuses work that changes documents where they are those of another machine.
    ///
    /// # Errors
    /// [`Problem::FollowsAnother`].
    pub(crate) fn takes_files(&self) -> Result<(), Failure> {
        let Some(state) = self.remote.state().filter(|state| state.role == RemoteRole::Reader) else { return Ok(()) };
        let machine = if state.publisher.is_empty() { "another machine" } else { &state.publisher };
        let message = format!("this library follows {}, and {machine} takes files in", state.address.url);
        let action = "add or remove them there, or publish from here once that machine has left: assay remote take";
        Err(Failure::new(Problem::FollowsAnother, message, action))
    }

    fn is_unshared(&self) -> Result<(), Failure> {
        let Some(state) = self.remote.state() else { return Ok(()) };
        let message = format!("this library is shared through {} already", state.address.url);
        Err(Failure::new(Problem::BadSetting, message, "leave that one first: assay remote leave"))
    }
}

fn on_machine(machine: &str) -> String {
    if machine.is_empty() { "its file is on another machine".to_owned() } else { format!("its file is on {machine}") }
}

fn not_shared() -> Failure {
    let action = "share it: assay remote create s3://BUCKET/PREFIX; or follow one from a new data folder: assay --data FOLDER remote join URL";
    Failure::new(Problem::BadSetting, "this library is shared with no other machine", action)
}
