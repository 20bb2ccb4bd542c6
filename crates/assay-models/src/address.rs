//! Addresses without the names, passwords and keys that people write into them.

use std::borrow::Cow;

/// An address without the name and password before its host and without the query after its path. It is empty if it
/// has an `@` after its host: nobody can tell whether that ends a password with such signs in it.
pub fn without_secrets(address: &str) -> String {
    let (scheme, rest) = address.split_once("://").map_or((None, address), |(scheme, rest)| (Some(scheme), rest));
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    if path.contains('@') {
        return String::new();
    }
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let path = path.split(['?', '#']).next().unwrap_or_default();
    match scheme {
        Some(scheme) => format!("{scheme}://{host}{path}"),
        None => format!("{host}{path}"),
    }
}

/// An address as a message may show it.
pub fn shown(address: &str) -> Cow<'_, str> {
    let plain = without_secrets(address);
    if plain == address {
        return Cow::Borrowed(address);
    }
    Cow::Owned(if plain.is_empty() { "an address with a password in it".to_owned() } else { plain })
}

#[cfg(test)]
mod tests {
    use super::{shown, without_secrets};

    #[test]
    fn addresses_lose_names_passwords_and_queries() {
        for (address, plain) in [
            ("https://user:secret@hub.example/models", "https://hub.example/models"),
            ("http://secret@proxy:3128", "http://proxy:3128"),
            ("user:secret@proxy:3128", "proxy:3128"),
            ("user:p@secret@proxy:3128", "proxy:3128"),
            ("http://user:sec\\ret@proxy:3128", "http://proxy:3128"),
            ("http://user:secret@[::1]:3128", "http://[::1]:3128"),
            ("https://rerank.example/v1?key=secret", "https://rerank.example/v1"),
            ("https://rerank.example?key=secret", "https://rerank.example"),
            ("https://rerank.example/v1#secret", "https://rerank.example/v1"),
            // Signs that end a host, in a password.
            ("http://user:sec/ret@proxy:3128", ""),
            ("http://user:sec?ret@proxy:3128", ""),
            ("http://user:sec#ret@proxy:3128", ""),
            ("http://user:12/secret@proxy:3128", ""),
            ("user:/secret@proxy:3128", ""),
            ("https://hub.example/a@b", ""),
            ("https://hub.example/models", "https://hub.example/models"),
            ("mirror", "mirror"),
            ("", ""),
        ] {
            assert_eq!(without_secrets(address), plain, "{address}");
            assert!(!shown(address).contains("secret") && !shown(address).contains("ret@"), "{address}");
        }
        assert_eq!(shown("https://hub.example/models"), "https://hub.example/models");
    }
}
