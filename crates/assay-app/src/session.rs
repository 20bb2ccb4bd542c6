//! A library as a front end works with it: opened here, or through the program that has it open.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use assay_contract::call::FrontEnd;
use assay_domain::{Cancel, Failure, Problem};
use assay_library::Home;
use tokio::time::sleep;

use crate::app::{App, Opening};
use crate::call::Call;
use crate::owner::Remote;

/// Pause between two tries.
const PAUSE: Duration = Duration::from_millis(100);

/// A library. Clones share it.
#[derive(Clone)]
pub enum Session {
    /// This program has it open.
    Here(Arc<App>),
    /// Another program has it open and does the calls.
    There(Remote),
}

impl Session {
    /// Opens a library, or finds the program that has it open. One that is about to end or to begin is waited for.
    ///
    /// # Errors
    /// As [`App::open`]; [`Problem::LibraryInUse`] if the other program takes no calls.
    pub async fn open(opening: Opening, patience: Duration) -> Result<Self, Failure> {
        let begun = Instant::now();
        let data = opening.data.clone().unwrap_or_else(Home::usual);
        loop {
            let opening = opening.clone();
            let opened = tokio::task::spawn_blocking(move || App::open(opening)).await;
            let refused = match opened.map_err(|_| Failure::bug("opening the library panicked"))? {
                Ok(app) => return Ok(Self::Here(Arc::new(app))),
                Err(failure) if failure.problem == Problem::LibraryInUse => failure,
                Err(failure) => return Err(failure),
            };
            if let Some(owner) = Remote::find(&data).await? {
                return Ok(Self::There(owner));
            }
            if begun.elapsed() >= patience {
                return Err(refused);
            }
            sleep(PAUSE).await;
        }
    }

    /// Does a call that tells nothing while it runs.
    ///
    /// # Errors
    /// As the call.
    pub async fn call<C: Call>(&self, call: C) -> Result<C::Reply, Failure> {
        self.run(call, &Cancel::default(), &mut |_| ()).await
    }

    /// Does a call; `on` receives what happens.
    ///
    /// # Errors
    /// As the call; [`Problem::LibraryInUse`] if the other program ended before it answered.
    pub async fn run<C: Call>(
        &self,
        call: C,
        cancel: &Cancel,
        on: &mut (dyn FnMut(C::Event) + Send),
    ) -> Result<C::Reply, Failure> {
        match self {
            Self::Here(app) => call.run(app, cancel, on).await,
            Self::There(owner) => owner.call(call, cancel, on).await,
        }
    }

    /// What kind of program has the library open, if it is another one.
    pub fn owner(&self) -> Option<FrontEnd> {
        match self {
            Self::Here(_) => None,
            Self::There(owner) => Some(owner.front_end),
        }
    }

    /// A model's name, or its folder as the program that opens it finds it.
    pub fn model(&self, name: String) -> String {
        let folder = PathBuf::from(&name);
        match self {
            Self::There(_) if folder.join("config.json").is_file() => {
                let absolute =
                    std::path::absolute(folder).ok().and_then(|folder| folder.into_os_string().into_string().ok());
                absolute.unwrap_or(name)
            }
            _ => name,
        }
    }
}

/// A failure of work that needs the library alone. It names the program that has the library open where it is one that
/// tells.
pub async fn named_owner(failure: Failure, data: Option<PathBuf>) -> Failure {
    let data = data.unwrap_or_else(Home::usual);
    if failure.problem != Problem::LibraryInUse {
        return failure;
    }
    let Ok(Some(owner)) = Remote::find(&data).await else { return failure };
    let who = match owner.front_end {
        FrontEnd::Window => "the window of Assay",
        FrontEnd::Watch => "`assay watch`",
        FrontEnd::Serve => "`assay serve`",
        FrontEnd::Mcp => "`assay mcp`",
        FrontEnd::Command => "another command of Assay",
    };
    let message = format!("{who} has the data folder {} open, and this needs it alone", data.display());
    Failure::new(Problem::LibraryInUse, message, "close that one, then try again")
}
