//! Addresses of documents and passages: `assay://document/7`, `assay://document/7/page/2`, `assay://passage/ID`.

use std::fmt;

/// What an address names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A passage by its chunk.
    Passage(String),
    /// A document by its number in the catalogue, and a page by its place in it, from 1.
    Document {
        /// The number.
        id: i64,
        /// The place of a page.
        page: Option<u32>,
    },
}

impl Address {
    /// What a text names: an address, the number of a document, or else a passage.
    pub fn parse(text: &str) -> Option<Self> {
        let Some(path) = text.strip_prefix("assay://") else {
            let id = text.parse().ok();
            return match id {
                Some(id) => Some(Self::Document { id, page: None }),
                None => is_chunk(text).then(|| Self::Passage(text.to_owned())),
            };
        };
        match path.split('/').collect::<Vec<_>>().as_slice() {
            ["passage", chunk] if is_chunk(chunk) => Some(Self::Passage((*chunk).to_owned())),
            ["document", id] => Some(Self::Document { id: id.parse().ok()?, page: None }),
            ["document", id, "page", page] => {
                Some(Self::Document { id: id.parse().ok()?, page: Some(page.parse().ok().filter(|&page| page > 0)?) })
            }
            _ => None,
        }
    }
}

/// Whether a text has the form of a chunk's name: two numbers.
fn is_chunk(text: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once('-').is_some_and(|(generation, ordinal)| is_number(generation) && is_number(ordinal))
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passage(chunk) => write!(f, "assay://passage/{chunk}"),
            Self::Document { id, page: None } => write!(f, "assay://document/{id}"),
            Self::Document { id, page: Some(page) } => write!(f, "assay://document/{id}/page/{page}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn addresses_come_back_as_they_were_written() {
        for address in [
            Address::Passage("12-3".to_owned()),
            Address::Document { id: 7, page: None },
            Address::Document { id: 7, page: Some(2) },
        ] {
            assert_eq!(Address::parse(&address.to_string()), Some(address));
        }
    }

    #[test]
    fn numbers_are_documents_and_other_words_are_no_paths() {
        assert_eq!(Address::parse("7"), Some(Address::Document { id: 7, page: None }));
        assert_eq!(Address::parse("12-3"), Some(Address::Passage("12-3".to_owned())));
        for bad in [
            "",
            "/etc/passwd",
            "../settings.toml",
            "assay://document/x",
            "assay://document/7/page/0",
            "assay://document/7/../8",
            "assay://passage/../../lock",
            "assay://passage/",
            "file:///etc/passwd",
            "12 3",
        ] {
            assert_eq!(Address::parse(bad), None, "{bad}");
        }
    }
}
