//! Why work waits.

/// Why a file is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum QueueReason {
    /// The user added it.
    Added,
    /// Assay found it by itself: it is new or changed in a watched folder, or a fault that passes may be over.
    Watched,
    /// The user wants it read again.
    Again,
}

impl QueueReason {
    /// All reasons.
    pub const ALL: [Self; 3] = [Self::Added, Self::Watched, Self::Again];

    /// Whether the user asked for it, also where the same work was stopped before.
    pub fn is_of_user(self) -> bool {
        matches!(self, Self::Added | Self::Again)
    }

    /// The code in the catalogue and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Watched => "watched",
            Self::Again => "again",
        }
    }

    /// The reason for a code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == code)
    }
}
