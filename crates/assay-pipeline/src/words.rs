//! What can be told from the characters of a question alone.

/// Whether a text holds Chinese characters.
pub fn has_han(text: &str) -> bool {
    text.chars().any(|c| matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'))
}

/// Whether a question is in a language that a model is known not to know. Only Chinese can be told
/// by its characters; a model that states no languages gets the benefit of the doubt.
pub fn is_foreign_to(languages: &[String], text: &str) -> bool {
    let chinese = |language: &String| language == "zho" || language == "cmn";
    has_han(text) && !languages.is_empty() && !languages.iter().any(chinese)
}

/// Whether a text holds anything a search can look for.
pub fn has_words(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}
