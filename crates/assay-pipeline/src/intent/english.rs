//! The rules for English, over words in small letters.

use assay_domain::Wanted;

/// Words for the files of a library.
const FILES: [&str; 8] = ["file", "files", "document", "documents", "docs", "papers", "notes", "texts"];

/// Words for files of which none need be there.
const ANY: [&str; 3] = ["anything", "something", "nothing"];

/// What follows `files` before a topic.
const ABOUT: [&str; 9] =
    ["about", "on", "regarding", "concerning", "mentioning", "mention", "mentions", "cover", "discuss"];

/// Words that a question about files may be made of besides its topic.
const FRAME: [&str; 25] = [
    "which", "what", "do", "i", "we", "you", "have", "are", "is", "there", "any", "all", "the", "my", "our", "list",
    "show", "me", "find", "of", "that", "talk", "in", "library", "here",
];

/// The topic of `which files do I have about …`: frame, files, frame, about, topic.
pub(super) fn topic(words: &[&str]) -> Option<String> {
    let about = words.iter().position(|word| ABOUT.contains(word))?;
    let (before, topic) = (words.get(..about)?, words.get(about + 1..)?);
    let is_file = |word: &&str| FILES.contains(word) || (ANY.contains(word) && words.get(about) == Some(&"about"));
    let framed = before.iter().all(|word| FRAME.contains(word) || is_file(word));
    // `What does the document mention about …` asks for what a document says.
    let asks = match before {
        ["which" | "what", rest @ ..] => {
            let of = rest.iter().position(is_file).unwrap_or(usize::MAX);
            of == 0 || (rest.first() == Some(&"of") && of <= 2)
        }
        ["is" | "are", "there", ..] | ["do", "i" | "we" | "you", "have", ..] | ["list" | "show" | "find", ..] => true,
        _ => false,
    };
    // `notes on page 3`
    let is_place = topic.first().is_some_and(|word| ["page", "line", "slide", "sheet", "it", "this"].contains(word));
    (framed && asks && before.iter().any(is_file) && !topic.is_empty() && !is_place).then(|| topic.join(" "))
}

const PLACES: [&str; 10] =
    ["here", "library", "collection", "files", "file", "documents", "document", "docs", "folder", "folders"];

/// Words besides that a question about the library as a whole may be made of.
const OTHERS: [&str; 40] = [
    "is",
    "are",
    "in",
    "my",
    "the",
    "this",
    "these",
    "our",
    "your",
    "of",
    "do",
    "i",
    "we",
    "you",
    "have",
    "there",
    "all",
    "about",
    "covered",
    "cover",
    "contain",
    "contains",
    "contained",
    "does",
    "topics",
    "topic",
    "subjects",
    "subject",
    "themes",
    "me",
    "by",
    "and",
    "kind",
    "kinds",
    "types",
    "content",
    "contents",
    "titles",
    "names",
    "sort",
];

/// Questions about the library as a whole. `How` asks for a way to do something, unless `many` follows; `a folder` is any
/// folder and not the user's.
pub(super) fn asks_for_library(words: &[&str]) -> bool {
    let known = |words: &[&str]| words.iter().all(|word| PLACES.contains(word) || OTHERS.contains(word));
    match words {
        ["how", "many", rest @ ..] => known(rest) && rest.iter().any(|word| PLACES.contains(word)),
        ["what", "do", "i" | "we" | "you", "do", ..] => false,
        ["what" | "what's" | "which" | "list" | "show" | "summarise" | "summarize", rest @ ..] => {
            known(rest) && rest.iter().any(|word| PLACES.contains(word)) && !means(words)
        }
        _ => false,
    }
}

/// `What is the library?`, `What are files?`
fn means(words: &[&str]) -> bool {
    matches!(words, ["what", "is" | "are", place] | ["what", "is" | "are", "the", place] if *place != "here" && PLACES.contains(place))
}

/// `How do I list all files in a folder?`
pub(super) fn asks_how(words: &[&str]) -> bool {
    matches!(words, ["how", next, ..] if !["many", "much"].contains(next))
}

/// How much a question wants.
pub(super) fn wanted(words: &[&str]) -> Wanted {
    let has = |all: &[&str]| all.iter().any(|word| words.contains(word));
    let first = words.first().copied().unwrap_or_default();
    let lists =
        matches!(first, "list" | "enumerate") || (matches!(first, "name" | "show" | "give") && has(&["all", "every"]));
    if lists {
        return Wanted::Everything;
    }
    let counts = words.windows(2).any(|pair| pair == ["how", "many"])
        || matches!(first, "which")
        || has(&["all", "each", "every"]);
    if counts { Wanted::Rows } else { Wanted::Best }
}
