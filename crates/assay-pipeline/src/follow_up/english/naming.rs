//! What a question names, for the pronouns of the next one.

use assay_domain::identifiers;

use super::words::{AUXILIARIES, DETERMINERS, PREPOSITIONS, bare, words};

/// Participles without `ed` and adjectives that follow what a question is about.
const STATES: &[&str] = &[
    "made",
    "built",
    "sold",
    "kept",
    "held",
    "done",
    "born",
    "found",
    "written",
    "given",
    "taken",
    "paid",
    "sent",
    "left",
    "set",
    "run",
    "open",
    "closed",
    "available",
    "due",
    "worth",
    "bought",
    "spent",
    "put",
    "shown",
    "known",
];

/// The last name in capitals, behind the first word.
pub(super) fn proper_name(question: &str) -> Option<String> {
    let mut names: Vec<Vec<&str>> = vec![Vec::new()];
    for part in bare(question).split_whitespace().skip(1) {
        let is_name = words(part).first().is_some_and(|word| word.capital && word.is_content());
        match names.last_mut() {
            Some(name) if is_name => name.push(trimmed(part)),
            Some(name) if !name.is_empty() => names.push(Vec::new()),
            _ => (),
        }
    }
    names.into_iter().rfind(|name| !name.is_empty()).map(|name| name.join(" "))
}

/// The phrase behind the first determiner, with what belongs to it: `the bolts of the KX-300`, `the net profit in 2024`.
/// For `it`, what owns several things: the KX-300 and not its bolts.
pub(super) fn thing(question: &str, one: bool) -> Option<String> {
    let parts: Vec<&str> = bare(question).split_whitespace().collect();
    let is = |part: &str, class: &[&str]| class.contains(&trimmed(part).to_lowercase().as_str());
    let start = parts.iter().position(|part| is(part, DETERMINERS))?;
    let end = parts.iter().enumerate().skip(start + 1).position(|(place, part)| {
        let said = parts.get(place + 1..).unwrap_or_default();
        let numbers = !identifiers(&said.iter().take(2).copied().collect::<Vec<_>>().join(" ")).is_empty();
        let joins = is(part, &["of"]) || (is(part, &["in", "for"]) && numbers);
        (is(part, PREPOSITIONS) && !joins) || is(part, AUXILIARIES) || is(part, &["and", "or", "when", "if", "that"])
    });
    let mut phrase: Vec<&str> = parts.get(start + 1..end.map_or(parts.len(), |end| start + 1 + end))?.to_vec();
    let asks = start.checked_sub(1).and_then(|before| parts.get(before)).copied().unwrap_or_default();
    let verb_follows = is(asks, AUXILIARIES) && !is(asks, &["is", "are", "was", "were", "has", "have", "had"]);
    let ends_in_verb =
        phrase.len() > 1 && phrase.last().is_some_and(|last| verb_follows || last.ends_with("ed") || is(last, STATES));
    if ends_in_verb {
        phrase.pop();
    }
    let of = phrase.iter().position(|part| is(part, &["of"]));
    let several = |head: &[&str]| head.last().is_some_and(|last| last.ends_with('s') && !last.ends_with("ss"));
    if let Some(of) = of.filter(|of| one && several(phrase.get(..*of).unwrap_or_default())) {
        let owner = phrase.get(of + 1..)?.join(" ");
        return Some(owner).filter(|owner| !owner.is_empty());
    }
    let phrase = phrase.iter().map(|part| trimmed(part)).collect::<Vec<_>>().join(" ");
    (!phrase.is_empty()).then(|| format!("the {phrase}"))
}

/// The words of the last thing that has a determiner, for `the green one`.
pub(super) fn kind_of_thing(question: &str) -> Option<Vec<String>> {
    let parts: Vec<&str> = bare(question).split_whitespace().collect();
    let start = parts.iter().rposition(|part| DETERMINERS.contains(&part.to_lowercase().as_str()))?;
    let goes_on = |part: &&&str| {
        let lower = trimmed(part).to_lowercase();
        !PREPOSITIONS.contains(&lower.as_str()) && !AUXILIARIES.contains(&lower.as_str())
    };
    let mut words: Vec<String> =
        parts.get(start + 1..)?.iter().take_while(goes_on).map(|part| trimmed(part).to_owned()).collect();
    if words.len() > 1 && words.last().is_some_and(|last| last.ends_with("ed")) {
        words.pop();
    }
    Some(words).filter(|words| !words.is_empty())
}

pub(super) fn trimmed(part: &str) -> &str {
    part.trim_matches(|c: char| !c.is_alphanumeric())
}
