//! Limits of the sizes in a model's configuration. They are checked before anything is allocated by them: a file that
//! was written to do harm is an error.

use crate::EncoderError;
use crate::folder::ModelFolder;

/// Greatest size of a table or a layer, beyond every known model. The product of two sizes fits in 64 bits.
const MOST: usize = 1 << 24;
/// Most positions. Bodies with rotary positions compute a table of all of them.
const MOST_POSITIONS: usize = 1 << 20;

/// Sizes with the names that `config.json` gives them.
pub(crate) struct Sizes<'a> {
    /// Sizes of layers and tables.
    pub sizes: &'a [(&'a str, usize)],
    /// The size named `max_position_embeddings`.
    pub positions: usize,
}

impl Sizes<'_> {
    /// Fails if a size is zero or beyond its limit.
    pub fn check(&self, folder: &ModelFolder) -> Result<(), EncoderError> {
        let positions = ("max_position_embeddings", self.positions, MOST_POSITIONS);
        let sizes = self.sizes.iter().map(|(name, size)| (*name, *size, MOST));
        match sizes.chain([positions]).find(|(_, size, most)| !(1..=*most).contains(size)) {
            Some((name, size, most)) => Err(bad_config(folder, format!("{name} is {size} and not 1 to {most}"))),
            None => Ok(()),
        }
    }
}

/// The error of a `config.json` whose fields contradict one another.
pub(crate) fn bad_config(folder: &ModelFolder, reason: String) -> EncoderError {
    EncoderError::BadFile { file: folder.path().join("config.json"), reason }
}
