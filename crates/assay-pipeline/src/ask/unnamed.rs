//! What a question names and nothing that was found does.
//!
//! A passage about 2024 is near to a question about 2021, and a cross-encoder may like it. An answer quoted from it would be
//! wrong, so a quoted answer is refused if the question asks for a code or a year that no passage that was found names in any
//! of its written forms, and neither does a heading or a file's name. Lexical search would have found it.

use assay_domain::{Identifier, IdentifierKind, Names, asked_for};

/// The codes and years of a question that none of these texts names, as they are written. The texts are those of the
/// passages that were found, their headings and the names of their files and folders.
pub fn unnamed<'a>(question: &str, texts: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let asked: Vec<_> = asked_for(question).into_iter().filter(is_exact).collect();
    if asked.is_empty() {
        return Vec::new();
    }
    let mut names = Names::default();
    for text in texts {
        names.add(text);
    }
    asked.into_iter().filter(|one| !names.contain(one)).map(|one| one.written).collect()
}

/// Whether an identifier is written one way only. `5kg` may be `5 kg` in a passage, `CO2` carbon dioxide; a year is a year, and
/// letters before three digits or with an underscore are a code.
fn is_exact(identifier: &Identifier) -> bool {
    let written = &identifier.written;
    let digits = written.chars().filter(char::is_ascii_digit).count();
    match identifier.kind {
        IdentifierKind::Year => true,
        IdentifierKind::Code => written.starts_with(char::is_alphabetic) && (digits >= 3 || written.contains('_')),
        IdentifierKind::Number => false,
    }
}
