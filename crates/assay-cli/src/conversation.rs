//! Which conversation a question of the terminal belongs to.

use std::str::FromStr;

/// The conversation that a question belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conversation {
    /// One that begins with it.
    New,
    /// One of the library.
    Kept(i64),
}

impl FromStr for Conversation {
    type Err = String;

    fn from_str(written: &str) -> Result<Self, String> {
        match written {
            "new" => Ok(Self::New),
            number => {
                number.parse().map(Self::Kept).map_err(|_| "give the number of a conversation, or new".to_owned())
            }
        }
    }
}
