//! Which bi-encoder a library has: it is named when the library is first opened.

use assay_contract::Settings;
use assay_domain::Failure;
use assay_library::{Home, embedder_kept};

use crate::settings;

/// Writes the name of the bi-encoder into settings that name none: that of the library's index, or the default
/// for a library without passages. A later version with another default then changes nothing here.
///
/// # Errors
/// Fails if the settings cannot be read or written.
pub fn name_embedder(home: &Home, written: Settings) -> Result<Settings, Failure> {
    if settings::names(&home.settings(), "embedder")? {
        return Ok(written);
    }
    let embedder = embedder_kept(home)?.unwrap_or(written.embedder);
    settings::set(&home.settings(), "embedder", embedder.clone())?;
    Ok(Settings { embedder, ..written })
}
