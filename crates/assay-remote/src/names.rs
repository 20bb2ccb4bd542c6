//! Names of objects below the prefix.

/// Made once; says what lies here.
pub const MARKER: &str = "assay-library.json";
/// Who publishes.
pub const LEASE: &str = "lease.json";
/// What is published.
pub const HEAD: &str = "head.json";

/// A list of documents or files, or the text of a document, by the hash of its packed bytes.
pub fn list(hash: &str) -> String {
    format!("lists/{hash}")
}

/// The pages of one reading, by the hash of their packed bytes.
pub fn text(hash: &str) -> String {
    format!("texts/{hash}")
}

/// A file of an index, in a folder that one publisher fills.
pub fn index_file(folder: &str, path: &str) -> String {
    format!("index/{folder}/{path}")
}

/// An object whose time of writing is the store's time of now.
pub fn clock(holder: &str) -> String {
    format!("clock-{holder}")
}

/// Whether this format makes objects of that name, so that one may be deleted which nothing names.
pub fn is_sweepable(name: &str) -> bool {
    let hash = |text: &str| text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    match name.split_once('/') {
        Some(("lists" | "texts", rest)) => hash(rest),
        Some(("index", rest)) => rest.split_once('/').is_some_and(|(folder, path)| is_folder(folder) && is_file(path)),
        Some(_) => false,
        None => {
            name.strip_prefix("clock-").is_some_and(|id| id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit()))
        }
    }
}

/// Whether a path is one that a file of an index may have, on any system.
pub fn is_file(path: &str) -> bool {
    let part = |part: &str| {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
        !part.is_empty() && part != "." && part != ".." && part.len() <= 200 && part.bytes().all(plain)
    };
    path.contains(".lance/") && path.split('/').all(part) && path.split('/').count() <= 8
}

/// Whether a folder is one that a publisher makes: its token and the number of the publication that began it.
pub fn is_folder(folder: &str) -> bool {
    let number = |text: &str| !text.is_empty() && text.len() <= 20 && text.bytes().all(|b| b.is_ascii_digit());
    folder.split_once('-').is_some_and(|(token, began)| number(token) && number(began))
}

#[cfg(test)]
mod tests {
    use super::is_sweepable;

    #[test]
    fn only_objects_that_this_format_makes_are_swept() {
        let hash = "ab".repeat(32);
        for name in [
            format!("lists/{hash}"),
            format!("texts/{hash}"),
            "index/1-1/chunks.lance/data/0b5.lance".to_owned(),
            "index/12-7/chunks.lance/_versions/18446744073709551.manifest".to_owned(),
            format!("clock-{}", "0".repeat(32)),
        ] {
            assert!(is_sweepable(&name), "{name}");
        }
        for name in [
            "head.json",
            "lease.json",
            "assay-library.json",
            "lists/notes.txt",
            "index/1-1/notes.txt",
            "index/old/chunks.lance/data/a",
            "index/1-1/chunks.lance/../x",
            "photos/1.jpg",
            "clock-tower.jpg",
        ] {
            assert!(!is_sweepable(name), "{name}");
        }
    }
}
