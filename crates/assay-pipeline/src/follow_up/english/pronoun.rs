//! Which pronouns of a question stand for nothing that it names.

use super::words::Word;

/// Words that begin another clause, whose pronouns may mean what the clause before names.
const CLAUSES: &[&str] = &[
    "and", "or", "but", "when", "while", "if", "because", "since", "before", "after", "until", "although", "as",
    "that", "which", "who", "so", "than", "where", "how", "whether", "what", "why", "once", "unless",
];

/// The place of the first pronoun that stands for nothing named before it in the question.
pub(super) fn open_pronoun(words: &[Word]) -> Option<usize> {
    (0..words.len()).find(|&place| stands_for_something(words, place) && !is_resolved(words, place))
}

/// Whether a word is a pronoun that stands for a thing or a person.
fn stands_for_something(words: &[Word], place: usize) -> bool {
    let Some(word) = words.get(place).filter(|word| word.is_pronoun()) else { return false };
    let next = words.get(place + 1);
    let before = place.checked_sub(1).and_then(|before| words.get(before));
    let names_itself = next.is_some_and(Word::is_content) && !word.comma;
    match word.plain.as_str() {
        "it" => !is_expletive(words, place),
        // `that pump` and `this year` name their thing themselves; in `windows that open` it joins.
        "that" => !names_itself && before.is_none_or(|before| !before.is_content()),
        "this" | "these" | "those" => !names_itself,
        // `one kilogram`, `one of them`, `no one`
        "one" => {
            let counts =
                next.is_some_and(|next| next.plain == "of") || before.is_none_or(|before| before.plain == "no");
            !names_itself && !counts
        }
        _ => true,
    }
}

/// Whether what a pronoun stands for is named before it in the question.
pub(super) fn is_resolved(words: &[Word], place: usize) -> bool {
    let meant = |to: usize| words.iter().take(to).any(Word::may_be_meant);
    let next_is_noun = words.get(place + 1).is_some_and(Word::is_content);
    let owns = match words.get(place).map(|word| word.plain.as_str()) {
        Some("its" | "their" | "his") => true,
        Some("her") => next_is_noun,
        _ => false,
    };
    if owns {
        return meant(place);
    }
    let starts = |&at: &usize| {
        let after_comma = at.checked_sub(1).and_then(|before| words.get(before)).is_some_and(|before| before.comma);
        at > 0 && (after_comma || words.get(at).is_some_and(|word| word.is(CLAUSES)))
    };
    (0..=place).rev().find(starts).is_some_and(meant) || is_said_of(words, place) || is_part_of(words, place)
}

/// Verbs that another clause follows without a word between: `Did Anna say she would pay?`
const SAYING: &[&str] = &[
    "say",
    "says",
    "said",
    "think",
    "thinks",
    "thought",
    "claim",
    "claims",
    "claimed",
    "believe",
    "believes",
    "believed",
    "know",
    "knows",
    "knew",
    "promise",
    "promised",
    "mention",
    "mentioned",
    "hope",
    "hopes",
    "hoped",
    "write",
    "writes",
    "wrote",
    "admit",
    "admitted",
    "agree",
    "agreed",
    "confirm",
    "confirmed",
    "explain",
];

/// Whether a pronoun for a person is the subject of what somebody says who is named before the verb.
fn is_said_of(words: &[Word], place: usize) -> bool {
    let is_person = words.get(place).is_some_and(|word| word.is(&["he", "she", "they"]));
    let verb = place.checked_sub(1).filter(|verb| words.get(*verb).is_some_and(|word| word.is(SAYING)));
    is_person && verb.is_some_and(|verb| words.iter().take(verb).any(Word::may_be_meant))
}

/// Prepositions of a place.
const PLACES: &[&str] =
    &["on", "in", "inside", "under", "underneath", "around", "behind", "over", "near", "onto", "within"];

/// Whether a pronoun stands behind a preposition of a place and means what has something there: `Which letters have a stamp on
/// them?`
fn is_part_of(words: &[Word], place: usize) -> bool {
    let behind_place = place.checked_sub(1).and_then(|before| words.get(before)).is_some_and(|word| word.is(PLACES));
    let is_thing = words.get(place).is_some_and(|word| word.is(&["it", "them"]));
    let has = |word: &Word| word.is(&["have", "has", "had", "having", "with", "without"]);
    let Some(has) = words.iter().take(place).rposition(has).filter(|_| behind_place && is_thing) else { return false };
    let owner = words.iter().take(has).rfind(|word| word.may_be_meant());
    let several = |word: &Word| word.plain.ends_with('s') && !word.plain.ends_with("ss");
    owner.is_some_and(|owner| several(owner) == words.get(place).is_some_and(|word| word.plain == "them"))
}

/// Words that `is it … to` and `is it … that` say something of in general.
const JUDGED: &[&str] = &[
    "possible",
    "allowed",
    "permitted",
    "forbidden",
    "necessary",
    "required",
    "safe",
    "legal",
    "illegal",
    "easy",
    "hard",
    "difficult",
    "ok",
    "okay",
    "fine",
    "better",
    "best",
    "worth",
    "important",
    "useful",
    "true",
    "likely",
    "mandatory",
    "compulsory",
    "enough",
    "common",
    "normal",
    "known",
    "said",
    "cheaper",
    "advisable",
    "recommended",
    "usual",
];

/// Whether an `it` stands for nothing: `Is it allowed to park?`, `How long does it take to descale the machine?`, `What time
/// is it?`
fn is_expletive(words: &[Word], place: usize) -> bool {
    let before = words.get(..place).unwrap_or_default();
    let after = words.get(place + 1..).unwrap_or_default();
    let first = after.first().map(|word| word.plain.as_str()).unwrap_or_default();
    if JUDGED.contains(&first) && after.iter().any(|word| word.is(&["to", "that", "if", "for"])) {
        return true;
    }
    if matches!(first, "rain" | "snow" | "raining" | "snowing") || before.iter().any(|word| word.is(&["time", "date"]))
    {
        return true;
    }
    // What is to be done is named with its object: `to rent` alone leaves open what.
    let done = after.iter().position(|word| word.plain == "to").and_then(|to| after.get(to + 1..)).unwrap_or_default();
    let cleft = matches!(first, "the" | "a") && after.iter().any(|word| word.is(&["that", "who"]));
    cleft || (matches!(first, "take" | "cost" | "need") && done.iter().filter(|word| word.is_content()).count() >= 2)
}
