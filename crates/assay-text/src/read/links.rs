//! Keeps the addresses of links that lead outside of a file.

use crate::compose::Composer;

const SCHEMES: [&str; 5] = ["http://", "https://", "mailto:", "tel:", "ftp://"];
/// Longer addresses carry data rather than a place.
const LONGEST: usize = 300;

/// Returns an address as it is shown: with its scheme, except for mail and telephone. `None` if it does not lead
/// outside of the file.
pub(crate) fn shown(address: &str) -> Option<&str> {
    let address = address.trim();
    let has = |scheme: &&str| address.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    if address.len() > LONGEST || !SCHEMES.iter().any(has) {
        return None;
    }
    match address.split_once(':') {
        Some((_, rest)) if !rest.starts_with("//") => rest.split('?').next(),
        _ => Some(address),
    }
}

/// Whether the text of a link contains its address.
pub(crate) fn contains_address(text: &str, address: &str) -> bool {
    let bare = |address: &str| {
        let address = address.to_lowercase();
        let rest = address.split_once("://").map_or(address.as_str(), |(_, rest)| rest);
        rest.trim_start_matches("www.").trim_end_matches('/').to_owned()
    };
    bare(text).contains(&bare(address))
}

/// Adds the address of a link, as [`shown`] returns it, unless the link's text from a byte offset on contains it.
pub(crate) fn push_address(composer: &mut Composer, start: usize, shown: &str) {
    let text = composer.text_from(start).trim();
    if !text.is_empty() && !contains_address(text, shown) {
        composer.push_inline(&format!(" ({shown})"));
    }
}

#[cfg(test)]
mod tests {
    use super::{contains_address, shown};

    #[test]
    fn addresses_outside_of_the_file_are_shown() {
        for (address, expected) in [
            ("https://tickets.example.org/tower?lang=en", Some("https://tickets.example.org/tower?lang=en")),
            ("mailto:tower@example.org?subject=Tour", Some("tower@example.org")),
            ("tel:+49305550117", Some("+49305550117")),
            ("#top", None),
            ("next.html", None),
            ("javascript:open()", None),
        ] {
            assert_eq!(shown(address), expected, "{address}");
        }
    }

    #[test]
    fn a_text_that_is_the_address_is_enough() {
        assert!(contains_address("www.example.org/tower", "https://example.org/tower/"));
        assert!(contains_address("Write to tower@example.org", "tower@example.org"));
        assert!(!contains_address("here", "https://example.org"));
    }
}
