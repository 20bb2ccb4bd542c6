//! Closed sets: enums that cross the contract as fixed strings.

/// Declares a closed set. Each member is written once with the string that stands for it in JSON.
/// Members sort by their strings, so a map keyed by them keeps its order in JSON.
macro_rules! closed_set {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $member:ident = $string:tt,)+ }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, ts_rs::TS)]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $string)] $member,)+
        }

        impl $name {
            /// Every member.
            pub const ALL: &[Self] = &[$(Self::$member,)+];

            /// The string in JSON.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$member => $string,)+
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl Ord for $name {
            fn cmp(&self, other: &Self) -> std::cmp::Ordering {
                self.as_str().cmp(other.as_str())
            }
        }

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }
    };
}

pub(crate) use closed_set;

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::FileState;

    #[test]
    fn members_serialise_as_their_strings_also_as_sorted_keys() {
        for state in FileState::ALL {
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
            assert_eq!(serde_json::from_value::<FileState>(state.as_str().into()).unwrap(), *state);
        }
        let counts: BTreeMap<FileState, u32> = FileState::ALL.iter().map(|state| (*state, 1)).collect();
        let words: BTreeMap<&str, u32> = FileState::ALL.iter().map(|state| (state.as_str(), 1)).collect();
        assert_eq!(serde_json::to_string(&counts).unwrap(), serde_json::to_string(&words).unwrap());
        assert!(serde_json::from_str::<FileState>("\"from a later version\"").is_err());
    }
}
