//! The user's files: walking folders, watching them for changes, and reading files in child processes.
//! Files are only ever read.

mod transient;
mod error;
mod real_path;
pub mod sources;
mod survey;
pub mod watch;
mod tesseract;
mod reading;

pub use error::FilesError;
pub use reading::ChildReader;
pub use reading::child::serve;
pub use reading::wire::ROLE;
pub use real_path::{names_device, real_path, without_prefix};
pub use survey::{Survey, survey};
pub use tesseract::{InstalledOcr, OcrSettings, installed_ocr};
