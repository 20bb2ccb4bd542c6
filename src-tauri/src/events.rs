//! What happens in the library, to every page that watches.

use std::sync::Mutex;

use assay_app::{Failure, problem};
use assay_contract::{IngestReply, LibraryEvent};
use tauri::ipc::Channel;

/// The channels of the pages that watch; one that is closed is dropped at the next event.
#[derive(Default)]
pub struct Watchers(Mutex<Vec<Channel<LibraryEvent>>>);

impl Watchers {
    /// Another page watches. A page that was loaded anew leaves its old channel behind.
    pub fn add(&self, channel: Channel<LibraryEvent>) {
        let mut channels = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        channels.clear();
        channels.push(channel);
    }

    /// Tells them all.
    pub fn tell(&self, event: &LibraryEvent) {
        let mut channels = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        channels.retain(|channel| channel.send(event.clone()).is_ok());
    }

    /// The last event of an ingest, however it ended.
    pub fn ended(&self, end: Result<IngestReply, Failure>) {
        self.tell(&match end {
            Ok(mut reply) => {
                // Paths are for the terminal; the page shows names.
                reply.files.iter_mut().for_each(|file| (file.path, file.page_rows) = (None, None));
                LibraryEvent::Finished { reply }
            }
            Err(failure) => LibraryEvent::Failed { problem: problem(&failure) },
        });
    }
}
