//! The identifiers that a question asks for. Those that it takes out (`all but the KX-300`) or names as a bound
//! (`before 2020`) are no part of what an answer has to name.

use super::read::{Identifier, IdentifierKind, located};
use super::scope::{exclusion, is_bound};
use super::token::characters;

/// The identifiers of a text, in order, each once.
pub fn identifiers(text: &str) -> Vec<Identifier> {
    once(located(&characters(text)).into_iter().map(|(identifier, _)| identifier))
}

/// The identifiers that an answer to a question has to name, in order, each once.
pub fn asked_for(question: &str) -> Vec<Identifier> {
    let chars = characters(question);
    let text = |from: usize, to: usize| -> String {
        chars.get(from..to).unwrap_or_default().iter().flat_map(|c| c.to_lowercase()).collect()
    };
    let found = located(&chars);
    let mut asked = Vec::new();
    let (mut last_end, mut last_is_out) = (0, false);
    for (place, (identifier, range)) in found.iter().enumerate() {
        let next = found.get(place + 1).map_or(chars.len(), |(_, next)| next.start);
        let before = text(last_end, range.start);
        let goes_on = last_is_out && before.split([' ', ',', '、', '，']).all(|word| LIST.contains(&word));
        // `not the KX-100 but the KX-300` sets the second one against the first.
        let contrasted = before.rsplit_once("but ").filter(|_| last_is_out).map(|(_, after)| after.to_owned());
        let before = contrasted.unwrap_or(before);
        let after = text(range.end, next);
        let is_year = identifier.kind == IdentifierKind::Year;
        let joined = ["pre-", "post-"].iter().any(|start| identifier.written.to_lowercase().starts_with(start));
        let is_out =
            goes_on || exclusion(&before, &after).is_some() || (is_year && (joined || is_bound(&before, &after)));
        if !is_out {
            asked.push(identifier.clone());
        }
        (last_end, last_is_out) = (range.end, is_out);
    }
    once(asked.into_iter())
}

fn once(all: impl Iterator<Item = Identifier>) -> Vec<Identifier> {
    let mut found: Vec<Identifier> = Vec::new();
    for identifier in all {
        if found.iter().all(|known| known.key != identifier.key) {
            found.push(identifier);
        }
    }
    found
}

/// Words between the members of a list.
const LIST: &[&str] = &["", "and", "or", "nor", "the", "a", "to", "和", "与", "或", "及", "年和"];
