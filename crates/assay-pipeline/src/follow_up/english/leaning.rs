//! Whether a question leans on the ones before it.

use assay_domain::{IdentifierKind, identifiers};

use super::words::{DETERMINERS, PREPOSITIONS, QUESTION_WORDS, REQUESTS, Word, YEAR_STEPS, bare, led, words};

/// Whether a question leans on the one before: something is missing in it, or a pronoun stands for nothing that it names
/// itself. One that says everything does not lean, whatever word it begins with.
pub(in crate::follow_up) fn leans(question: &str) -> bool {
    let led = led(question);
    let rest = led.as_ref().map_or(bare(question), |led| led.rest);
    let words = words(rest);
    if led.as_ref().is_some_and(|led| led.elliptic) || open_pronoun(&words).is_some() || lacks_place(&words) {
        return true;
    }
    let content = words.iter().filter(|word| word.is_content()).count();
    let years = identifiers(rest).iter().filter(|one| one.kind == IdentifierKind::Year).count();
    let steps = YEAR_STEPS.iter().any(|(phrase, _)| rest.to_ascii_lowercase().ends_with(phrase));
    if content <= years || steps || compares_unnamed(&words, rest) {
        return true;
    }
    if led.is_some() {
        return is_fragment(&words) || (content < 2 && !names_thing(&words, rest));
    }
    let phrase = words.first().is_some_and(|first| first.is(PREPOSITIONS)) && is_fragment(&words);
    phrase && (words.len() <= 3 || (words.len() <= 6 && question.trim().ends_with('?')))
}

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

fn is_resolved(words: &[Word], place: usize) -> bool {
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

/// Whether the question ends in a `there` that means a place named before.
fn lacks_place(words: &[Word]) -> bool {
    let Some(last) =
        words.len().checked_sub(1).filter(|last| words.get(*last).is_some_and(|word| word.plain == "there"))
    else {
        return false;
    };
    let exists = last.checked_sub(1).and_then(|before| words.get(before)).is_some_and(Word::is_auxiliary);
    !exists && !is_resolved(words, last)
}

/// `Which is heavier?` compares what was named before.
fn compares_unnamed(words: &[Word], rest: &str) -> bool {
    let [which, verb, said @ ..] = words else { return false };
    let asks = which.plain == "which" && verb.is_auxiliary();
    asks && said.iter().filter(|word| word.is_content()).count() <= 2 && !names_thing(words, rest)
}

/// Whether a thing is named: behind a determiner, with a capital, or by an identifier.
fn names_thing(words: &[Word], text: &str) -> bool {
    let determined = words.windows(2).any(|pair| match pair {
        [one, next] => one.is(DETERMINERS) && next.is_content(),
        _ => false,
    });
    determined || words.iter().skip(1).any(|word| word.capital && word.is_content()) || !identifiers(text).is_empty()
}

/// Whether the words are no clause of a question: `the printer`, `in 2023`, `if the pump breaks`.
pub(super) fn is_fragment(words: &[Word]) -> bool {
    let asks = |word: &Word| word.is(QUESTION_WORDS) || word.is_auxiliary();
    let Some(first) = words.first() else { return true };
    if first.is_auxiliary() || first.is(REQUESTS) || first.is(&["what", "which", "who", "whom", "whose", "how", "why"])
    {
        return false;
    }
    // `For the KX-100, how are the bolts tightened?` and `In which year was it built?` are clauses.
    let inner = words.windows(2).any(|pair| matches!(pair, [one, next] if one.comma && asks(next)));
    let phrase = words.get(1).is_some_and(|second| second.is(QUESTION_WORDS));
    !inner && !phrase && !words.iter().any(Word::is_auxiliary)
}
