//! Words of a question that no file has: the words spelt like them are searched too, and the models read the
//! question with the nearest of them in their place. The stage of the lexical retriever tells which.

use std::collections::BTreeSet;
use std::ops::Range;

use assay_domain::Failure;
use assay_domain::port::{Filter, IndexReader, LexicalQuery, Spelling};
use assay_text::fold;

/// Most words of a question that are looked up.
const MOST_WORDS: usize = 24;

/// A question after its words were looked up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Respelled {
    /// What the lexical retriever looks for.
    pub query: LexicalQuery,
    /// The question for the models: with the nearest known word in place of an unknown one.
    pub text: String,
    /// Words that are searched besides the question's own.
    pub also: Vec<String>,
    /// Why no word was looked up, if that failed. The question stays as it was written then.
    pub failure: Option<Failure>,
}

impl Respelled {
    /// A question as it was written.
    pub fn as_written(question: &str) -> Self {
        let query = LexicalQuery { written: question.to_owned(), folded: fold(question) };
        Self { query, text: question.to_owned(), also: Vec::new(), failure: None }
    }
}

/// Looks up the words of a question. A question most of whose words are neither in the files nor spelt like one that is
/// comes in another language than the files, and stays as it is.
pub async fn respell(index: &dyn IndexReader, question: &str, filter: Filter) -> Respelled {
    let mut respelled = Respelled::as_written(question);
    let places = latin_words(question);
    let words: BTreeSet<String> = places.iter().take(MOST_WORDS).map(|(_, word)| word.clone()).collect();
    if words.is_empty() {
        return respelled;
    }
    let count = words.len();
    let unknown = match index.spellings(words.into_iter().collect(), filter).await {
        Ok(unknown) => unknown,
        Err(failure) => return Respelled { failure: Some(failure), ..respelled },
    };
    let strange = unknown.iter().filter(|spelling| spelling.near.is_empty()).count();
    if strange * 2 > count {
        return respelled;
    }
    for (place, word) in places.iter().rev() {
        let near = unknown.iter().find(|spelling| spelling.word == *word).map_or(&[][..], |spelling| &spelling.near);
        if let Some(nearest) = near.first() {
            respelled.text.replace_range(place.clone(), nearest);
        }
    }
    for spelling in unknown {
        respelled.also.extend(spelling.near);
    }
    for word in &respelled.also {
        respelled.query.folded.push(' ');
        respelled.query.folded.push_str(word);
    }
    respelled
}

/// Words of two and more Latin letters without digits, folded, with their places. A word beside a digit, a hyphen or
/// an underscore is part of a name or a number, and one over [`Spelling::LONGEST`] is a code; neither is corrected.
fn latin_words(text: &str) -> Vec<(Range<usize>, String)> {
    let of_word = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '@' | '/' | '\u{300}'..='\u{36F}');
    let mut words = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (start, of_word(c)) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                start = None;
                let run = text.get(from..at).unwrap_or_default();
                let run = run.trim_end_matches(['.', '-', '/']);
                let folded = fold(run);
                if (2..=Spelling::LONGEST).contains(&folded.len()) && folded.chars().all(|c| c.is_ascii_lowercase()) {
                    words.push((from..from + run.len(), folded));
                }
            }
            _ => (),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::latin_words;

    #[test]
    fn words_are_found_without_names_and_numbers() {
        let words = |text| latin_words(text).into_iter().map(|(_, word)| word).collect::<Vec<_>>();
        for (text, expected) in [
            ("How do I desclae the cofee machine?", &["how", "do", "desclae", "the", "cofee", "machine"][..]),
            ("Café Mu\u{308}hlegg, KX-300 and SKU-10482 in a.txt.", &["cafe", "muhlegg", "and", "in"]),
            ("热水器的美棒多久换一次", &[]),
            ("the abcdefghijklmnopqrstuvwxyzabcdef", &["the", "abcdefghijklmnopqrstuvwxyzabcdef"]),
            ("the abcdefghijklmnopqrstuvwxyzabcdefg", &["the"]),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
    }
}
