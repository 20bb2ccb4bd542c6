//! What the characters of a text say about its language.

use assay_domain::Language;

/// Whether a text contains Chinese characters.
pub fn has_han(text: &str) -> bool {
    text.chars().any(is_han)
}

/// Whether a character is a Chinese one.
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

/// Whether a model with these training languages (ISO 639-3) does not know a language. A model that
/// states no languages knows all, and a text without a language is known to all.
pub fn is_unknown_to(languages: &[String], language: Language) -> bool {
    let known = |code: &String| Language::parse(code) == Some(language);
    language != Language::NONE && !languages.is_empty() && !languages.iter().any(known)
}

/// Whether a text contains anything that a search can look for.
pub fn has_words(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}
