//! Events of the library, for the pages that watch it.

use std::sync::Mutex;

use assay_app::{Failure, problem};
use assay_contract::{IngestReply, LibraryEvent};
use tauri::ipc::Channel;

/// The channels of the pages that watch. A closed channel is dropped at the next event.
#[derive(Default)]
pub struct Watchers(Mutex<Vec<Channel<LibraryEvent>>>);

impl Watchers {
    /// Adds a page in place of the one before: a reloaded page leaves its old channel behind.
    pub fn add(&self, channel: Channel<LibraryEvent>) {
        let mut channels = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        channels.clear();
        channels.push(channel);
    }

    /// Sends an event to all of them.
    pub fn send(&self, event: &LibraryEvent) {
        let mut channels = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        channels.retain(|channel| channel.send(event.clone()).is_ok());
    }

    /// Sends the last event of an ingest.
    pub fn send_end(&self, end: Result<IngestReply, Failure>) {
        self.send(&match end {
            Ok(mut reply) => {
                // Only the terminal shows paths and page rows.
                reply.files.iter_mut().for_each(|file| (file.path, file.page_rows) = (None, None));
                LibraryEvent::Finished { reply }
            }
            Err(failure) => LibraryEvent::Failed { problem: problem(&failure) },
        });
    }
}
