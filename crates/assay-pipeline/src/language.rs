//! What the characters of a text say about its language.

/// Whether a text contains Chinese characters.
pub fn has_han(text: &str) -> bool {
    text.chars().any(|c| matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'))
}

/// Whether a question is in a language that a model with these training languages (ISO 639-3) does
/// not know. Characters alone tell only Chinese apart; a model that states no languages passes.
pub fn is_unknown_to(languages: &[String], question: &str) -> bool {
    let chinese = |language: &String| language == "zho" || language == "cmn";
    has_han(question) && !languages.is_empty() && !languages.iter().any(chinese)
}

/// Whether a text contains anything that a search can look for.
pub fn has_words(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}
