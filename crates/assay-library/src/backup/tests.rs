//! Backups of a small library, and their way back.

mod library;
mod writing;
mod restoring;
mod hostile;
