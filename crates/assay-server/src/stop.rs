//! The end of work whose client has left.

use assay_app::Cancel;

/// Stops work when it is dropped: with the request of a client that left, or with a call that was cancelled.
pub struct StopOnDrop(pub Cancel);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.stop();
    }
}
