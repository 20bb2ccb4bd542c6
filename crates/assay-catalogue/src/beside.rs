//! Long reads on a connection of their own. They give way to every write, because SQLite cannot commit while another
//! connection reads: a read that a write waits for is interrupted and begun again when the writes have paused.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::database;
use crate::error::{CatalogueError, Fault};
use crate::store::Store;
use crate::writes::{GLANCE, giving_way};

/// Time without a write after which a long read begins.
const PAUSE: Duration = Duration::from_millis(100);
/// How long a check of the whole file waits for a pause between writes.
const PATIENCE: Duration = Duration::from_secs(600);

impl Store {
    /// Checks every page of the file, while other calls go on: the check gives way to every write. Damage that
    /// is found is remembered next to the file, so that the next opening does not rely on it.
    ///
    /// # Errors
    /// [`CatalogueError::NotWhole`] or [`CatalogueError::Damaged`] if it is damaged,
    /// [`CatalogueError::GaveWay`] if it is written to all the time.
    pub fn read_through(&self) -> Result<(), CatalogueError> {
        let again = || database::connect_again(self.path(), OpenFlags::SQLITE_OPEN_READ_ONLY);
        let read = self.beside(PATIENCE, again, database::check_pages);
        let mark = database::sibling(self.path(), database::DAMAGED);
        let noted = match &read {
            Ok(()) if mark.exists() => fs::remove_file(&mark),
            Err(error) if error.fault() == Fault::Damage => fs::write(&mark, b""),
            _ => Ok(()),
        };
        noted.map_err(|source| CatalogueError::Folder { path: mark, source })?;
        read
    }

    /// Runs a long read on a connection that `open` makes, as often as it takes until no write interrupts it.
    ///
    /// # Errors
    /// [`CatalogueError::GaveWay`] if the time runs out before that; whatever the work reports.
    pub(crate) fn beside<T>(
        &self,
        within: Duration,
        open: impl Fn() -> Result<Connection, CatalogueError>,
        work: impl Fn(&Connection) -> Result<T, CatalogueError>,
    ) -> Result<T, CatalogueError> {
        let until = Instant::now() + within;
        loop {
            self.wait_for_a_pause(until)?;
            let connection = open()?;
            match giving_way(&connection, self.writes(), || work(&connection)) {
                Err(CatalogueError::Sqlite { source })
                    if source.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) => {}
                done => return done,
            }
        }
    }

    fn wait_for_a_pause(&self, until: Instant) -> Result<(), CatalogueError> {
        let mut quiet_since = Instant::now();
        while quiet_since.elapsed() < PAUSE {
            if Instant::now() > until {
                return Err(CatalogueError::GaveWay);
            }
            thread::sleep(GLANCE);
            if self.writes().any() {
                quiet_since = Instant::now();
            }
        }
        Ok(())
    }
}
